import { expect, test } from 'vitest';
import type { Production, SyncStatus } from '../../api/client.ts';
import { comparing, inCloud, placeWords, whoWords } from './order.ts';

const show = (show_name: string, load_in: string | null, updated_at: string): Production => ({ show_name, load_in, updated_at }) as unknown as Production;

test('shows stand by load-in, by name or by their last change', () => {
  const shows = [show('Gala 10', null, '2'), show('Gala 2', '2026-01', '3'), show('Expo', '2026-05', '1')];
  const names = (sort?: string) => [...shows].sort(comparing(sort)).map((one) => one.show_name);
  expect(names()).toEqual(['Expo', 'Gala 2', 'Gala 10']);
  expect(names('name')).toEqual(['Expo', 'Gala 2', 'Gala 10']);
  expect(names('changed')).toEqual(['Gala 2', 'Gala 10', 'Expo']);
});

test('who is in a show', () => {
  expect([['Ben'], ['Ben', 'Cleo'], ['Ben', 'Cleo', 'Dora', 'Eve']].map(whoWords)).toEqual(['Ben is in it', 'Ben and Cleo are in it', 'Ben, Cleo and 2 more are in it']);
});

test('a show says how far it has come; on a cloud node and a lone one it says nothing', () => {
  const status = (to_send: number, to_receive: number, last_synced_at: string | null, role = 'lan', peers: unknown[] = [{}]) =>
    ({ node: { role }, peers, streams: [{ id: 's', to_send: { events: to_send }, to_receive: { events: to_receive }, last_synced_at }] }) as unknown as SyncStatus;
  expect(placeWords(status(2, 1, 't'), 's')).toBe('2 edits not in the cloud yet');
  expect(placeWords(status(0, 1, 't'), 's')).toBe('1 edit of the cloud to come');
  expect(placeWords(status(0, 0, 't'), 's')).toBe(inCloud);
  expect(placeWords(status(0, 0, null), 's')).toBe('on this box');
  expect([placeWords(null, 's'), placeWords(status(0, 0, 't'), 'x'), placeWords(status(0, 0, 't', 'cloud'), 's'), placeWords(status(0, 0, 't', 'lan', []), 's')]).toEqual([null, null, null, null]);
});
