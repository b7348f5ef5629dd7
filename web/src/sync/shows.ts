// The rows of the shows that tabs have open: read once as one snapshot, then kept by the feed. What
// the feed says while the snapshot is on its way is applied on top of it.
import type { Problem } from '../api/client.ts';
import type { Change } from './feed.ts';
import { byTable, library, tables, type Row, type RowChange, type Table } from './model.ts';
import type { Store } from './store.ts';

type Rows = Record<Table, Map<string, Row>>;

interface Show {
  tabs: number;
  rows: Rows | null;
  waiting: Change[] | null; // while a snapshot is read
}

export interface ShowsListener {
  show(id: string, rows: Record<Table, Row[]>, cached: boolean): void;
  noShow(id: string, problem: Problem | null): void;
  cursor(cursor: string): void;
}

const pageRows = 1_000;
const toldLimit = 500;
const keepQuietMs = 5_000; // a whole show is written when nobody types
const keepLatestMs = 30_000;
const again = 3_000;

export class Shows {
  readonly #shows = new Map<string, Show>();
  readonly #keeping = new Map<string, { timer: ReturnType<typeof setTimeout>; latestAt: number }>();
  readonly #told = new Set<string>(); // versions of devices that the feed told of
  readonly #store: Store;
  readonly #ask: typeof fetch;
  readonly #listener: ShowsListener;

  constructor(store: Store, ask: typeof fetch, listener: ShowsListener) {
    this.#store = store;
    this.#ask = ask;
    this.#listener = listener;
  }

  async open(id: string): Promise<void> {
    const show = this.#shows.get(id);
    if (show) {
      show.tabs += 1;
      if (show.rows) this.#listener.show(id, lists(show.rows), false);
      return;
    }
    this.#shows.set(id, { tabs: 1, rows: null, waiting: null });
    const kept = await this.#store.show(id);
    if (kept && !this.#shows.get(id)?.rows) this.#listener.show(id, kept.rows, true);
    await this.read(id);
  }

  // A tab that has it open asks again: it lost what it was told.
  again(id: string): void {
    const rows = this.#shows.get(id)?.rows;
    if (rows) this.#listener.show(id, lists(rows), false);
  }

  close(id: string): void {
    const show = this.#shows.get(id);
    if (show && --show.tabs <= 0) this.#shows.delete(id);
  }

  row(id: string, table: string, record: string): Row | undefined {
    return this.#shows.get(id)?.rows?.[table as Table]?.get(record);
  }

  async readAll(): Promise<void> {
    await Promise.all([...this.#shows.keys()].map((id) => this.read(id)));
  }

  // Reads the whole show; tries again until it is here or the node says that it is not.
  async read(id: string): Promise<void> {
    const show = this.#shows.get(id);
    if (!show || show.waiting) return;
    show.waiting = [];
    try {
      const answer = await this.#ask(id === library ? `/api/equipment?limit=${pageRows}` : `/api/productions/${id}?include=all`);
      if (answer.status === 404 || answer.status === 410) {
        this.#listener.noShow(id, (await answer.json()) as Problem);
        void this.#store.forgetShow(id);
      } else if (answer.ok) {
        show.rows = id === library ? await this.#devices(answer) : rowsOf((await answer.json()) as Record<string, unknown>);
        const cursor = answer.headers.get('Sync-Cursor');
        if (cursor) this.#listener.cursor(cursor);
        for (const change of show.waiting) this.#apply(show.rows, change);
        this.#listener.show(id, lists(show.rows), false);
        this.#keepSoon(id);
      } else {
        throw new Error(String(answer.status));
      }
    } catch {
      setTimeout(() => void this.read(id), again);
    } finally {
      show.waiting = null;
    }
  }

  // All pages of the library, beginning with `answer`.
  async #devices(answer: Response): Promise<Rows> {
    const rows = byTable(() => new Map<string, Row>());
    for (let page = answer; ;) {
      for (const row of (await page.json()) as Row[]) rows.equipment_specs.set(row.id, row);
      const next = /<([^>]+)>; *rel="next"/.exec(page.headers.get('Link') ?? '')?.[1];
      if (!next) return rows;
      page = await this.#ask(next);
      if (!page.ok) throw new Error(String(page.status));
    }
  }

  // A message of the feed; what it changes for the tabs that have the show open.
  apply(change: Change): RowChange[] {
    const id = change.production_id ?? library;
    const show = this.#shows.get(id);
    if (!show) return [];
    show.waiting?.push(change);
    if (!show.rows) { // it was not here when it was opened
      if (!show.waiting) void this.read(id);
      return [];
    }
    this.#keepSoon(id);
    return this.#apply(show.rows, change);
  }

  // Rows that the node answered an edit with.
  answered(id: string, rows: Row[], tableOf: Map<string, Table>): RowChange[] {
    const show = this.#shows.get(id);
    return rows.flatMap((row): RowChange[] => {
      const table = tableOf.get(row.id);
      // A device's version counts what is its own, not its ports: what was told is not told again.
      if (!show?.rows || !table || this.#told.has(row._meta.etag)) return [];
      this.#keepSoon(id);
      return put(show.rows, { table, id: row.id, row: row.is_deleted ? null : row, by: null, columns: [] });
    });
  }

  #apply(rows: Rows, change: Change): RowChange[] {
    return change.changes.flatMap((one): RowChange[] => {
      if (!(tables as readonly string[]).includes(one.table)) return [];
      if (one.op === 'upsert' && !one.row) { // too large for the message
        void this.read(change.production_id ?? library);
        return [];
      }
      if (one.table === 'equipment_specs' && one.row) this.#tell(one.row._meta.etag);
      const row = one.op === 'delete' ? null : one.row;
      return put(rows, { table: one.table as Table, id: one.id, row, by: change.by, columns: one.columns });
    });
  }

  #tell(etag: string): void {
    this.#told.add(etag);
    if (this.#told.size > toldLimit) this.#told.delete(this.#told.values().next().value!);
  }

  #keepSoon(id: string): void {
    const now = Date.now();
    const was = this.#keeping.get(id);
    if (was) clearTimeout(was.timer);
    const latestAt = was?.latestAt ?? now + keepLatestMs;
    const timer = setTimeout(() => {
      this.#keeping.delete(id);
      const rows = this.#shows.get(id)?.rows;
      if (rows) void this.#store.keepShow({ id, used_at: Date.now(), rows: lists(rows) });
    }, Math.max(0, Math.min(keepQuietMs, latestAt - now)));
    this.#keeping.set(id, { timer, latestAt });
  }
}

// An answer may be overtaken by what was said before it: an older version changes nothing.
function put(rows: Rows, change: RowChange): RowChange[] {
  const map = rows[change.table];
  const now = map.get(change.id);
  if (now && change.row && change.row.version < now.version) return [];
  if (change.row) map.set(change.id, change.row);
  else map.delete(change.id);
  return [change];
}

function rowsOf(answer: Record<string, unknown>): Rows {
  const { sources, sends, connections, conflicts: _, ...production } = answer;
  const map = (list: unknown) => new Map((list as Row[]).map((row) => [row.id, row]));
  return { ...byTable(() => new Map<string, Row>()), productions: map([production]), sources: map(sources), sends: map(sends), connections: map(connections) };
}

const lists = (rows: Rows): Record<Table, Row[]> => byTable((table) => [...rows[table].values()]);
