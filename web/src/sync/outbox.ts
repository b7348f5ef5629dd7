// Edits on their way to the node. They are on the disk before anybody hears that they were taken,
// go out one after the other for each show, and leave only with an answer: taken, or parked for a
// person to decide. What was sent once is sent again as it was, under the same key.
import type { Problem } from '../api/client.ts';
import { steps, type Link, type Steps } from './history.ts';
import type { Done, Draft, Entry, Identity, Op, Row, Settlement } from './model.ts';
import { inverseOf, moved, rebase, type Mine } from './overlay.ts';
import type { Store } from './store.ts';
import { send, type Outcome } from './wire.ts';

export interface OutboxListener {
  entry(entry: Entry): void; // new, or changed
  // Left the outbox: these rows are what came of it.
  settled(entry: Entry, rows: Row[]): void;
  parked(entry: Entry): void;
  unreachable(): void;
  // What the node has now; undefined where this browser has not loaded it.
  row(production_id: string, table: string, id: string): Row | undefined;
  // Until the feed has told of an event, or some time has passed.
  seen(event: string): Promise<void>;
}

const mostWaitMs = 15_000;

export class Outbox {
  #entries: Entry[] = [];
  #done: Done[] = [];
  #lastSeq = 0;
  #stopped = false;
  readonly #running = new Map<string, Promise<void>>();
  readonly #waits = new Map<string, () => void>();
  readonly #store: Store;
  readonly #ask: typeof fetch;
  readonly #listener: OutboxListener;

  constructor(store: Store, ask: typeof fetch, listener: OutboxListener) {
    this.#store = store;
    this.#ask = ask;
    this.#listener = listener;
  }

  async load(): Promise<void> {
    this.#entries = await this.#store.entries();
    this.#done = await this.#store.done();
    this.#lastSeq = Math.max(0, ...[...this.#entries, ...this.#done].map((one) => one.seq));
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  // Shows with something that can be undone or redone.
  shows(): Set<string> {
    return new Set([...this.#done, ...this.#entries].map((one) => one.production_id));
  }

  steps(production_id: string): Steps {
    const links: Link[] = [...this.#done, ...this.#entries.filter((entry) => entry.state === 'queued')];
    return steps(links.filter((link) => link.production_id === production_id));
  }

  // On the disk when it returns. Handed over twice, it is one edit.
  async add(draft: Draft, by: Identity): Promise<void> {
    if (this.#entries.some((entry) => entry.id === draft.id) ||
        this.#done.some((done) => done.id === draft.id)) return;
    // What a tab saw may be a moment older than what the node has answered to its edit before.
    const ops = draft.ops.map((op) => {
      const row = this.#listener.row(draft.production_id, op.table, op.id);
      return row ? rebase(op, row, this.#mine(draft.production_id, op, Infinity)) : op;
    });
    const entry: Entry = {
      ...draft, ops, seq: ++this.#lastSeq, by, created_at: new Date().toISOString(), tries: 0,
      state: 'queued', keep_both: false, problem: null,
    };
    this.#entries.push(entry);
    await this.#store.put(entry);
    this.#listener.entry(entry);
    void this.pump(entry.production_id);
  }

  async undo(production_id: string, by: Identity, newId: () => string): Promise<void> {
    const { undo, undoLabel } = this.steps(production_id);
    if (undo) await this.#takeBack(undo, `Undo: ${undoLabel}`, by, newId);
  }

  async redo(production_id: string, by: Identity, newId: () => string): Promise<void> {
    const { redo, redoLabel } = this.steps(production_id);
    if (redo) await this.#takeBack(redo, `Redo: ${redoLabel}`, by, newId);
  }

  async #takeBack(target: Link, label: string, by: Identity, newId: () => string): Promise<void> {
    const waiting = this.#entries.find((entry) => entry.id === target.id);
    if (waiting && waiting.tries === 0) return this.#withdraw(waiting); // nobody has heard of it
    const { production_id, id, ops } = target;
    await this.add({ id: newId(), production_id, label, ops: inverseOf(ops), undoes: id }, by);
  }

  async #withdraw(entry: Entry): Promise<void> {
    this.#remove(entry);
    await this.#store.settle(entry.seq, []);
    this.#listener.settled(entry, []);
  }

  // A person has decided about a parked entry.
  async decide(id: string, how: Settlement): Promise<void> {
    const entry = this.#entries.find((one) => one.id === id && one.state === 'parked');
    if (!entry) return;
    if (how === 'theirs') return this.#withdraw(entry);
    // A new attempt is a new write: the node remembers nothing of the refused one.
    const now: Entry = {
      ...entry, state: 'queued', tries: 0, problem: null, keep_both: how === 'both',
      ops: how === 'mine' ? entry.ops.map((op) => onSeen(op, entry.problem)) : entry.ops,
    };
    await this.#replace(now);
    void this.pump(entry.production_id);
  }

  // Sends what waits, of one show or of all.
  async pump(production_id?: string): Promise<void> {
    const shows = production_id ? [production_id] : [...new Set(this.#entries.map((one) => one.production_id))];
    await Promise.all(shows.map((show) => this.#pumpShow(show)));
  }

  // The node is back: nobody waits any longer.
  hurry(): void {
    for (const go of this.#waits.values()) go();
    void this.pump();
  }

  // Sends nothing any more; when it returns, nothing is written either.
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const go of this.#waits.values()) go();
    await Promise.all(this.#running.values());
  }

  #pumpShow(show: string): Promise<void> {
    const running = this.#running.get(show) ?? this.#sendAll(show);
    this.#running.set(show, running);
    return running;
  }

  // Ends in the same step in which it sees that nothing waits, so that no entry falls between.
  async #sendAll(show: string): Promise<void> {
    await Promise.resolve(); // it counts as running before it can end
    try {
      for (;;) {
        const entry = this.#entries.find((one) => one.production_id === show && one.state === 'queued');
        if (!entry || this.#stopped) return;
        const sent = { ...entry, tries: entry.tries + 1 };
        await this.#replace(sent);
        const outcome = await send(sent, this.#done, this.#ask);
        await this.#answered(sent, outcome);
      }
    } finally {
      this.#running.delete(show);
    }
  }

  async #answered(entry: Entry, outcome: Outcome): Promise<void> {
    switch (outcome.kind) {
      case 'taken':
        if (entry.undoes !== null && outcome.event && !outcome.rows.length) await this.#listener.seen(outcome.event);
        return this.#taken(entry, outcome);
      case 'refused':
        return this.#park(entry, outcome.problem);
      case 'later':
        if (!outcome.reached) this.#listener.unreachable();
        return this.#wait(entry.production_id, Math.min(outcome.waitMs * 2 ** Math.min(entry.tries - 1, 4), mostWaitMs));
    }
  }

  async #taken(entry: Entry, { event, rows }: { event: string | null; rows: Row[] }): Promise<void> {
    const { id, seq, production_id, label, ops, undoes } = entry;
    const done: Done = { id, seq, production_id, label, ops, undoes, event };
    const kept = event ? [done] : [];
    this.#remove(entry);
    this.#done = [...this.#done, ...kept].sort((a, b) => a.seq - b.seq);
    await this.#store.settle(seq, kept);
    await this.#rebase(production_id, rows.length ? rows : this.#rowsOf(entry));
    this.#listener.settled(entry, rows);
  }

  // As the feed has told them: an undo is answered without rows.
  #rowsOf({ production_id, ops }: Entry): Row[] {
    return ops.flatMap(({ table, id }) => this.#listener.row(production_id, table, id) ?? []);
  }

  async #rebase(production_id: string, rows: Row[]): Promise<void> {
    for (const entry of this.#entries) {
      if (entry.production_id !== production_id || entry.state !== 'queued' || entry.tries > 0) continue;
      const ops = entry.ops.map((op) => rows.reduce((on, row) => rebase(on, row, this.#mine(production_id, op, entry.seq)), op));
      if (ops.some((op, i) => op !== entry.ops[i])) await this.#replace({ ...entry, ops });
    }
  }

  // What was written here last, before the entry `seq`, into a column of the row of an op: done or on its way.
  #mine(production_id: string, { table, id }: Op, seq: number): Mine {
    return (column) => {
      const links = [...this.#done, ...this.#entries.filter((entry) => entry.state === 'queued')]
        .filter((link) => link.production_id === production_id && link.seq < seq).sort((a, b) => b.seq - a.seq);
      for (const { ops } of links) {
        const op = ops.findLast((one) => one.table === table && one.id === id && column in (one.row ?? {}));
        if (op) return { value: op.row![column] };
      }
      return undefined;
    };
  }

  async #park(entry: Entry, problem: Problem): Promise<void> {
    const parked: Entry = { ...entry, state: 'parked', problem };
    await this.#replace(parked);
    this.#listener.parked(parked);
  }

  async #replace(entry: Entry): Promise<void> {
    this.#entries = this.#entries.map((one) => (one.seq === entry.seq ? entry : one));
    await this.#store.put(entry);
    this.#listener.entry(entry);
  }

  #remove(entry: Entry): void {
    this.#entries = this.#entries.filter((one) => one.seq !== entry.seq);
  }

  #wait(show: string, ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const timer = setTimeout(go, ms);
      function go() {
        clearTimeout(timer);
        resolve();
      }
      this.#waits.set(show, go);
    }).then(() => void this.#waits.delete(show));
  }
}

// The op of which the node said what stands in its way, on that: its author has seen both now. What
// changes after that is told again.
function onSeen(op: Op, problem: Problem | null): Op {
  const current = problem?.current as Row | undefined;
  return current?.id === op.id && op.base_version ? moved(op, current) : op;
}
