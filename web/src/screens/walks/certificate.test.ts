import { expect, test } from 'vitest';
import { certificateOf, keepCertificate, keptCertificate, mostKept } from './certificate.ts';
import { findings, type Facts } from './verify.ts';

const ana = { user: 'Ana', device: 'FOH tablet' };
const stream = (kind: string, digest: string, same = true) => ({ id: kind, kind, events: 10, digest, peer_digest: digest, same, to_send: { events: 0 }, to_receive: { events: 0 } });
const show = (id: string, at: string, same = true) => ({ id, name: id.toUpperCase(), refused: null, compared: { production_id: id, at, subscribed: true, same, peer: { id: 'c', name: 'Office', role: 'cloud' }, streams: [stream('production', `${id}d1`, same), stream('library', 'lib1')] } });
const facts = (...shows: unknown[]): Facts => ({
  shows, status: { streams: [] }, backups: [{ id: 'b', created_at: '2026-11-23T08:01:00Z', events: 99, status: 'verified' }],
  health: { checks: { database: { status: 'ok', detail: '' }, disk: { status: 'ok', free_bytes: 2 ** 34 }, clock: { status: 'ok', offset_ms: 0 } } },
  node: { id: 'n', name: 'Truck', version: '0.1.0', url: null, addresses: [{ url: 'http://10.0.0.5:3001', loopback: false }] },
}) as unknown as Facts;
const of = (given: Facts, by: typeof ana | null = ana) => certificateOf(given, findings(given), by, 'http://here:3001');

test('it names each show and the library with their digests, when the first was compared, by whom and where', () => {
  const made = of(facts(show('gala', '2026-11-23T09:00:05Z'), show('expo', '2026-11-23T09:00:01Z')))!;
  expect(made).toMatchObject({ at: '2026-11-23T09:00:01Z', by: ana, peer: 'Office', node: { name: 'Truck', id: 'n', version: '0.1.0', url: 'http://here:3001' } });
  expect(made.proofs).toEqual([{ id: 'gala', name: 'GALA', events: 10, digest: 'galad1' }, { id: 'expo', name: 'EXPO', events: 10, digest: 'expod1' }, { id: 'library', name: 'Equipment library', events: 10, digest: 'lib1' }]);
  expect(made.checks[0]!.words).toMatch(/^Made .*2026.*: everything that was here/);
  expect(made.checks.map(({ title }) => title)).toEqual(['Backup', 'Disk', 'Clock', 'Addresses']);
});

test('there is none while something is missing, not compared yet, or nobody is named', () => {
  expect(of(facts(show('gala', 't', false)))).toBeNull();
  expect(of(facts({ id: 'gala', name: 'Gala', refused: 'no route to host', compared: null }))).toBeNull();
  expect(of(facts())).toBeNull();
  expect(of(facts(show('gala', 't')), null)).toBeNull();
});

test('the latest of the same shows is kept, of so many', () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) } as unknown as Storage;
  const made = of(facts(show('gala', 't')))!;
  for (let i = 0; i <= mostKept; ++i) expect(keepCertificate(storage, `show ${i}`, { ...made, at: `${i}` })).toBe(true);
  keepCertificate(storage, 'show 5', { ...made, at: 'later' });
  expect([keptCertificate(storage, 'show 5')?.at, keptCertificate(storage, 'show 0'), keptCertificate(storage, 'other')]).toEqual(['later', null, null]);
  for (const bad of ['{', 'null', '[1, null, {"shows":"show 5"}]']) {
    kept.set('genlock-certificates', bad);
    expect(keptCertificate(storage, 'show 5')).toBeNull();
  }
});
