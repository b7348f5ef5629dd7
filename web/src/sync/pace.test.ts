import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pace } from './pace.ts';

let drawn: number[];
let letterAt = -Infinity;
let pace: Pace;
beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  drawn = [];
  letterAt = -Infinity;
  pace = new Pace(() => drawn.push(performance.now()), () => letterAt);
});
afterEach(() => void vi.useRealTimers());

function type(letters: number, everyMs: number): void {
  for (let i = 0; i < letters; ++i) {
    letterAt = performance.now();
    vi.advanceTimersByTime(everyMs);
  }
}

test('what comes together is drawn once', () => {
  for (let i = 0; i < 5; ++i) pace.soon();
  vi.advanceTimersByTime(1_000);
  expect(drawn).toHaveLength(1);
});

test('not between letters, but when they rest', () => {
  letterAt = performance.now();
  pace.soon();
  type(3, 30);
  expect(drawn).toEqual([]);
  vi.advanceTimersByTime(60);
  expect(drawn).toHaveLength(1);
});

test('somebody who types on and on sees what others do all the same', () => {
  for (let i = 0; i < 40; ++i) {
    pace.soon();
    type(1, 30);
  }
  expect(drawn.length).toBeGreaterThanOrEqual(6); // in 1,200 ms
});

test('what is done here takes along what waits', () => {
  pace.soon();
  pace.now();
  vi.advanceTimersByTime(1_000);
  expect(drawn).toEqual([0]);
});
