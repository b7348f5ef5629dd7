import { expect, test } from 'vitest';
import type { Child } from '../../sync/lists.ts';
import type { Entry, Row } from '../../sync/model.ts';
import { addCard, conflictsOf, doubles, editedPorts, fits, freeSlot, movedPorts, partName, placeKey, portsOf, setCards, setPorts, summary, waiting } from './device.ts';

const meta = (conflicts = 0) => ({ etag: '"1"', by: { user: null, user_id: null, device: null }, conflicts });
const port = (id: string, values: Record<string, unknown> = {}): Child =>
  ({ id, equipment_id: 'd', port_type: 'input', io_type: 'SDI', port_index: 0, label: null, format: null, sort_order: 'a0', version: 1, _meta: meta(), ...values });
const device = (values: Record<string, unknown> = {}): Row => ({
  id: 'd', version: 1, is_deleted: false, sort_order: null, manufacturer: 'Ross', model: 'Ultrix', category: 'router', card_slots: 3, io_ports: [], cards: [],
  _meta: meta(), ...values,
});
const three = () => [port('a'), port('b', { port_index: 1, sort_order: 'a1', label: 'In 2' }), port('c', { port_type: 'output', sort_order: 'a2', label: 'PGM' })];
const ids = (list: readonly { id: unknown }[]) => list.map((one) => one.id);

test('a new port goes on like the last one of its direction, and leaves its place to the node', () => {
  const ports = portsOf(device({ io_ports: three() }), null);
  const made = editedPorts(ports, [{ row: null, values: { io_type: 'HDMI', port_type: 'input' } }, { row: null, values: { label: 'AUX 1' } }]).slice(3);
  expect(made[0]).toMatchObject({ port_type: 'input', io_type: 'HDMI', port_index: 2, label: 'In 3' });
  expect(made[1]).toMatchObject({ port_type: 'input', io_type: 'HDMI', port_index: 3, label: 'AUX 1' });
  expect(made[0]).not.toHaveProperty('sort_order');
});

test('an edit keeps the other ports as they are, and nobody writes what the node derives', () => {
  const ports = portsOf(device({ io_ports: three() }), null);
  const op = setPorts(device({ io_ports: three() }), null, editedPorts(ports, [{ row: ports[1]!, values: { label: 'PROMPTER' } }]));
  expect(op).toMatchObject({ op: 'update', table: 'equipment_specs', id: 'd', base_version: '"1"' });
  expect(ids(op.row!.io_ports as Child[])).toEqual(['a', 'b', 'c']);
  expect((op.before!.io_ports as Child[])[1]).toEqual({ id: 'b', port_type: 'input', io_type: 'SDI', port_index: 1, label: 'In 2', format: null, sort_order: 'a1' });
});

test('ports move together and change places with their neighbour; at the rim nothing moves', () => {
  const ports = portsOf(device({ io_ports: three() }), null);
  expect(movedPorts(ports, new Set(['b', 'c']), -1)!.map((one) => [one.id, one.sort_order])).toEqual([['b', 'a0'], ['c', 'a1'], ['a', 'a2']]);
  expect(ids(movedPorts(ports, new Set(['a']), 1)!)).toEqual(['b', 'a', 'c']);
  expect(movedPorts(ports, new Set(['a']), -1)).toBeNull();
  const unplaced = portsOf(device({ io_ports: [port('a'), port('n', { sort_order: null })] }), null);
  expect(movedPorts(unplaced, new Set(['n']), -1)!.map((one) => [one.id, one.sort_order])).toEqual([['n', 'a0'], ['a', 'a1']]);
});

test('places stay in order past every carry', () => {
  const keys = Array.from({ length: 5_000 }, (_, i) => placeKey(i));
  expect(keys.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(keys);
  expect([keys[0], keys[61], keys[62], keys[3_905], keys[3_906]]).toEqual(['a0', 'az', 'b00', 'bzz', 'c000']);
});

test('a card comes into the first free slot, and a full frame has none', () => {
  const cards = [{ id: 'x', slot_number: 1, io: [port('a')] }, { id: 'y', slot_number: 3, io: [] }];
  const two = device({ cards });
  expect(freeSlot(two)).toBe(2);
  expect((addCard(two, 2, 'z').row!.cards as Child[]).at(-1)).toEqual({ id: 'z', slot_number: 2, io: [] });
  expect(freeSlot(device({ cards: [...cards, { id: 'z', slot_number: 2, io: [] }] }))).toBeNull();
  expect(ids(setCards(two, (card) => (card.id === 'x' ? null : card)).row!.cards as Child[])).toEqual(['y']);
  expect(summary(two)).toBe('1 in, 2 of 3 slots');
});

test('what waits on this device is marked, in cards, too', () => {
  const two = device({ cards: [{ id: 'x', slot_number: 1, io: three() }] });
  const ports = portsOf(two, 'x');
  const op = setPorts(two, 'x', editedPorts(ports, [{ row: ports[0]!, values: { label: 'CAM 1' } }]));
  const entry = { state: 'queued', ops: [op] } as unknown as Entry;
  const marks = waiting([entry], 'd');
  expect([...marks.get('a')!]).toEqual(['label']);
  expect(marks.has('b')).toBe(false);
});

test('a port or a card is named with its device', () => {
  const one = device({ io_ports: [port('a')], cards: [{ id: 'x', slot_number: 3, io: [port('b', { label: 'In 2' })] }] });
  expect(['a', 'b', 'x', 'gone'].map((id) => partName([one], id)))
    .toEqual(['SDI input 0 of Ross Ultrix', 'In 2, slot 3, of Ross Ultrix', 'in slot 3 of Ross Ultrix', '']);
});

test('ports of one direction and number are told; the same number of the other direction is fine', () => {
  expect(doubles(portsOf(device({ io_ports: three() }), null))).toEqual([]);
  expect(doubles(portsOf(device({ io_ports: [...three(), port('e')] }), null))).toEqual(['input 0 is there twice']);
});

test('decisions in ports and cards count for the device; search takes parts of words', () => {
  const one = device({ io_ports: [port('a', { _meta: meta(2) })], cards: [{ id: 'x', slot_number: 1, _meta: meta(1), io: [] }] });
  expect(conflictsOf(one)).toBe(3);
  expect(fits(one, 'ross tri', undefined)).toBe(true);
  expect(fits(one, 'ross', 'monitor')).toBe(false);
  expect(fits(one, 'router sony', undefined)).toBe(false);
});
