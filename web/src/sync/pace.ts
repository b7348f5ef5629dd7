// When what the core says is drawn: what comes together, together, and not between the letters of somebody
// who types, unless they go on for long. What is done here is drawn at once, by now().
const togetherMs = 12;
const restMs = 60; // since the last letter
const mostMs = 150; // after the first that waits

export class Pace {
  readonly #draw: () => void;
  readonly #letterAt: () => number; // performance.now() of the last one
  #timer: ReturnType<typeof setTimeout> | null = null;
  #since = 0;

  constructor(draw: () => void, letterAt: () => number = lettersOfPage()) {
    this.#draw = draw;
    this.#letterAt = letterAt;
  }

  soon(): void {
    if (this.#timer) return;
    this.#since = performance.now();
    this.#wait(togetherMs);
  }

  now(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#draw();
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      const now = performance.now();
      const rest = Math.min(this.#letterAt() + restMs, this.#since + mostMs) - now;
      if (rest > 0) this.#wait(rest);
      else this.now();
    }, ms);
  }
}

function lettersOfPage(): () => number {
  let last = -Infinity;
  addEventListener('keydown', ({ target }) => {
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) last = performance.now();
  }, true);
  return () => last;
}
