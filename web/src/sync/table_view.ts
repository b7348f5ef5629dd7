// A table of a show as it is drawn: the rows in order, with the pending edits on top. A view is made once,
// then of the view before and of the rows that something happened to: with 2,000 rows a letter costs as much
// as with 20. What did not change stays the same object, up to the view as a whole. Pure.
import type { Entry, Row, Table } from './model.ts';
import { inOrder, overlay, type Shown } from './overlay.ts';

export interface TableView {
  rows: Row[]; // in order
  byId: ReadonlyMap<string, Row>;
  pending: Shown['pending'];
}

type Rows = ReadonlyMap<string, Row>;

export function viewOf(base: Rows, table: Table, entries: readonly Entry[]): TableView {
  const { rows, pending } = overlay(base, table, entries);
  return { byId: rows, pending, rows: [...rows.values()].sort(inOrder) };
}

// The view after `was`. `changed`: every row whose base or whose edits are others now.
export function viewAfter(was: TableView, changed: ReadonlySet<string>, base: Rows, table: Table, entries: readonly Entry[]): TableView {
  const here = [...changed].flatMap((id): [string, Row][] => (base.has(id) ? [[id, base.get(id)!]] : []));
  const theirs = entries.map((entry) => ({ ...entry, ops: entry.ops.filter((op) => changed.has(op.id)) }));
  const now = overlay(new Map(here), table, theirs);
  const fresh = [...changed].filter((id) => now.rows.get(id) !== was.byId.get(id));
  const marked = [...changed].some((id) => !alike(now.pending.get(id), was.pending.get(id)));
  if (!fresh.length && !marked) return was;
  return {
    ...(fresh.length ? placed(was, fresh, now.rows) : { rows: was.rows, byId: was.byId }),
    pending: marked ? replaced(was.pending, changed, now.pending) : was.pending,
  };
}

function placed(was: TableView, fresh: readonly string[], now: Rows): Pick<TableView, 'rows' | 'byId'> {
  const byId = replaced(was.byId, fresh, now);
  const stays = fresh.every((id) => {
    const [old, next] = [was.byId.get(id), now.get(id)];
    return old && next && old.sort_order === next.sort_order;
  });
  const moved = new Set(fresh);
  return { byId, rows: stays ? was.rows.map((row) => (moved.has(row.id) ? byId.get(row.id)! : row)) : [...byId.values()].sort(inOrder) };
}

function replaced<T>(was: ReadonlyMap<string, T>, ids: Iterable<string>, now: ReadonlyMap<string, T>): Map<string, T> {
  const all = new Map(was);
  for (const id of ids) {
    const value = now.get(id);
    if (value === undefined) all.delete(id);
    else all.set(id, value);
  }
  return all;
}

const alike = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  a?.size === b?.size && (!a || [...a].every((column) => b!.has(column)));
