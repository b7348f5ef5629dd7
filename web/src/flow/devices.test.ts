// Devices that connections name: chosen, made, renamed.
import { expect, test } from 'vitest';
import { byTable, type Row } from '../sync/model.ts';
import { columnsOf } from '../screens/workspace/sheets.ts';
import { deviceColumns, deviceOps, deviceRows } from '../screens/workspace/devices.ts';
import { looksOf } from '../screens/workspace/looks.ts';
import { plan, editsOf } from '../parts/grid/block.ts';
import { deviceNamed, devicesOf } from './devices.ts';
import { flowOf } from './paths.ts';

const row = (id: string, values: Record<string, unknown>): Row => ({
  id, version: 1, is_deleted: false, sort_order: id, label: null, ...values,
  _meta: { etag: '"1"', by: { user: null, user_id: null, device: null }, conflicts: 0 },
});
const cam = row('s1', { name: 'CAM 1', type: 'CAM', outputs: [] });
const wall = row('d1', { name: 'WALL', type: 'LED' });
const view = (rows: Row[]) => ({ rows, byId: new Map(rows.map((one) => [one.id, one])), pending: new Map() });
const tables = (...connections: Row[]) => ({ ...byTable(() => view([])), sources: view([cam, row('s2', { name: 'CAM 2', type: 'CAM', outputs: [] })]), sends: view([wall]), connections: view(connections) });
const column = (shown: ReturnType<typeof tables>, key: string) => columnsOf('connections', shown, () => shown).find((one) => one.key === key)!;
const told = (id: string, name = 'ROUTER 01'): Row => row(id, {
  source_id: 's1', intermediate_id: 'r1', intermediate_type: 'router', intermediate_input: 'In 1', intermediate_output: 'Out 2', destination_id: 'd1', destination_type: 'send',
  signal_path: [{ kind: 'source', id: 's1', name: 'CAM 1' }, { kind: 'router', id: 'r1', name, model: 'Acme 40', in: 'In 1', out: 'Out 2' }, { kind: 'send', id: 'd1', name: 'WALL' }],
});

test('a device is typed by its name: a known one is that one, another is new', () => {
  const plain = row('c2', { source_id: 's1', destination_id: 'd1', destination_type: 'send', signal_path: null });
  const shown = tables(told('c1'), plain);
  const through = column(shown, 'device');
  expect(through.read(shown.connections.rows[0]!)).toBe('ROUTER 01');
  expect(through.choices!()).toEqual(['ROUTER 01']);
  expect(through.write!('router 01', plain)).toEqual({ values: {
    intermediate_id: 'r1', intermediate_type: 'router', signal_path: [{ id: 'r1', kind: 'router', name: 'ROUTER 01', model: 'Acme 40' }],
  } });
  const made = through.write!('MATRIX', plain) as { values: Record<string, unknown> };
  const next = { ...plain, ...made.values } as Row;
  const flow = flowOf(tables(next));
  expect(devicesOf(flow)).toEqual([{ id: made.values.intermediate_id, kind: 'router', name: 'MATRIX', model: null }]);
  expect(flow.byId.get('c2')!.stops.map((stop) => flow.nodes.get(stop.node)!.name)).toEqual(['CAM 1', 'MATRIX', 'WALL']);
  expect(through.write!('', next)).toEqual({ values: { intermediate_id: null, signal_path: null } });
});

test('a new name in many rows of a paste is one device, also as a destination', () => {
  const shown = tables();
  const columns = columnsOf('connections', shown, () => shown);
  const edits = editsOf(plan([['Source', 'Through', 'Kind', 'Destination'], ['CAM 1', 'MATRIX', 'switcher', 'WALL'], ['CAM 2', 'matrix', 'switcher', '']], { row: 0, column: 0 }, [], columns));
  expect(new Set(edits.map(({ values }) => values.intermediate_id)).size).toBe(1);
  const flow = flowOf(tables(...edits.map(({ values }, i) => row(`c${i}`, values))));
  expect(devicesOf(flow).map(({ name, kind }) => [name, kind])).toEqual([['MATRIX', 'switcher']]);
  const known = tables(told('c1'));
  expect(column(known, 'destination').write!('ROUTER 01', row('c9', { source_id: 's2' }))).toMatchObject({ values: { destination_id: 'r1', destination_type: 'router' } });
  expect(column(known, 'destination').write!('nobody', null)).toEqual({ bad: 'There is no send and no device “nobody” in this show' });
});

test('another name of a device is one for all connections through it, and keeps their ports', () => {
  const flow = flowOf(tables(told('c1'), told('c2')));
  const [device] = deviceRows(flow, [], () => 40);
  expect(device).toMatchObject({ name: 'ROUTER 01', kind: 'router', model: 'Acme 40', inputs: '1 of 40', outputs: '1 of 40', connections: 2 });
  expect(device!.look).toBe('');
  expect(deviceRows(flow, [], () => 0)[0]!.look).toBe('Uses 1 input, and the library gives the model 0 · Uses 1 output, and the library gives the model 0');
  const ops = deviceOps(flow, [{ row: device!, values: { name: 'HUB', kind: 'switcher' } }]);
  expect(ops.map((op) => op.id)).toEqual(['c1', 'c2']);
  expect(ops[0]!.row).toEqual({ intermediate_type: 'switcher', signal_path: [{ kind: 'source', id: 's1', name: 'CAM 1' }, { id: 'r1', kind: 'switcher', name: 'HUB', model: 'Acme 40', in: 'In 1', out: 'Out 2' }, { kind: 'send', id: 'd1', name: 'WALL' }] });
  expect(ops[0]!.before).toMatchObject({ intermediate_type: 'router' });
  const renamed = flowOf(tables(...ops.map((op) => ({ ...told(op.id), ...op.row }) as Row)));
  expect(deviceNamed(renamed, 'hub')).toMatchObject({ id: 'r1', name: 'HUB' });
});

test('two devices on one path that are renamed at once are both renamed', () => {
  const both = row('c1', { source_id: 's1', intermediate_id: 'r1', intermediate_type: 'router', destination_id: 'r2', destination_type: 'recorder',
    signal_path: [{ kind: 'source', id: 's1' }, { kind: 'router', id: 'r1', name: 'A' }, { kind: 'recorder', id: 'r2', name: 'B' }] });
  const flow = flowOf(tables(both));
  const rows = deviceRows(flow, [], () => null);
  const ops = deviceOps(flow, rows.map((one) => ({ row: one, values: { name: `NEW ${String(one.name)}` } })));
  expect(ops.length).toBe(1);
  expect((ops[0]!.row!.signal_path as { name?: string }[]).map((hop) => hop.name)).toEqual([undefined, 'NEW A', 'NEW B']);
  // The node has five words for an end; of another kind the path tells.
  const [op] = deviceOps(flow, [{ row: rows.find((one) => one.name === 'B')!, values: { kind: 'multiviewer' } }]);
  expect(op!.row).toMatchObject({ destination_type: 'processor', signal_path: [{}, {}, { kind: 'multiviewer', name: 'B' }] });
});

test('a device that nobody has told from others of its kind cannot be renamed', () => {
  const flow = flowOf(tables(row('c1', { source_id: 's1', intermediate_type: 'router', destination_id: 'd1', destination_type: 'send' })));
  const [several] = deviceRows(flow, [], () => null);
  expect(deviceColumns(() => [])[0]!.write!('HUB', several!)).toEqual({ bad: 'Which router is it? Type its name into Through of the connections' });
  expect(deviceOps(flow, [{ row: several!, values: { name: 'HUB' } }])).toEqual([]);
});

test('rows say what looks wrong with them: connections that take one port, and one whose source is gone', () => {
  const other = { ...told('c2'), source_id: 's2', signal_path: null } as Row;
  const looks = looksOf(tables(told('c1'), other, { ...told('c3'), source_id: 'gone' } as Row), 'connections');
  expect(looks.get('c1')).toContain('In 1 of ROUTER 01 is taken twice');
  expect(looks.get('c2')).toBe(looks.get('c1'));
  expect(looks.get('c3')).toContain('is not there any more');
  expect(looksOf(tables(told('c1')), 'connections').size).toBe(0);
});
