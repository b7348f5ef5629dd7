import { expect, test } from 'vitest';
import type { Conflict } from '../../api/client.ts';
import { changesOf, differing, merged, planOf } from './bulk.ts';

const side = (key: string, value: Record<string, unknown> | null, at: string) => ({ key, value, at, by: { user: key, user_id: null, device: null }, node: null, event: key });
const conflict = (values: Partial<Conflict>): Conflict => ({
  kind: 'field', group: 'video_format', base: { h_res: 1920, v_res: 1080, rate: 60 }, shown: 'b',
  sides: [side('a', { h_res: 3840, v_res: 2160, rate: 60 }, '2026-11-23T10:00:00.000Z'), side('b', { h_res: 2560, v_res: 1080, rate: 60 }, '2026-11-23T09:00:00.000Z')],
  cloud_data: { h_res: 3840, v_res: 2160, rate: 60 }, cloud_updated_at: '2026-11-23T10:00:00.000Z',
  local_data: { h_res: 2560, v_res: 1080, rate: 60 }, local_updated_at: '2026-11-23T09:00:00.000Z', ...values,
}) as unknown as Conflict;

test('one choice for all: the office, the venue, the latest, and where there is no such version', () => {
  expect((['cloud_wins', 'local_wins', 'latest'] as const).map((choice) => planOf(conflict({}), choice).side?.key)).toEqual(['a', 'b', 'a']);
  expect(planOf(conflict({ local_data: null }), 'local_wins').side).toBe(null);
});

test('a preview says what changes of what is shown', () => {
  const one = conflict({});
  expect(changesOf(one, one.sides[0]!)).toEqual([['h_res', 2560, 3840], ['v_res', 1080, 2160]]);
  expect(changesOf(one, one.sides[1]!)).toEqual([]);
});

test('a merge takes of each differing column the side that was picked, and is none while one is open', () => {
  expect(differing(conflict({}))).toEqual(['h_res', 'v_res']);
  expect(merged(conflict({}), { h_res: 'a' })).toBe(null);
  expect(merged(conflict({}), { h_res: 'a', v_res: 'b' })).toEqual({ h_res: 3840, v_res: 1080, rate: 60 });
});
