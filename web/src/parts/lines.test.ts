import { expect, test } from 'vitest';
import { linesAt, viewOn, type View } from './lines.ts';

const view = (top: number, more: Partial<View> = {}): View => ({ top, left: 0, width: 800, height: 600, ...more });
const lines = (top: number, count: number) => linesAt(view(top), count, 36, 36);

test('all that is seen is in the page, wherever the box is, and little more', () => {
  for (let top = 0; top <= 36 + 2_000 * 36 - 600; top += 7) {
    const { first, end } = lines(top, 2_000);
    expect(first).toBeLessThanOrEqual(Math.max(0, top / 36 - 1));
    expect(end).toBeGreaterThanOrEqual(Math.min(2_000, (top + 600) / 36));
    expect(end - first).toBeLessThan(17 + 2 * 8 + 2 * 4);
  }
});

test('it changes in steps, not with each line', () => {
  const seen = new Set(Array.from({ length: 40 }, (_, i) => JSON.stringify(lines(i * 36, 2_000))));
  expect(seen.size).toBeLessThan(24);
});

test('a list that became shorter shows its end', () => {
  expect(lines(60_000, 20)).toEqual({ first: 0, end: 20 });
  expect(lines(60_000, 0)).toEqual({ first: 0, end: 0 });
});

test('a line that is in sight stays where it is; another is brought to the near edge, or to the middle', () => {
  const to = (line: number, top: number, middle = false) => viewOn(view(top), { line, middle }, 36, 36).top;
  expect(to(3, 0)).toBe(0);
  expect(to(3, 360)).toBe(108); // its top below the head
  expect(to(40, 0)).toBe(36 + 41 * 36 - 600);
  expect(to(40, 0, true)).toBe(36 + 40 * 36 + 18 - 300);
  expect(to(0, 0, true)).toBe(0);
});

test('a column is brought into sight, too', () => {
  const to = (left: number, right: number, at: number) => viewOn(view(0, { left: at }), { line: 0, left, right }, 36, 36).left;
  expect(to(100, 300, 0)).toBe(0);
  expect(to(900, 1_100, 0)).toBe(300);
  expect(to(100, 300, 400)).toBe(100);
});
