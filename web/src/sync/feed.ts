// The change feed of the node: one for the whole browser, resumed behind the last message, begun
// anew after whatever ends it. EventSource gives up after any status but 200, so we open a new one.
import type { Person, SyncStatus } from '../api/client.ts';
import type { Present, Row } from './model.ts';

export interface Change {
  event: string;
  production_id: string | null;
  by: Person | null;
  changes: { table: string; id: string; op: 'upsert' | 'delete'; columns: string[]; row: Row | null }[];
}

export interface FeedListener {
  open(): void;
  lost(): void;
  change(change: Change): void;
  reset(): void; // read again what is shown
  status(status: SyncStatus): void;
  present(production_id: string, present: Present[]): void;
}

const leastWaitMs = 500;
const mostWaitMs = 10_000;

export class Feed {
  #source: EventSource | null = null;
  #cursor: string | null = null;
  #waitMs = leastWaitMs;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #listener: FeedListener;

  constructor(listener: FeedListener) {
    this.#listener = listener;
  }

  // Begins behind `cursor`, if none is known yet.
  begin(cursor: string | null): void {
    this.#cursor ??= cursor;
    if (!this.#source && !this.#timer) this.#open();
  }

  // At once, whatever it waits for: the network has changed, or a laptop woke up.
  again(): void {
    this.#waitMs = leastWaitMs;
    this.#close();
    this.#open();
  }

  #open(): void {
    this.#timer = null;
    const since = this.#cursor ? `?since=${encodeURIComponent(this.#cursor)}` : '';
    const source = new EventSource(`/api/changes${since}`);
    this.#source = source;
    const on = (type: string, act: (data: never) => void) =>
      source.addEventListener(type, (event) => {
        const message = event as MessageEvent<string>;
        act(JSON.parse(message.data) as never);
        if (message.lastEventId) this.#cursor = message.lastEventId;
      });
    source.onopen = () => {
      this.#waitMs = leastWaitMs;
      this.#listener.open();
    };
    source.onerror = () => {
      this.#close();
      this.#listener.lost();
      this.#timer = setTimeout(() => this.#open(), this.#waitMs * (0.75 + Math.random() / 2));
      this.#waitMs = Math.min(this.#waitMs * 2, mostWaitMs);
    };
    on('change', (change: Change) => this.#listener.change(change));
    on('status', (status: SyncStatus) => this.#listener.status(status));
    on('presence', (now: { production_id: string; present: Present[] }) =>
      this.#listener.present(now.production_id, now.present));
    on('reset', (reset: { cursor: string }) => {
      this.#cursor = reset.cursor;
      this.#listener.reset();
    });
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
