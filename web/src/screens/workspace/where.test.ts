import { expect, test } from 'vitest';
import type { SyncStatus } from '../../api/client.ts';
import type { Row } from '../../sync/model.ts';
import { cloudUntil, whereOf } from './where.ts';

const status = (role: 'lan' | 'cloud', peers: [role: 'lan' | 'cloud', last: string | null][], toSend: number): SyncStatus => ({
  node: { id: 'n', name: 'Truck', role }, peers: peers.map(([peer, last_success_at]) => ({ node: { id: 'p', name: 'Office', role: peer }, last_success_at })),
  streams: [{ id: 'show', to_send: { events: toSend } }],
}) as unknown as SyncStatus;
const row = (updated_at: string, synced_at: string | null): Row => ({ id: 'r', created_at: 'x', updated_at, synced_at } as unknown as Row);

test('a show is in the cloud up to the last exchange that left nothing to be sent', () => {
  expect(cloudUntil(status('cloud', [], 0), 'show')).toBe('all');
  expect(cloudUntil(status('lan', [], 3), 'show')).toBe(null); // no cloud is known
  expect(cloudUntil(status('lan', [['cloud', 't5']], 0), 'show')).toBe('t5');
  expect(cloudUntil(status('lan', [['cloud', 't5']], 2), 'show')).toBe('');
  expect(cloudUntil(status('lan', [['lan', 't5']], 0), 'show')).toBe(''); // another truck is no cloud
  expect(cloudUntil(status('lan', [['cloud', 't5']], 0), 'other')).toBe('');
});

test('a row is where it was last known to be', () => {
  expect(whereOf(row('t4', null), 't5')).toBe('cloud');
  expect(whereOf(row('t6', null), 't5')).toBe('box');
  expect(whereOf(row('t6', 't7'), '')).toBe('cloud');
  expect(whereOf(row('t6', null), '')).toBe('box');
  expect(whereOf(row('t6', null), null)).toBe(null);
  expect(whereOf(row('t6', null), 'all')).toBe('cloud');
});
