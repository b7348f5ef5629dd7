// What the sync core and its tabs talk about.
//   row      as GET gives it
//   entry    one edit of a person: a typed cell, or a paste of 200 rows. It waits in the outbox until
//            the node has answered, and is sent as one batch: all of it or nothing
//   parked   an entry that the node refused; it waits for a person, and nothing of it is shown
//   done     an entry that the node took; it can be undone
//   library  the equipment, which is of no show: here it stands as a show of this id, with devices alone
import type { Person, Problem, Schemas, SyncStatus } from '../api/client.ts';

export const tables = ['productions', 'sources', 'sends', 'connections', 'equipment_specs'] as const;
export type Table = (typeof tables)[number];

export const library = 'library';

export const byTable = <T>(of: (table: Table) => T): Record<Table, T> =>
  Object.fromEntries(tables.map((table) => [table, of(table)])) as Record<Table, T>;

export interface Row {
  id: string;
  version: number;
  is_deleted: boolean;
  sort_order: string | null;
  _meta: Schemas['RowMeta'];
  [column: string]: unknown;
}

export type Values = Record<string, unknown>;

export interface Op {
  op: 'create' | 'update' | 'delete' | 'restore';
  table: Table;
  id: string;
  base_version?: string; // the ETag of the row as its author saw it
  row?: Values; // create, update: what is sent; restore: what to show meanwhile
  before?: Values; // update: what its author saw in the same columns; delete: the whole row
}

export interface Identity {
  user: string;
  device: string;
}

// What a tab hands over.
export interface Draft {
  id: string; // the Idempotency-Key of the write
  production_id: string;
  label: string;
  ops: Op[];
  undoes: string | null; // the entry that this one takes back
}

export interface Entry extends Draft {
  seq: number; // the order in which they are sent
  by: Identity;
  created_at: string;
  tries: number; // once it was sent its body stays as it is
  state: 'queued' | 'parked';
  keep_both: boolean; // Prefer: conflict=record
  problem: Problem | null; // parked: why
}

export interface Done extends Draft {
  seq: number;
  event: string | null; // null: there was nothing new, or it made the show
}

export type Link = 'connecting' | 'live' | 'offline';

export interface CoreState {
  link: Link;
  since: string; // of the link's state
  identity: Identity | null;
  status: SyncStatus | null;
  undo: Record<string, { undo: string | null; redo: string | null }>; // labels, by production
}

export interface RowChange {
  table: Table;
  id: string;
  row: Row | null;
  by: Person | null;
  columns: string[];
}

export interface Present {
  by: Person;
  table: string | null;
  record_id: string | null;
  column: string | null;
}

export interface Place {
  table: Table | null; // null: somewhere in the show
  record_id: string | null;
  column: string | null;
}

// What a person decides about a parked entry.
export type Settlement = 'mine' | 'theirs' | 'both';

export type ToCore =
  | { kind: 'hello' }
  | { kind: 'bye' }
  | { kind: 'open'; production_id: string }
  | { kind: 'close'; production_id: string }
  | { kind: 'edit'; draft: Draft }
  | { kind: 'undo' | 'redo'; production_id: string }
  | { kind: 'settle'; id: string; how: Settlement }
  | { kind: 'identity'; identity: Identity }
  | { kind: 'place'; production_id: string; place: Place }
  | { kind: 'wake' };

export type ToTab =
  | { kind: 'state'; state: Partial<CoreState> } // what changed, or all of it
  | { kind: 'entries'; entries: Entry[] } // all of them
  | { kind: 'entry'; entry: Entry } // new, or changed
  | { kind: 'show'; production_id: string; rows: Record<Table, Row[]>; cached: boolean }
  | { kind: 'no_show'; production_id: string; problem: Problem | null }
  | { kind: 'rows'; production_id: string | null; changes: RowChange[]; settled: string[] }
  | { kind: 'changed'; tables: string[]; production_id: string | null }
  | { kind: 'present'; production_id: string; present: Present[] }
  | { kind: 'notice'; text: string; tone: 'good' | 'bad' };

export const problemName = (problem: Problem | null): string =>
  (problem?.type ?? '').replace('/problems/', '');
