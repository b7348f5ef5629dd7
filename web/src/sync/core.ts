// The sync core: one in a browser, whatever the number of tabs. It owns the feed, the heartbeat, the
// rows of open shows and the outbox; tabs are ports that are told what changes.
import { newId } from './ids.ts';
import { Feed, type Change } from './feed.ts';
import { Heartbeat } from './heartbeat.ts';
import { library, problemName, type CoreState, type Entry, type Identity, type Place, type Present, type Row, type Table, type ToCore, type ToTab } from './model.ts';
import { Outbox } from './outbox.ts';
import { Shows } from './shows.ts';
import type { Store } from './store.ts';
import { personHeaders } from './wire.ts';

export type Port = (message: ToTab) => void;

const presenceMs = 10_000;
const placeMs = 400; // after the last step of somebody who walks through cells
const leaveMs = 2_000; // from one screen of a show to the next nobody leaves it
const seenWaitMs = 5_000;
const seenLimit = 200;

const ask: typeof fetch = (input, init) => fetch(input, init);

export class Core {
  readonly #ports = new Map<Port, { open: Set<string> }>();
  readonly #crowds = new Map<string, Present[]>(); // who is where, of shows that somebody is in
  readonly #store: Store;
  readonly #shows: Shows;
  readonly #outbox: Outbox;
  readonly #feed: Feed;
  readonly #heart: Heartbeat;
  readonly #places = new Map<string, { production_id: string; place: Place }>();
  #stepping: ReturnType<typeof setTimeout> | null = null;
  readonly #seen: string[] = [];
  readonly #waiting = new Map<string, () => void>();
  #state: CoreState = {
    link: 'connecting', since: new Date().toISOString(), identity: null, status: null, undo: {},
  };

  private constructor(store: Store) {
    this.#store = store;
    this.#shows = new Shows(store, ask, {
      show: (production_id, rows, cached) => this.#tell({ kind: 'show', production_id, rows, cached }),
      noShow: (production_id, problem) => this.#tell({ kind: 'no_show', production_id, problem }),
      cursor: (cursor) => this.#feed.begin(cursor),
    });
    this.#outbox = new Outbox(store, ask, {
      entry: (entry) => {
        this.#tell({ kind: 'entry', entry });
        this.#tellUndo(entry.production_id);
      },
      settled: (entry, rows) => this.#settled(entry, rows),
      parked: (entry) => this.#parked(entry),
      unreachable: () => void this.#heart.beat(),
      row: (show, table, id) => this.#shows.row(show, table, id),
      seen: (event) => this.#untilSeen(event),
    });
    this.#heart = new Heartbeat(ask, (there) => this.#linked(there));
    this.#feed = new Feed({
      open: () => this.#linked(true),
      lost: () => {
        void this.#heart.beat();
        this.#forget();
      },
      change: (change) => this.#changed(change),
      reset: () => {
        void this.#shows.readAll();
        this.#tell({ kind: 'changed', tables: ['*'], production_id: null });
      },
      status: (status) => this.#set({ status }),
      present: (production_id, present) => this.#gather(production_id, present),
    });
  }

  static async start(store: Store): Promise<Core> {
    const core = new Core(store);
    await core.#outbox.load();
    core.#state.identity = (await store.meta<Identity>('identity')) ?? null;
    core.#state.undo = Object.fromEntries(
      [...core.#outbox.shows()].map((show) => [show, core.#labels(show)]));
    void core.#heart.beat();
    void core.#first();
    setInterval(() => core.#presence(), presenceMs);
    return core;
  }

  // A tab; what it says goes into the function.
  attach(port: Port): (message: ToCore) => void {
    return (message) => {
      if (message.kind === 'hello') {
        if (!this.#ports.has(port)) this.#ports.set(port, { open: new Set() });
        port({ kind: 'state', state: this.#state });
        port({ kind: 'entries', entries: [...this.#outbox.entries] });
        for (const [production_id, present] of this.#crowds) port({ kind: 'present', production_id, present });
      } else if (message.kind === 'bye') {
        for (const show of this.#ports.get(port)?.open ?? []) this.#close(port, show);
        this.#ports.delete(port);
      } else {
        void this.#take(port, message);
      }
    };
  }

  async #take(port: Port, message: ToCore): Promise<void> {
    const by = this.#state.identity ?? { user: 'Somebody', device: '' };
    switch (message.kind) {
      case 'open':
        void this.#present(message.production_id, port);
        if (this.#ports.get(port)?.open.has(message.production_id)) return this.#shows.again(message.production_id);
        this.#ports.get(port)?.open.add(message.production_id);
        return this.#shows.open(message.production_id);
      case 'close':
        return this.#close(port, message.production_id);
      case 'edit':
        return this.#outbox.add(message.draft, by);
      case 'undo':
        return this.#outbox.undo(message.production_id, by, newId);
      case 'redo':
        return this.#outbox.redo(message.production_id, by, newId);
      case 'settle':
        return this.#outbox.decide(message.id, message.how);
      case 'identity':
        await this.#store.setMeta('identity', message.identity);
        this.#set({ identity: message.identity });
        return this.#presence();
      case 'place':
        this.#places.set(message.production_id, message);
        if (this.#stepping) clearTimeout(this.#stepping);
        this.#stepping = setTimeout(() => this.#presence(), placeMs);
        return;
      case 'wake':
        this.#feed.again();
        return this.#heart.beat();
    }
  }

  #close(port: Port, show: string): void {
    if (!this.#ports.get(port)?.open.delete(show)) return;
    this.#shows.close(show);
    setTimeout(() => this.#leave(show), leaveMs);
  }

  #leave(show: string): void {
    const isOpen = [...this.#ports.values()].some(({ open }) => open.has(show));
    const { identity, link } = this.#state;
    if (isOpen || !this.#places.delete(show) || !identity || link !== 'live') return;
    void ask(`/api/productions/${show}/presence`, { method: 'DELETE', headers: personHeaders(identity) }).catch(() => undefined);
  }

  // The first cursor, so that the feed misses nothing that is read after it.
  async #first(): Promise<void> {
    try {
      const answer = await ask('/api/sync/status');
      if (!answer.ok) throw new Error(String(answer.status));
      this.#set({ status: await answer.json() });
      this.#feed.begin(answer.headers.get('Sync-Cursor'));
    } catch {
      setTimeout(() => void this.#first(), 1_000);
    }
  }

  #linked(there: boolean): void {
    const link = there ? 'live' : 'offline';
    if (link === this.#state.link) return;
    const was = this.#state.link;
    this.#set({ link, since: new Date().toISOString() });
    if (!there) return;
    const waiting = this.#outbox.entries.filter((entry) => entry.state === 'queued').length;
    if (was === 'offline') {
      this.#feed.again();
      const sent = waiting ? ` Sending ${waiting} ${waiting === 1 ? 'edit' : 'edits'}.` : '';
      this.#tell({ kind: 'notice', text: `Reconnected.${sent}`, tone: 'good' });
      this.#tell({ kind: 'changed', tables: ['*'], production_id: null });
    }
    this.#outbox.hurry();
  }

  #changed(change: Change): void {
    const changes = this.#shows.apply(change);
    if (changes.length) this.#tell({ kind: 'rows', production_id: change.production_id ?? library, changes, settled: [] });
    this.#tell({
      kind: 'changed', production_id: change.production_id,
      tables: [...new Set(change.changes.map((one) => one.table))],
    });
    this.#waiting.get(change.event)?.();
    this.#seen.push(change.event);
    if (this.#seen.length > seenLimit) this.#seen.shift();
  }

  #untilSeen(event: string): Promise<void> {
    if (this.#seen.includes(event)) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seenWaitMs);
      this.#waiting.set(event, () => {
        clearTimeout(timer);
        resolve();
      });
    }).then(() => void this.#waiting.delete(event));
  }

  #settled(entry: Entry, rows: Row[]): void {
    const tableOf = new Map<string, Table>(entry.ops.map((op) => [op.id, op.table]));
    const changes = this.#shows.answered(entry.production_id, rows, tableOf);
    this.#tell({ kind: 'rows', production_id: entry.production_id, changes, settled: [entry.id] });
    this.#tellUndo(entry.production_id);
    if (rows.some((row) => row._meta.merged_fields?.length))
      this.#tell({ kind: 'notice', text: 'Merged with what others changed meanwhile.', tone: 'good' });
    if (entry.ops.some((op) => op.op === 'create' && op.table === 'productions')) void this.#shows.read(entry.production_id);
    if ([...tableOf.values()].includes('productions'))
      this.#tell({ kind: 'changed', tables: ['productions'], production_id: entry.production_id });
  }

  #parked(entry: Entry): void {
    const what = problemName(entry.problem) === 'field-conflict' ? 'Somebody else changed the same' : entry.problem?.title;
    this.#tell({ kind: 'notice', text: `“${entry.label}” waits for you: ${what}.`, tone: 'bad' });
    this.#tellUndo(entry.production_id);
  }

  #labels(show: string): { undo: string | null; redo: string | null } {
    const { undoLabel, redoLabel } = this.#outbox.steps(show);
    return { undo: undoLabel, redo: redoLabel };
  }

  #tellUndo(show: string): void {
    const now = this.#labels(show);
    const was = this.#state.undo[show];
    if (was?.undo !== now.undo || was?.redo !== now.redo)
      this.#set({ undo: { ...this.#state.undo, [show]: now } });
  }

  // --- who is where -------------------------------------------------------------------------------

  #presence(): void {
    const { identity, link } = this.#state;
    if (!identity || link !== 'live') return;
    for (const { production_id, place } of this.#places.values())
      void ask(`/api/productions/${production_id}/presence`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', ...personHeaders(identity) },
        body: JSON.stringify(Object.fromEntries(Object.entries(place).filter(([, value]) => value !== null))),
      }).catch(() => undefined);
  }

  async #present(production_id: string, port: Port): Promise<void> {
    if (production_id === library) return; // who is where is told of shows
    try {
      const answer = await ask(`/api/productions/${production_id}/presence`);
      if (answer.ok) port({ kind: 'present', production_id, present: await answer.json() });
    } catch {
      // The feed tells of everybody who moves, too.
    }
  }

  // The feed tells who is in each show, and begins anew with those where somebody is.
  #gather(production_id: string, present: Present[]): void {
    if (present.length) this.#crowds.set(production_id, present);
    else this.#crowds.delete(production_id);
    this.#tell({ kind: 'present', production_id, present });
  }

  #forget(): void {
    for (const production_id of [...this.#crowds.keys()]) this.#gather(production_id, []);
  }

  #set(part: Partial<CoreState>): void {
    this.#state = { ...this.#state, ...part };
    this.#tell({ kind: 'state', state: part });
  }

  #tell(message: ToTab): void {
    for (const port of this.#ports.keys()) port(message);
  }
}
