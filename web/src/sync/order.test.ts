import { expect, test } from 'vitest';
import { isKey, keyBetween, placesFor } from './order.ts';

test('keys are those of the nodes', () => {
  // tests/engine/fractional_index_test.cpp has the same
  const known: [string | null, string | null, string | null][] = [
    [null, null, 'a0'], ['a0', null, 'a1'], ['az', null, 'b00'], ['bzz', null, 'c000'], [null, 'a0', 'Zz'], ['Zz', 'a0', 'ZzV'], ['Zz', 'a1', 'a0'],
    ['a0', 'a1', 'a0V'], ['a0V', 'a1', 'a0l'], ['a0', 'a0V', 'a0G'], ['a0', 'a0G', 'a08'], [null, 'Y00', 'Xzzz'], ['a1', 'a2', 'a1V'], ['b125', 'b129', 'b127'],
    ['a0', 'a0', null], ['a1', 'a0', null], ['a10', 'a2', null], ['9', null, null], ['', null, null],
  ];
  for (const [a, b, key] of known) expect([a, b, keyBetween(a, b)]).toEqual([a, b, key]);
});

test('between any two is another, a thousand times in the same place', () => {
  let [low, high] = ['a0', 'a1'];
  for (let i = 0; i < 300; ++i) {
    const key = keyBetween(low, high);
    if (key === null) break; // it would be longer than a node takes: placesFor begins anew
    expect(isKey(key) && low < key && key < high).toBe(true);
    if (i % 2) low = key;
    else high = key;
  }
  let first: string = 'a0';
  for (let i = 0; i < 1_000; ++i) {
    const key: string = keyBetween(null, first)!;
    expect(key < first && isKey(key)).toBe(true);
    first = key;
  }
});

const list = (...orders: (string | null)[]) => orders.map((sort_order, i) => ({ id: 'abcdef'[i]!, sort_order }));
const ordered = (rows: ReturnType<typeof list>, places: Map<string, string>) =>
  rows.map((row) => ({ ...row, sort_order: places.get(row.id) ?? row.sort_order! })).sort((a, b) => (a.sort_order < b.sort_order ? -1 : 1)).map((row) => row.id).join('');

test('only what is moved is written', () => {
  const rows = list('a0', 'a1', 'a2', 'a3');
  const places = placesFor(rows, ['d', 'c'], 'a');
  expect([...places.keys()]).toEqual(['d', 'c']);
  expect(ordered(rows, places)).toBe('adcb');
  expect(ordered(rows, placesFor(rows, ['b'], null))).toBe('bacd');
  expect(ordered(rows, placesFor(rows, ['a'], 'd'))).toBe('bcda');
});

test('places that are no keys, twice there, or not given yet, are made anew for all', () => {
  for (const rows of [list('a1', 'a1', 'a1'), list('1', '2', '3'), list('a0', null, null), list('a0', 'a1', 'a0'.padEnd(64, 'V'))]) {
    const places = placesFor(rows, ['c'], 'a');
    expect(ordered(rows, places)).toBe('acb');
  }
});
