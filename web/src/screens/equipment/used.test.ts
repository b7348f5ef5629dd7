import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Row } from '../../sync/model.ts';
import { copyOf, type Part } from './copy.ts';
import { isUsed, useOf } from './used.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../../../tests/data/${name}`, import.meta.url), 'utf8'));
const show = read('show-large.json') as { sources: Row[]; sends: Row[]; connections: Row[] };
const names = (read('equipment.json') as { manufacturer: string; model: string }[]).map((one) => `${one.manufacturer} ${one.model}`);
const used = (name: string, id = 'x') => useOf(show, { id, name }, names);

test('a router is found by the model on signal paths, under all the names that the show gives it', () => {
  const use = used('Blackmagic Design Videohub 120x120 12G');
  expect(use.devices.map(({ name }) => name).sort()).toEqual(['ROUTER 01', 'ROUTER 02']);
  expect(use.connections).toBe(411);
});

test('a camera is found by its name in the notes of sources, a processor in those of sends', () => {
  expect(used('Sony HDC-5500').sources.map((row) => row.name)).toContain('CAM 1');
  expect(used('NovaStar MX40 Pro').sends.length).toBeGreaterThan(0);
});

test('a name is not found within a longer one, nor within a word', () => {
  const row = { id: 'a', note: 'Acme Box Pro, spare' } as unknown as Row;
  const rows = { sources: [row], sends: [], connections: [] };
  expect(isUsed(useOf(rows, { id: 'x', name: 'Acme Box' }, ['Acme Box', 'Acme Box Pro']))).toBe(false);
  expect(isUsed(useOf(rows, { id: 'x', name: 'Acme Box Pro' }, ['Acme Box', 'Acme Box Pro']))).toBe(true);
  expect(isUsed(useOf({ ...rows, sources: [{ id: 'a', note: 'Acme Boxes' } as unknown as Row] }, { id: 'x', name: 'Acme Box' }, []))).toBe(false);
});

test('a connection that names the device by its id counts, whatever its path says', () => {
  const connections = [{ id: 'c', intermediate_id: 'dev', signal_path: null } as unknown as Row];
  expect(useOf({ sources: [], sends: [], connections }, { id: 'dev', name: 'Acme Box' }, [])).toMatchObject({ connections: 1, devices: [{ key: 'device:dev', name: 'Acme Box', connections: 1 }] });
});

test('a copy has all ports and cards under ids of its own, and says that it is a copy', () => {
  let next = 0;
  const device = {
    id: 'd', version: 4, manufacturer: 'Acme', model: 'Box', label: 'B1', category: 'router', io_architecture: 'card-based', card_slots: 4, format_by_io: true, is_secondary_device: false, sort_order: 'a0', _meta: {},
    io_ports: [{ id: 'p', equipment_id: 'd', io_type: 'SDI', port_type: 'input', port_index: 1, label: null, sort_order: 'a0', version: 2, _meta: {} }],
    cards: [{ id: 'k', equipment_id: 'd', slot_number: 2, label: 'IN', sort_order: 'a0', version: 1, io: [{ id: 'q', card_id: 'k', io_type: 'SDI', port_type: 'output', port_index: 1 }] }],
  } as unknown as Row;
  const copy = copyOf(device, () => `new ${++next}`);
  expect(copy).toMatchObject({ manufacturer: 'Acme', model: 'Box (copy)', category: 'router', card_slots: 4 });
  expect(copy).not.toHaveProperty('id');
  expect(copy).not.toHaveProperty('sort_order');
  const cards = copy.cards as (Part & { io: Part[] })[];
  expect((copy.io_ports as Part[])[0]).toEqual({ id: 'new 1', io_type: 'SDI', port_type: 'input', port_index: 1, label: null, sort_order: 'a0' });
  expect([cards[0]!.id, cards[0]!.slot_number, cards[0]!.io[0]!.id]).toEqual(['new 2', 2, 'new 3']);
});
