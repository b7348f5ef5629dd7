// What must be so before the cable is pulled, and what the verdict makes of it.
import { describe, expect, test } from 'vitest';
import { findings, verdict, type Facts } from './verify.ts';

const stream = (kind: 'production' | 'library', more = {}) => ({
  id: kind === 'library' ? 'lib' : 'gala', kind, events: 10, digest: 'a'.repeat(32), peer_digest: 'a'.repeat(32), same: true, to_send: { events: 0 }, to_receive: { events: 0 }, ...more,
});

function facts({ show = {}, compared = true, lastAt = '2026-11-23T08:00:00Z' as string | null, backup = 20, offset = 0, free = 2 ** 34 } = {}): Facts {
  return {
    shows: [{
      id: 'gala', name: 'Gala', refused: compared ? null : 'no route to host',
      compared: compared ? { production_id: 'gala', at: '', subscribed: true, same: true, peer: { id: 'c', name: 'Office', role: 'cloud' }, streams: [stream('production', show), stream('library')] } : null,
    }],
    status: { streams: [{ id: 'gala', kind: 'production', vector: { a: 8, b: 2 }, last_synced_at: lastAt }, { id: 'lib', kind: 'library', vector: { a: 10 }, last_synced_at: lastAt }] } as never,
    health: { status: 'ok', checks: {
      database: { status: 'ok', detail: 'open' }, disk: { status: free > 2 ** 30 ? 'ok' : 'degraded', free_bytes: free }, clock: { status: Math.abs(offset) > 5_000 ? 'degraded' : 'ok', offset_ms: offset },
    } } as never,
    backups: backup < 0 ? [] : [{ id: 'b', created_at: '2026-11-23T08:01:00Z', events: backup, status: 'unverified' } as never],
    node: { addresses: [{ url: 'http://10.0.0.5:3001', address: '10.0.0.5', interface: 'eth0', loopback: false }] } as never,
  };
}
const say = (given: Facts) => verdict(findings(given), 1);

describe('the verdict before a show', () => {
  test('all is well', () => expect(say(facts())).toMatchObject({ tone: 'good', words: 'You can pull the cable' }));

  test.each([
    ['edits are missing', { show: { same: false, to_receive: { events: 3 } } }, 'Gala', 'sync', '3 edits not here yet'],
    ['edits are not sent', { show: { same: false, to_send: { events: 1 } } }, 'Gala', 'sync', '1 edit not sent yet'],
    ['the rows differ', { show: { same: false } }, 'Gala', null, 'other rows'],
    ['there is no backup', { backup: -1 }, 'Backup', 'backup', 'none'],
    ['the backup is older than the show', { backup: 15 }, 'Backup', 'backup', 'lacks 5 edits'],
    ['the disk is full', { free: 2 ** 20 }, 'Disk', null, '1 MB free'],
    ['the clock is wrong', { offset: 9_000 }, 'Clock', null, '9.0 s behind'],
  ])('not while %s', (_, given, title, mend, words) => {
    const wrong = findings(facts(given)).filter((one) => one.tone === 'degraded' || one.tone === 'failing');
    expect(wrong.map((one) => [one.title, one.mend])).toEqual([[title, mend]]);
    expect(wrong[0]!.words).toContain(words);
    expect(wrong[0]!.remedy).not.toBe('');
    expect(say(facts(given))).toMatchObject({ tone: 'bad', words: 'Not yet: one thing is missing', more: title });
  });

  test('the cable that is out already is no fault, if both were the same before', () => {
    expect(say(facts({ compared: false }))).toMatchObject({ tone: 'out', words: 'The cable is out' });
    expect(say(facts({ compared: false, lastAt: null }))).toMatchObject({ tone: 'bad', words: 'Nobody can say now' });
  });

  test('nothing is said before everything was looked at', () => {
    expect(say({ ...facts(), backups: null }).tone).toBe('looking');
    expect(say({ ...facts(), shows: [{ ...facts().shows[0]!, compared: null, refused: null }] }).tone).toBe('looking');
  });

  test('a node that only its own machine reaches is said, and no reason to wait', () => {
    const lonely = { ...facts(), node: { addresses: [] } as never };
    expect(findings(lonely).at(-1)!.remedy).toContain('--listen');
    expect(say(lonely).tone).toBe('good');
  });
});
