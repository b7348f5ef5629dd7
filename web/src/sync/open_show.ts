// A show that this tab has open: its rows as the node said them, and what is drawn of them. What stays the
// same stays the same object.
import type { Entry, Present, Row, RowChange, Table } from './model.ts';
import { byTable, tables } from './model.ts';
import { viewAfter, viewOf, type TableView } from './table_view.ts';

export interface Mark {
  by: string; // who changed it
  columns: ReadonlySet<string>;
}

export interface ShowView {
  state: 'loading' | 'cached' | 'live' | 'gone';
  tables: Record<Table, TableView>;
  marks: ReadonlyMap<string, Mark>; // what others changed a moment ago, by row
  present: readonly Present[];
}

export class OpenShow {
  #state: ShowView['state'] = 'loading';
  #marks: ShowView['marks'] = new Map();
  #present: ShowView['present'] = [];
  readonly #base = byTable(() => new Map<string, Row>());
  readonly #views: Partial<Record<Table, TableView>> = {};
  readonly #changed = byTable(() => new Set<string>()); // rows that are others than in the views
  #view: ShowView | null = null;
  #fresh = false; // the view tells all

  load(rows: Record<Table, Row[]>, cached: boolean): void {
    this.#fresh = false;
    this.#state = cached ? 'cached' : 'live';
    for (const table of tables) {
      this.#base[table] = new Map((rows[table] ?? []).map((row) => [row.id, row])); // kept by an older app: it knew fewer
      delete this.#views[table];
    }
  }

  gone(): void {
    this.#fresh = false;
    this.#state = 'gone';
  }

  put({ table, id, row }: RowChange): void {
    const base = this.#base[table];
    // The feed says once more what the node answered.
    if (row && JSON.stringify(row) === JSON.stringify(base.get(id))) return;
    if (row) base.set(id, row);
    else base.delete(id);
    this.#changed[table].add(id);
    this.#fresh = false;
  }

  // The rows of an edit are to be drawn with it, or without it.
  touch(entry: Entry): void {
    for (const { table, id } of entry.ops) this.#changed[table].add(id);
    this.#fresh = false;
  }

  set present(present: readonly Present[]) {
    this.#present = present;
    this.#fresh = false;
  }

  mark(row: string, mark: Mark): void {
    this.#marks = new Map(this.#marks).set(row, mark);
    this.#fresh = false;
  }

  unmark(mark: Mark): void {
    this.#marks = new Map([...this.#marks].filter(([, one]) => one !== mark));
    this.#fresh = false;
  }

  view(entries: readonly Entry[], id: string): ShowView {
    if (this.#fresh) return this.#view!;
    const mine = entries.filter((entry) => entry.production_id === id);
    const was = this.#view;
    const now: ShowView = {
      state: this.#stateWith(mine), marks: this.#marks, present: this.#present, tables: byTable((table) => this.#table(table, mine)),
    };
    const same = was && was.state === now.state && was.marks === now.marks && was.present === now.present && tables.every((table) => was.tables[table] === now.tables[table]);
    this.#fresh = true;
    return same ? was : (this.#view = now);
  }

  // A show that was made on this device is here before it is on the node.
  #stateWith(entries: readonly Entry[]): ShowView['state'] {
    if (this.#state === 'live') return 'live';
    const makes = entries.some((entry) => entry.state === 'queued' && entry.ops.some((op) => op.op === 'create' && op.table === 'productions'));
    return makes ? 'cached' : this.#state;
  }

  #table(table: Table, entries: readonly Entry[]): TableView {
    const changed = this.#changed[table];
    const was = this.#views[table];
    const base = this.#base[table];
    const now = !was ? viewOf(base, table, entries) : changed.size ? viewAfter(was, changed, base, table, entries) : was;
    changed.clear();
    return (this.#views[table] = now);
  }
}
