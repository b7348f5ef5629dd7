// What a tab knows: a copy of what the core told it, with the pending edits on top. One for the page;
// components read it through the hooks in use.ts.
import type { Draft, Entry, Identity, CoreState, Op, Place, Present, Row, RowChange, Settlement, Table, ToCore, ToTab } from './model.ts';
import { byTable, tables } from './model.ts';
import { newId } from './ids.ts';
import { noted, type Lag } from './lag.ts';
import { inOrder, overlay, type Shown } from './overlay.ts';

export interface TableView {
  rows: Row[]; // in order
  byId: ReadonlyMap<string, Row>;
  pending: Shown['pending'];
}

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

export interface Notice {
  id: string;
  text: string;
  tone: 'good' | 'bad';
  undo: string | (() => void) | null; // what it offers to take back: the last edit of a show, or what it says itself
}

export interface SessionState {
  core: CoreState;
  entries: readonly Entry[];
  notices: readonly Notice[];
  lags: readonly Lag[];
  crowds: ReadonlyMap<string, readonly Present[]>; // who is in which show; of shows without anybody nothing
}

interface Show {
  state: ShowView['state'];
  base: Record<Table, Map<string, Row>>;
  views: Partial<Record<Table, TableView>>;
  marks: ReadonlyMap<string, Mark>;
  present: Present[];
  view: ShowView | null;
}

export interface Wire {
  post(message: ToCore): void;
  open(production_id: string): () => void;
}

const markMs = 6_000;
const noticeMs = 10_000;
const frameMs = 12;

const emptyTables = (): Record<Table, Map<string, Row>> => byTable(() => new Map());

export class Session {
  #state: SessionState = {
    core: { link: 'connecting', since: '', identity: null, status: null, undo: {} }, entries: [], notices: [], lags: [], crowds: new Map(),
  };
  readonly #shows = new Map<string, Show>();
  readonly #listeners = new Set<() => void>();
  readonly #changed: (tables: string[], production_id: string | null) => void;
  #wire: Wire | null = null;
  #told = false; // by the core
  #receiving = false;
  #soon: ReturnType<typeof setTimeout> | null = null;

  constructor(changed: (tables: string[], production_id: string | null) => void) {
    this.#changed = changed;
  }

  connect(wire: Wire): void {
    this.#wire = wire;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get state(): SessionState {
    return this.#state;
  }

  get told(): boolean {
    return this.#told;
  }

  // --- what a tab does ----------------------------------------------------------------------------

  open(id: string): () => void {
    if (!this.#shows.has(id)) this.#shows.set(id, {
      state: 'loading', base: emptyTables(), views: {}, marks: new Map(), present: [], view: null,
    });
    return this.#wire!.open(id);
  }

  // Shown in this frame; the core makes it last.
  edit(production_id: string, label: string, ops: Op[]): void {
    if (!ops.length) return;
    const draft: Draft = { id: newId(), production_id, label, ops, undoes: null };
    const by = this.#state.core.identity ?? { user: 'Somebody', device: '' };
    this.#putEntry({
      ...draft, seq: Number.MAX_SAFE_INTEGER, by, created_at: new Date().toISOString(), tries: 0,
      state: 'queued', keep_both: false, problem: null,
    });
    this.#wire!.post({ kind: 'edit', draft });
  }

  undo = (production_id: string): void => this.#wire!.post({ kind: 'undo', production_id });
  redo = (production_id: string): void => this.#wire!.post({ kind: 'redo', production_id });
  settle = (id: string, how: Settlement): void => this.#wire!.post({ kind: 'settle', id, how });
  identify = (identity: Identity): void => this.#wire!.post({ kind: 'identity', identity });
  place = (production_id: string, place: Place): void => this.#wire!.post({ kind: 'place', production_id, place });

  notify(text: string, tone: Notice['tone'] = 'good', undo: Notice['undo'] = null): void {
    const notice = { id: newId(), text, tone, undo };
    this.#set({ notices: [...this.#state.notices.slice(-2), notice] });
    setTimeout(() => this.dismiss(notice.id), noticeMs);
  }

  dismiss = (id: string): void =>
    this.#set({ notices: this.#state.notices.filter((notice) => notice.id !== id) });

  show(id: string): ShowView | null {
    const show = this.#shows.get(id);
    if (!show) return null;
    show.view ??= {
      state: this.#makes(id, show.state), marks: show.marks, present: show.present,
      tables: byTable((table) => this.#table(id, show, table)),
    };
    return show.view;
  }

  // A show that was made on this device is here before it is on the node.
  #makes(id: string, state: ShowView['state']): ShowView['state'] {
    const mine = state !== 'live' && this.#state.entries.some((entry) =>
      entry.production_id === id && entry.state === 'queued' && entry.ops.some((op) => op.op === 'create' && op.table === 'productions'));
    return mine ? 'cached' : state;
  }

  #table(id: string, show: Show, table: Table): TableView {
    return (show.views[table] ??= (() => {
      const mine = this.#state.entries.filter((entry) => entry.production_id === id);
      const { rows, pending } = overlay(show.base[table], table, mine);
      return { byId: rows, pending, rows: [...rows.values()].sort(inOrder) };
    })());
  }

  // --- what the core says -------------------------------------------------------------------------

  receive = (message: ToTab): void => {
    this.#receiving = true;
    this.#take(message);
    this.#receiving = false;
  };

  #take(message: ToTab): void {
    switch (message.kind) {
      case 'state':
        this.#told = true;
        return this.#core(kept(this.#state.core, message.state));
      case 'entries':
        for (const entry of this.#state.entries) this.#stale(entry);
        for (const entry of message.entries) this.#stale(entry);
        return this.#set({ entries: bySeq(message.entries) });
      case 'entry':
        return this.#putEntry(message.entry);
      case 'show':
        return this.#load(message.production_id, message.rows, message.cached);
      case 'no_show': {
        const show = this.#shows.get(message.production_id);
        if (show) show.state = 'gone';
        return this.#redraw(message.production_id, []);
      }
      case 'rows':
        return this.#rows(message.production_id, message.changes, message.settled);
      case 'present': {
        const show = this.#shows.get(message.production_id);
        if (show) show.present = message.present;
        this.#redraw(message.production_id, []);
        const others = [...this.#state.crowds].filter(([id]) => id !== message.production_id);
        return this.#set({ crowds: new Map(message.present.length ? [...others, [message.production_id, message.present]] : others) });
      }
      case 'changed':
        return this.#changed(message.tables, message.production_id);
      case 'notice':
        return this.notify(message.text, message.tone);
    }
  }

  #core(core: CoreState): void {
    const isNews = core.status !== null && core.status !== this.#state.core.status;
    this.#set({ core, ...(isNews ? { lags: noted(this.#state.lags, core.status!, Date.now()) } : {}) });
  }

  #load(id: string, rows: Record<Table, Row[]>, cached: boolean): void {
    const show = this.#shows.get(id);
    if (!show) return;
    show.state = cached ? 'cached' : 'live';
    for (const table of tables) show.base[table] = new Map((rows[table] ?? []).map((row) => [row.id, row])); // kept by an older app: it knew fewer
    this.#redraw(id, tables);
    this.#emit();
  }

  #rows(id: string | null, changes: RowChange[], settled: string[]): void {
    const show = id ? this.#shows.get(id) : undefined;
    const left = this.#state.entries.filter((entry) => !settled.includes(entry.id));
    for (const entry of this.#state.entries) if (settled.includes(entry.id)) this.#stale(entry);
    if (show) {
      for (const change of changes) {
        if (change.row) show.base[change.table].set(change.id, change.row);
        else show.base[change.table].delete(change.id);
        this.#mark(id!, show, change);
      }
      this.#redraw(id!, [...new Set(changes.map((change) => change.table))]);
    }
    this.#set({ entries: left });
  }

  #mark(id: string, show: Show, { id: row, by, columns }: RowChange): void {
    if (!by?.user || !columns.length || this.#isMe(by)) return;
    const mark = { by: by.user, columns: new Set(columns) };
    show.marks = new Map(show.marks).set(row, mark);
    setTimeout(() => {
      if (show.marks.get(row) === mark) show.marks = new Map([...show.marks].filter(([, one]) => one !== mark));
      this.#redraw(id, []);
    }, markMs);
  }

  #isMe(by: Present['by']): boolean {
    const me = this.#state.core.identity;
    return by.user === me?.user && (by.device ?? '') === me?.device;
  }

  #putEntry(entry: Entry): void {
    const was = this.#state.entries;
    const entries = bySeq([...was.filter((one) => one.id !== entry.id), entry]);
    const same = entries.length === was.length && entries.every((one, i) => one.id === was[i]!.id);
    // That the core has it, or has sent it, changes nothing that is shown.
    if (!same || !sameEffect(entry, was.find((one) => one.id === entry.id)!)) this.#stale(entry);
    this.#set({ entries });
  }

  #stale(entry: Entry): void {
    this.#redraw(entry.production_id, [...new Set(entry.ops.map((op) => op.table))]);
  }

  #redraw(id: string, which: readonly Table[]): void {
    const show = this.#shows.get(id);
    if (!show) return;
    for (const table of which) delete show.views[table];
    show.view = null;
    if (!which.length) this.#emit();
  }

  #set(part: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...part };
    this.#emit();
  }

  // What the core says in one go is drawn in one go; what is done here is drawn at once.
  #emit(): void {
    if (!this.#receiving) return this.#draw();
    if (this.#soon) return;
    this.#soon = setTimeout(() => this.#draw(), frameMs);
  }

  #draw(): void {
    if (this.#soon) clearTimeout(this.#soon);
    this.#soon = null;
    for (const listener of this.#listeners) listener();
  }
}

// What is said again and is the same stays the same object, so that nothing is drawn for it.
function kept(was: CoreState, now: CoreState): CoreState {
  const same = <T>(a: T, b: T): T => (JSON.stringify(a) === JSON.stringify(b) ? a : b);
  const undo = Object.fromEntries(Object.entries(now.undo).map(([show, steps]) => [show, same(was.undo[show] ?? steps, steps)]));
  return { ...now, undo, identity: same(was.identity, now.identity), status: same(was.status, now.status) };
}

const sameEffect = (a: Entry, b: Entry): boolean =>
  a.state === b.state && JSON.stringify(a.ops.map(({ op, id, row }) => [op, id, row])) === JSON.stringify(b.ops.map(({ op, id, row }) => [op, id, row]));

const bySeq = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => a.seq - b.seq);
