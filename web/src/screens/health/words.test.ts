import { expect, test } from 'vitest';
import { bytesWords, clockWords, findings, type Health } from './words.ts';

const health = (checks: Partial<Health['checks']>): Health => ({
  status: 'ok',
  checks: {
    database: { status: 'ok', detail: '' }, queue: { status: 'ok', events: 0 }, last_sync: { status: 'ok', at: null }, conflicts: { status: 'ok', pending: 0 },
    disk: { status: 'ok', free_bytes: 47_520_178_176 }, clock: { status: 'ok', offset_ms: 0 }, backup: { status: 'unknown', at: null }, nodes: { status: 'ok', silent: [] }, notices: { status: 'ok', open: [] }, ...checks,
  },
}) as Health;

test('what needs somebody comes first, and says what to do', () => {
  const [first, second] = findings(health({ disk: { status: 'degraded', free_bytes: 600 * 2 ** 20 }, database: { status: 'failing', detail: 'a checksum is wrong' } }));
  expect(first).toMatchObject({ check: 'database', words: 'a checksum is wrong' });
  expect(first!.remedy).toContain('genlock verify');
  expect(second).toMatchObject({ check: 'disk', words: '600 MB free.' });
  expect(findings(health({})).filter((one) => one.remedy).map((one) => one.check)).toEqual(['backup']);
});

test('numbers have units and a side', () => {
  expect([bytesWords(null), bytesWords(47_520_178_176), bytesWords(3 * 2 ** 30)]).toEqual(['not known', '44 GB', '3.0 GB']);
  expect([clockWords(null), clockWords(120), clockWords(8_300), clockWords(-62_000)])
    .toEqual(['Not compared with another node yet.', 'As on the other node.', '8.3 s behind the other node.', '62 s ahead of the other node.']);
});
