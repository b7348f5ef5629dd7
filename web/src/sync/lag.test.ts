import { expect, test } from 'vitest';
import type { SyncStatus } from '../api/client.ts';
import { extentOf, lagWords, lineOf, minutesOf, mostPoints, noted, windowMs, type Lag } from './lag.ts';

const status = (send: number, receive = 0, id: string | null = 'cloud') => ({ peers: [{ node: { id, name: id && 'Office' }, url: 'http://office', to_send: { events: send }, to_receive: { events: receive } }] }) as unknown as SyncStatus;
const run = (counts: readonly (readonly [number, number])[], begin: readonly Lag[] = []): Lag[] => counts.reduce<Lag[]>((lags, [at, send]) => noted(lags, status(send), at), [...begin]);
const start = 1_000_000_000;

test('what is said is a point; a level line is its ends alone', () => {
  const [lag] = run([[start, 0], [start + 5_000, 3], [start + 10_000, 3], [start + 20_000, 3], [start + 30_000, 0]]);
  expect(lag).toMatchObject({ peer: 'cloud', name: 'Office' });
  expect(lag!.points.map(({ at, send }) => [at - start, send])).toEqual([[0, 0], [5_000, 3], [20_000, 3], [30_000, 0]]);
});

test('what is older than the window goes, but the line keeps its beginning; a clock that was set back loses what it has not seen yet', () => {
  const lags = run([[start, 7], [start + 1_000, 4], [start + windowMs + 5_000, 1]]);
  expect(lags[0]!.points.map(({ send }) => send)).toEqual([4, 1]);
  expect(run([[start - 60_000, 2]], lags)[0]!.points.map(({ send }) => send)).toEqual([2]);
});

test('points are bounded, and a peak is never lost to what comes right after it', () => {
  const many = run(Array.from({ length: 3_000 }, (_, i) => [start + i * 150, i % 7] as const));
  expect(many[0]!.points.length).toBeLessThanOrEqual(mostPoints);
  expect(many[0]!.points.at(-1)!.send).toBe(2_999 % 7);
  expect(lagWords(run([[start, 0], [start + 900, 9], [start + 1_000, 0]])[0]!)).toBe('Office: nothing waits now; 9 edits at the most.');
});

test('a peer that is not met yet has its address; one that is gone is gone', () => {
  expect(noted([], status(1, 0, null), start)[0]).toMatchObject({ peer: 'http://office', name: 'http://office' });
  expect(noted(run([[start, 1]]), { peers: [] } as unknown as SyncStatus, start)).toEqual([]);
});

test('the plot goes to a round number, in steps', () => {
  const lags = run([[start - windowMs / 2, 0], [start - windowMs / 4, 12], [start, 12]]);
  const extent = extentOf(lags, start);
  expect(extent).toEqual({ begin: start - windowMs, end: start, most: 20 });
  expect(lineOf(lags[0]!.points, 'send', extent, 400, 100)).toBe('M200.0 100.0H300.0V40.0H400.0V40.0H400');
  expect([extentOf([], start).most, lineOf([], 'send', extent, 400, 100)]).toEqual([5, '']);
  expect([6, 99, 100, 101, 5_001].map((send) => extentOf(run([[start, send]]), start).most)).toEqual([10, 100, 100, 200, 10_000]);
});

test('in words and minute by minute', () => {
  const [lag] = run([[start - 200_000, 2], [start - 90_000, 12], [start, 0]]);
  expect(lagWords(lag!)).toBe('Office: nothing waits now; 12 edits at the most.');
  expect(lagWords(noted([], status(1, 3), start)[0]!)).toBe('Office: 1 edit to send, 3 edits to receive.');
  expect(minutesOf(lag!.points, start).map(({ send }) => send)).toEqual([12, 12, 2, 2]);
});
