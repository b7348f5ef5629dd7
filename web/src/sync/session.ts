// What a tab knows: a copy of what the core told it, with the pending edits on top. One for the page;
// components read it through the hooks in use.ts.
import type { Draft, Entry, Identity, CoreState, Op, Place, Present, Row, RowChange, Settlement, Table, ToCore, ToTab } from './model.ts';
import { newId } from './ids.ts';
import { noted, type Lag } from './lag.ts';
import { OpenShow, type Mark, type ShowView } from './open_show.ts';
import { Pace } from './pace.ts';

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

export interface Wire {
  post(message: ToCore): void;
  open(production_id: string): () => void;
}

const markMs = 6_000;
const noticeMs = 10_000;

export class Session {
  #state: SessionState = {
    core: { link: 'connecting', since: '', identity: null, status: null, undo: {} }, entries: [], notices: [], lags: [], crowds: new Map(),
  };
  readonly #shows = new Map<string, OpenShow>();
  readonly #listeners = new Set<() => void>();
  readonly #changed: (tables: string[], production_id: string | null) => void;
  #wire: Wire | null = null;
  #told = false; // by the core
  #receiving = false;
  readonly #pace = new Pace(() => this.#draw());

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
    if (!this.#shows.has(id)) this.#shows.set(id, new OpenShow());
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

  show = (id: string): ShowView | null => this.#shows.get(id)?.view(this.#state.entries, id) ?? null;

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
        for (const entry of this.#state.entries) this.#touch(entry);
        for (const entry of message.entries) this.#touch(entry);
        return this.#set({ entries: bySeq(message.entries) });
      case 'entry':
        return this.#putEntry(message.entry);
      case 'show':
        return this.#load(message.production_id, message.rows, message.cached);
      case 'no_show':
        this.#shows.get(message.production_id)?.gone();
        return this.#emit();
      case 'rows':
        return this.#rows(message.production_id, message.changes, message.settled);
      case 'present': {
        const show = this.#shows.get(message.production_id);
        if (show) show.present = message.present;
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
    this.#shows.get(id)?.load(rows, cached);
    this.#emit();
  }

  #rows(id: string | null, changes: RowChange[], settled: string[]): void {
    const show = id ? this.#shows.get(id) : undefined;
    for (const entry of this.#state.entries) if (settled.includes(entry.id)) this.#touch(entry);
    for (const change of show ? changes : []) {
      show!.put(change);
      this.#mark(show!, change);
    }
    this.#set({ entries: this.#state.entries.filter((entry) => !settled.includes(entry.id)) });
  }

  #mark(show: OpenShow, { id, by, columns }: RowChange): void {
    if (!by?.user || !columns.length || this.#isMe(by)) return;
    const mark: Mark = { by: by.user, columns: new Set(columns) };
    show.mark(id, mark);
    setTimeout(() => {
      show.unmark(mark);
      this.#pace.soon();
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
    if (!same || !sameEffect(entry, was.find((one) => one.id === entry.id)!)) this.#touch(entry);
    this.#set({ entries });
  }

  #touch(entry: Entry): void {
    this.#shows.get(entry.production_id)?.touch(entry);
  }

  #set(part: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...part };
    this.#emit();
  }

  // What is done here is drawn at once, and what the core said before with it.
  #emit(): void {
    if (this.#receiving) this.#pace.soon();
    else this.#pace.now();
  }

  #draw(): void {
    for (const listener of this.#listeners) listener();
  }
}

// What is said again and is the same stays the same object, so that nothing is drawn for it.
function kept(was: CoreState, now: Partial<CoreState>): CoreState {
  const core = { ...was, ...now };
  const undo = Object.fromEntries(Object.entries(core.undo).map(([show, steps]) => [show, same(was.undo[show] ?? steps, steps)]));
  return { ...core, undo, identity: same(was.identity, core.identity), status: same(was.status, core.status) };
}

const same = <T>(a: T, b: T): T => (a === b || JSON.stringify(a) === JSON.stringify(b) ? a : b);

const sameEffect = (a: Entry, b: Entry): boolean =>
  a.state === b.state && JSON.stringify(a.ops.map(({ op, id, row }) => [op, id, row])) === JSON.stringify(b.ops.map(({ op, id, row }) => [op, id, row]));

const bySeq = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => a.seq - b.seq);
