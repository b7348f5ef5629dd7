// A tab's way to the sync core: a SharedWorker where the browser has it, else the core runs in one
// of the tabs. An edit is handed over until the core says that it is on the disk, so it survives
// the end of whoever ran the core.
import { lead } from './leader.ts';
import type { Draft, ToCore, ToTab } from './model.ts';

export interface Way {
  post(message: ToCore): void;
}

// Tells `receive` what the core says; `again` when a new core has begun and must be told all.
export type Connect = (receive: (message: ToTab) => void, again: () => void) => Way;

const shared: Connect = (receive) => {
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'genlock' });
  worker.port.onmessage = (event: MessageEvent<ToTab>) => receive(event.data);
  return { post: (message) => worker.port.postMessage(message) };
};

export class Link {
  readonly #way: Way;
  readonly #handed = new Map<string, Draft>(); // not known to be on the disk
  readonly #open = new Map<string, number>();

  constructor(receive: (message: ToTab) => void, connect: Connect = pick()) {
    this.#way = connect((message) => {
      if (message.kind === 'entry') this.#handed.delete(message.entry.id);
      receive(message);
    }, () => this.#greet());
    this.#greet();
    addEventListener('pagehide', () => this.#way.post({ kind: 'bye' }));
    addEventListener('pageshow', (event) => {
      if (event.persisted) this.#greet();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#way.post({ kind: 'wake' });
    });
    addEventListener('online', () => this.#way.post({ kind: 'wake' }));
  }

  post(message: ToCore): void {
    if (message.kind === 'edit') this.#handed.set(message.draft.id, message.draft);
    this.#way.post(message);
  }

  open(production_id: string): () => void {
    const count = (this.#open.get(production_id) ?? 0) + 1;
    this.#open.set(production_id, count);
    if (count === 1) this.#way.post({ kind: 'open', production_id });
    return () => {
      const left = (this.#open.get(production_id) ?? 1) - 1;
      if (left > 0) return void this.#open.set(production_id, left);
      this.#open.delete(production_id);
      this.#way.post({ kind: 'close', production_id });
    };
  }

  #greet(): void {
    this.#way.post({ kind: 'hello' });
    for (const production_id of this.#open.keys()) this.#way.post({ kind: 'open', production_id });
    for (const draft of this.#handed.values()) this.#way.post({ kind: 'edit', draft });
  }
}

// `?core=tab` is for tests of the second way, and for browsers that have a broken SharedWorker.
function pick(): Connect {
  const asked = new URLSearchParams(location.search).get('core') === 'tab';
  return typeof SharedWorker === 'undefined' || asked ? lead : shared;
}
