import { expect, test } from 'vitest';
import type { Row } from '../../sync/model.ts';
import type { ShowView } from '../../sync/open_show.ts';
import type { TableView } from '../../sync/table_view.ts';
import { columnsOf, deletion, nextLabel, opsOf } from './sheets.ts';

const row = (id: string, values: Record<string, unknown>): Row => ({
  id, version: 1, is_deleted: false, sort_order: null, ...values,
  _meta: { etag: '"1"', by: { user: null, user_id: null, device: null }, conflicts: 0 },
});
const view = (...rows: Row[]): TableView => ({ rows, byId: new Map(rows.map((one) => [one.id, one])), pending: new Map() });
const tables: ShowView['tables'] = {
  productions: view(),
  sources: view(row('s', { label: 'SRC 9', name: 'CAM 1', type: 'CAM', outputs: [{ id: 'o', connector: 'SDI', output_index: 1 }, { id: 'p', connector: 'SDI', output_index: 2 }] })),
  sends: view(row('d', { label: null, name: 'SCREEN 1A', type: 'LED' })),
  equipment_specs: view(),
  connections: view(row('c', { source_id: 's', source_output_id: 'p', destination_type: 'router', destination_id: 'r', signal_path: [{ id: 'r', name: 'ROUTER 01' }] })),
};
const column = (key: string) => columnsOf('connections', tables, () => tables).find((one) => one.key === key)!;
const connection = tables.connections.rows[0]!;

test('a connection reads in names: its source, output and destination', () => {
  expect(['source', 'output', 'destination'].map((key) => column(key).read(connection))).toEqual(['SRC 9 CAM 1', 'SDI 2', 'ROUTER 01']);
  expect(columnsOf('sources', tables, () => tables).find((one) => one.key === 'outputs')!.read(tables.sources.rows[0]!)).toBe('SDI ×2');
});

test('names and labels that are typed become ids, unknown ones are told', () => {
  const other = row('n', { source_id: null });
  expect(column('source').write!('src 9', other)).toEqual({ values: { source_id: 's', source_output_id: null } });
  expect(column('source').write!('CAM 1', connection)).toEqual({ values: {} });
  expect(column('source').write!('CAM 7', other)).toHaveProperty('bad');
  expect(column('output').write!('sdi 1', connection)).toEqual({ values: { source_output_id: 'o' } });
  expect(column('output').write!('HDMI', connection)).toEqual({ bad: 'This source has SDI 1, SDI 2' });
  expect(column('destination').write!('screen 1a', other)).toEqual({ values: { destination_id: 'd', destination_type: 'send' } });
});

test('a change names what its author saw; a new row goes on like the last', () => {
  const [change, first, second] = opsOf('sources', [
    { row: tables.sources.rows[0]!, values: { name: 'CAM 2' } }, { row: null, values: { name: 'CAM 3' } }, { row: null, values: { h_res: 1920 } },
  ], tables.sources.rows);
  expect(change).toMatchObject({ op: 'update', base_version: '"1"', row: { name: 'CAM 2' }, before: { name: 'CAM 1' } });
  expect(first).toMatchObject({ op: 'create', row: { type: 'CAM', label: 'SRC 10', name: 'CAM 3' } });
  expect(second).toMatchObject({ row: { label: 'SRC 11', name: 'SRC 11', h_res: 1920 } });
  expect(deletion('sources', tables.sources.rows[0]!)).toMatchObject({ op: 'delete', base_version: '"1"', before: { name: 'CAM 1' } });
});

test('labels go on after the highest number, where there are any', () => {
  expect(nextLabel([row('a', { label: 'SRC 12' }), row('b', { label: 'SRC 3' })])).toBe('SRC 13');
  expect(nextLabel([row('a', { label: null }), row('b', { label: 'roof' })])).toBe(null);
});
