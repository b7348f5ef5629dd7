import { expect, test } from 'vitest';
import { bare, difference, onto, untouched, type Child } from './lists.ts';
import type { Op, Row } from './model.ts';
import { inverse, rebase } from './overlay.ts';

const port = (id: string, values: Record<string, unknown> = {}): Child => ({ id, io_type: 'SDI', label: null, ...values });
const seen = [port('a'), port('b'), port('c')];

test('what is sent: the id alone of what stays, the changed columns, new ones whole, removed ones not', () => {
  const after = [port('a'), port('b', { label: 'PGM' }), port('n', { io_type: 'HDMI' })];
  expect(difference(seen, after)).toEqual([{ id: 'a' }, { id: 'b', label: 'PGM' }, { id: 'n', io_type: 'HDMI' }]);
});

test('ports of a card are sent only where they changed', () => {
  const cards = [{ id: 'x', slot_number: 1, io: [port('a')] }, { id: 'y', slot_number: 2, io: [port('b')] }];
  const after = [cards[0]!, { ...cards[1]!, io: [port('b', { label: 'ME 1' }), port('n')] }];
  expect(difference(cards, after)).toEqual([{ id: 'x' }, { id: 'y', io: [{ id: 'b', label: 'ME 1' }, { id: 'n', io_type: 'SDI' }] }]);
});

test('an edit lands on a newer list: what others added, changed and removed stays so', () => {
  const after = [port('a', { label: 'mine' }), port('c'), port('n')]; // b is taken out
  const now = [port('a', { io_type: 'HDMI' }), port('b'), port('o')]; // c is gone, o is new
  expect(onto(seen, after, now)).toEqual([port('a', { io_type: 'HDMI', label: 'mine' }), port('o'), port('n')]);
});

test('an edit is in the way of others only where they changed the same', () => {
  const after = [port('a', { label: 'mine' }), port('b'), port('c')];
  expect(untouched(seen, after, [port('a'), port('b', { label: 'theirs' }), port('o')])).toBe(true);
  expect(untouched(seen, after, [port('a', { label: 'theirs' }), port('b'), port('c')])).toBe(false);
  expect(untouched(seen, [port('a'), port('c')], [port('a'), port('b', { label: 'theirs' }), port('c')])).toBe(false);
});

test('the place that the node gave a new port is no change of it', () => {
  expect(untouched([port('n')], [port('n', { label: 'x' })], [port('n', { sort_order: 'a5', _meta: {} })])).toBe(true);
  expect(bare([port('n', { _meta: {}, version: 3, equipment_id: 'e' })])).toEqual([port('n')]);
});

const device = (io_ports: Child[], etag: string): Row => ({
  id: 'd', version: 1, is_deleted: false, sort_order: null, io_ports,
  _meta: { etag, by: { user: null, user_id: null, device: null }, conflicts: 0 },
});

test('an edit behind another of the same ports stands on its answer, with what others did meanwhile', () => {
  const after = [...seen, port('n')];
  const op: Op = { op: 'update', table: 'equipment_specs', id: 'd', row: { io_ports: after }, before: { io_ports: seen }, base_version: '"1"' };
  const moved = rebase(op, device([...seen, port('o')], '"2"'));
  expect(moved.base_version).toBe('"2"');
  expect(difference(moved.before!.io_ports, moved.row!.io_ports as Child[])).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'o' }, { id: 'n', io_type: 'SDI' }]);
});

test('taken back, a removed port returns, unless others went on with what was changed', () => {
  const op: Op = { op: 'update', table: 'equipment_specs', id: 'd', row: { io_ports: [port('a', { label: 'mine' }), port('b')] }, before: { io_ports: seen }, base_version: '"1"' };
  const back = rebase(inverse(op), device([port('a', { label: 'mine' }), port('b')], '"2"'));
  expect(back.base_version).toBe('"2"');
  expect(difference(back.before!.io_ports, back.row!.io_ports as Child[])).toEqual([{ id: 'a', label: null }, { id: 'b' }, { id: 'c', io_type: 'SDI' }]);
  expect(rebase(inverse(op), device([port('a', { label: 'theirs' }), port('b')], '"2"')).base_version).toBe('"1"');
});
