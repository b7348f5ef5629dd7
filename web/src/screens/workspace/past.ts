// A show as it was, beside the show as it is. Pure.
import type { Column } from '../../parts/grid/column.ts';
import type { Differences } from '../../parts/grid/line.tsx';
import { byTable, type Row, type Table } from '../../sync/model.ts';
import { inOrder } from '../../sync/overlay.ts';
import type { TableView } from '../../sync/table_view.ts';

export type Tables = Record<Table, TableView>;

const viewOf = (rows: readonly Row[]): TableView =>
  ({ rows: [...rows].sort(inOrder), byId: new Map(rows.map((row) => [row.id, row])), pending: new Map() });

// Of the answer to include=all.
export function tablesOf(answer: Record<string, unknown>): Tables {
  const { sources, sends, connections, conflicts: _, ...production } = answer;
  const list = { productions: [production], sources, sends, connections } as Partial<Record<Table, Row[]>>;
  return byTable((table) => viewOf(list[table] ?? []));
}

export interface Since {
  changed: ReadonlyMap<string, Differences>; // of rows that are still there, and of deleted ones
  deleted: readonly Row[];
  made: readonly Row[];
}

// What has changed in a sheet since then; each side is read with the names of its own time.
export function since(then: readonly Row[], thenColumns: readonly Column[], now: readonly Row[], nowColumns: readonly Column[]): Since {
  const [was, is] = [then, now].map((rows) => new Map(rows.map((row) => [row.id, row])));
  const changed = new Map<string, Differences>();
  for (const row of then) {
    const other = is!.get(row.id);
    const differences = new Map(thenColumns.flatMap((column, i): [string, string][] => {
      const [before, after] = [column.read(row), other ? nowColumns[i]!.read(other) : 'deleted'];
      return other ? (before === after ? [] : [[column.key, after]]) : (column.key === 'name' || (column.key === 'source' && i === 1) ? [[column.key, after]] : []);
    }));
    if (differences.size) changed.set(row.id, differences);
  }
  return { changed, deleted: then.filter((row) => !is!.has(row.id)), made: now.filter((row) => !was!.has(row.id)) };
}

// "2026-11-22T18:42:03", in the time of this device, as the field for times has it.
export function localTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? '' : new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

// An id of an event has its stream and origin in front of its number; a time has not.
export const isEvent = (at: string): boolean => /^[0-9a-f-]{36}\.[0-9a-f-]{36}\.\d+$/.test(at);
