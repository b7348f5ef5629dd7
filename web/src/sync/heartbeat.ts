// Is the node there? Asked every few seconds; two misses in a row are "offline". Nothing else
// decides it: navigator.onLine is wrong at a venue without internet.
const beatMs = 5_000;
const offlineBeatMs = 1_500;
const answerMs = 4_000;
const missesToOffline = 2;

export class Heartbeat {
  #misses = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running = false;
  readonly #ask: typeof fetch;
  readonly #told: (there: boolean) => void;

  constructor(ask: typeof fetch, told: (there: boolean) => void) {
    this.#ask = ask;
    this.#told = told;
  }

  // A request just failed or a feed broke: look now.
  async beat(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    if (this.#timer) clearTimeout(this.#timer);
    const there = await this.#answers();
    this.#misses = there ? 0 : this.#misses + 1;
    if (there || this.#misses >= missesToOffline) this.#told(there);
    this.#timer = setTimeout(() => void this.beat(), there ? beatMs : offlineBeatMs);
    this.#running = false;
  }

  async #answers(): Promise<boolean> {
    try {
      const answer = await this.#ask('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(answerMs) });
      return answer.ok;
    } catch {
      return false;
    }
  }
}
