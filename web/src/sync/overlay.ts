// Pending edits on top of what the node has said. Pure; a row that nothing changes stays the same
// object, so that what shows it need not be drawn again.
import { bare, isList, onto, stays, untouched } from './lists.ts';
import type { Entry, Op, Row, Table, Values } from './model.ts';

export interface Shown {
  rows: ReadonlyMap<string, Row>;
  pending: ReadonlyMap<string, ReadonlySet<string>>; // columns by row; '*' is the row as a whole
}

const derived = new Set(['id', 'version', 'created_at', 'updated_at', 'synced_at',
  'last_modified_by', 'is_deleted', '_meta']);

// The columns of a row that a write may name.
export const writable = (row: Values): Values =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !derived.has(column)));

const blank = (id: string): Row => ({
  id, version: 0, is_deleted: false, sort_order: null, outputs: [], io_ports: [], cards: [],
  _meta: { etag: '', by: { user: null, user_id: null, device: null }, conflicts: 0 },
});

export function overlay(base: ReadonlyMap<string, Row>, table: Table, entries: readonly Entry[]): Shown {
  const rows = new Map(base);
  const pending = new Map<string, Set<string>>();
  const mark = (id: string, columns: string[]) => {
    const marks = pending.get(id) ?? new Set<string>();
    for (const column of columns) marks.add(column);
    pending.set(id, marks);
  };
  for (const entry of entries) {
    if (entry.state !== 'queued') continue;
    for (const op of entry.ops) if (op.table === table) apply(rows, op, mark);
  }
  return { rows, pending };
}

function apply(rows: Map<string, Row>, op: Op, mark: (id: string, columns: string[]) => void): void {
  const now = rows.get(op.id);
  switch (op.op) {
    case 'create':
    case 'restore':
      rows.set(op.id, { ...blank(op.id), ...op.row, ...(now ?? {}) });
      return mark(op.id, ['*']);
    case 'update':
      if (!now) return;
      rows.set(op.id, { ...now, ...onRow(op, now) });
      return mark(op.id, Object.keys(op.row ?? {}));
    case 'delete':
      rows.delete(op.id);
  }
}

// What an update writes on a row that may be newer than what its author saw.
const onRow = (op: Op, now: Row): Values =>
  Object.fromEntries(Object.entries(op.row ?? {}).map(([column, value]) =>
    [column, isList(value) && isList(now[column]) ? onto(op.before?.[column], value, now[column]) : value]));

// The same op on `row`, all of which its author has seen now.
export const moved = (op: Op, row: Row): Op => ({
  ...op, base_version: row._meta.etag,
  ...(op.op === 'delete' && op.before ? { before: { ...row } } : {}),
  ...(op.op !== 'update' ? {} : {
    row: Object.fromEntries(Object.entries(onRow(op, row)).map(([column, value]) => [column, isList(value) ? bare(value) : value])),
    before: Object.fromEntries(Object.keys(op.before ?? {}).map((column) => [column, isList(row[column]) ? bare(row[column]) : row[column] ?? null])),
  }),
});

// What takes an op back, in the eyes of who did it.
export function inverse(op: Op): Op {
  const { table, id } = op;
  switch (op.op) {
    case 'create':
      return { op: 'delete', table, id, before: op.row ?? {} };
    case 'delete':
      return { op: 'restore', table, id, row: op.before ?? {} };
    case 'restore':
      return { op: 'delete', table, id, before: op.row ?? {} };
    case 'update':
      return {
        op: 'update', table, id, row: op.before ?? {}, before: op.row ?? {},
        // A device has no undo of the node's own: what was seen says what may be taken back.
        ...(table === 'equipment_specs' && op.base_version ? { base_version: op.base_version } : {}),
      };
  }
}

export const inverseOf = (ops: readonly Op[]): Op[] => ops.map(inverse).reverse();

// By sort_order in bytes, nulls (rows that the node has not placed yet) last, ties by id.
export const inOrder = (a: Row, b: Row): number =>
  less(a.sort_order ?? '~', b.sort_order ?? '~') || less(a.id, b.id);

const less = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

// What this browser itself wrote last into a column of the row; undefined: nothing.
export type Mine = (column: string) => { value: unknown } | undefined;

// An op that waits behind another on the same row was typed on what that one showed. Once the node
// has taken the first, `row` is what the second stands on, unless others changed its columns
// meanwhile: then it keeps its base and the node says what happened. What the same person wrote here, if
// only by an undo that the page did not show yet, is nobody else's.
export function rebase(op: Op, row: Row, mine: Mine = () => undefined): Op {
  if (op.id !== row.id || !op.base_version || op.base_version === row._meta.etag) return op;
  const seen = op.op === 'delete' ? writable(op.before ?? {}) : (op.before ?? {});
  const stands = Object.entries(seen).every(([column, value]) => {
    const [next, now] = [op.row?.[column], row[column]];
    if (isList(value) && isList(next) ? untouched(value, next, now) : plain(now) === plain(value)) return true;
    const own = mine(column);
    return own !== undefined && (isList(own.value) ? stays(own.value, now) : plain(now) === plain(own.value));
  });
  return stands ? moved(op, row) : op;
}

// A value as text, of nested rows only what people wrote.
function plain(value: unknown): string {
  const list = Array.isArray(value) && value.every((one) => typeof one === 'object' && one && 'id' in one);
  return JSON.stringify(list ? value.map((one: Values) => ({ ...writable(one), id: one.id })) : (value ?? null));
}
