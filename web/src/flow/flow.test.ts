// The signal flow, on the show that the project is tried with and on small ones that are drawn here.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Row } from '../sync/model.ts';
import { effectOf, grouped } from './effect.ts';
import { flowOf, type FlowRows, type FlowTables } from './paths.ts';
import { feeders, jointsOf, lineName, linesOf, trace, words } from './trace.ts';
import { warningsOf, type PortCount } from './warnings.ts';

type Values = Record<string, unknown>;
const asRow = (values: Values): Row => ({
  version: 1, is_deleted: false, sort_order: null, label: null, ...values,
  _meta: { etag: '"1"', by: { user: null, user_id: null, device: null }, conflicts: 0 },
}) as unknown as Row;
const view = (list: Values[]): FlowRows => {
  const rows = list.map(asRow);
  return { rows, byId: new Map(rows.map((row) => [row.id, row])) };
};
const large = JSON.parse(readFileSync(new URL('../../../tests/data/show-large.json', import.meta.url), 'utf8')) as Record<'sources' | 'sends' | 'connections', Values[]>;
const show = (change: Partial<Record<'sources' | 'sends' | 'connections', (list: Values[]) => Values[]>> = {}): FlowTables => ({
  sources: view((change.sources ?? ((list) => list))(large.sources)), sends: view((change.sends ?? ((list) => list))(large.sends)),
  connections: view((change.connections ?? ((list) => list))(large.connections)),
});
const idOf = (table: 'sources' | 'sends', name: string): string => String(large[table].find((row) => row.name === name)!.id);
const manyPorts: PortCount = () => null;
const warned = (tables: FlowTables, ports: PortCount = manyPorts) => {
  const flow = flowOf(tables);
  return warningsOf(flow, jointsOf(flow), ports);
};

// "CAM > R1:3/7 > LED": a source, devices with in/out, a send. A path may begin or end at a device.
function drawn(...lines: string[]): FlowTables {
  const [sources, sends] = [new Map<string, Values>(), new Map<string, Values>()];
  const connections = lines.map((line, i): Values => {
    const stops = line.split(' > ');
    const [from, to] = [stops[0]!, stops.at(-1)!];
    const device = (one: string) => /^R\d/.test(one);
    if (!device(from)) sources.set(from, { id: from, name: from, type: 'CAM', outputs: [] });
    if (!device(to)) sends.set(to, { id: to, name: to, type: 'MONITOR' });
    const name = (one: string) => one.split(':')[0]!;
    const signal_path = stops.map((one, at): { kind: string; id: string; name: string; in?: string; out?: string } & Values => {
      if (!device(one)) return { kind: at ? 'send' : 'source', id: one, name: one };
      const [input, output] = one.split(':')[1]!.split('/');
      return { kind: 'router', id: name(one), name: name(one), model: 'Acme Router', ...(input ? { in: `In ${input}` } : {}), ...(output ? { out: `Out ${output}` } : {}) };
    });
    return {
      id: `c${i}`, source_id: device(from) ? null : from, destination_id: name(to), destination_type: device(to) ? 'router' : 'send',
      // Where a path begins at a device, the columns say which; the told path begins there, too.
      ...(device(from) ? { intermediate_id: name(from), intermediate_type: 'router', intermediate_input: signal_path[0]!.in ?? null, intermediate_output: signal_path[0]!.out ?? null } : { signal_path }),
    };
  });
  return { sources: view([...sources.values()]), sends: view([...sends.values()]), connections: view(connections) };
}

test('the real show: 120 sources, 160 sends and twelve devices that only connections name', () => {
  const flow = flowOf(show());
  const count = (kind: string) => [...flow.nodes.values()].filter((node) => node.kind === kind).length;
  expect([count('source'), count('send'), count('device'), flow.edges.size]).toEqual([120, 160, 12, 314]);
  expect(flow.nodes.get('device:ad90218c-1726-4118-acbc-540811aa6e63')).toMatchObject({ name: 'CARBONITE', type: 'switcher', model: 'Ross Carbonite Ultra 60' });
});

test('a path is told with its ports, its converters and where it ends', () => {
  const flow = flowOf(show());
  const lit = trace(flow, 'connection:c337cb8c-2496-44d7-87db-8468992f9c53')!;
  expect(lit.chains.map((chain) => words(flow, chain))).toEqual([[
    'VT 2A, SDI 1', 'ROUTER 01 in SDI In 70, out SDI Out 46', 'CARBONITE in CARB IN 12, out CARB MV 2 TILE 3', 'over SDI > HDMI', 'MVR QUAD 2, HDMI',
  ]]);
  expect([lit.nodes.size, lit.edges.size]).toEqual([4, 3]);
});

test('a line between two is all connections that go this way, and no others', () => {
  const flow = flowOf(drawn('A > R1:1/1 > LED 1', 'A > R1:2/2 > LED 2', 'B > R1:3/3 > LED 2'));
  const names = (key: string) => linesOf(flow, key).map((path) => lineName(flow, path));
  expect(names('source:A device:R1')).toEqual(['A > R1 > LED 1', 'A > R1 > LED 2']);
  expect(names('device:R1 send:LED 1')).toEqual(['A > R1 > LED 1']);
  expect(names('connection:c2')).toEqual(['B > R1 > LED 2']);
  expect([names('device:R1'), names('source:B send:LED 1')]).toEqual([[], []]);
  const lit = trace(flow, 'source:A device:R1')!;
  expect([...lit.nodes].sort()).toEqual(['device:R1', 'send:LED 1', 'send:LED 2', 'source:A']);
  expect(trace(flow, 'source:B send:LED 1')).toBeNull();
});

test('tracing a source lights its own paths, not all that share a router with it', () => {
  const flow = flowOf(show());
  const cam = trace(flow, `source:${idOf('sources', 'CAM 1')}`)!;
  expect(cam.chains.length).toBe(15);
  expect([...cam.nodes].filter((key) => key.startsWith('source:'))).toEqual([`source:${idOf('sources', 'CAM 1')}`]);
  const quad = trace(flow, `send:${idOf('sends', 'MVR QUAD 2')}`)!;
  expect(quad.chains.every((chain) => chain.at(-1)!.stops.at(-1)!.node === `send:${idOf('sends', 'MVR QUAD 2')}`)).toBe(true);
  expect(trace(flow, 'source:nobody')).toBe(null);
});

test('the columns of a connection count, not a path that was told before they changed', () => {
  const other = idOf('sends', 'SCREEN 1A');
  const flow = flowOf(show({ connections: (list) => list.map((one) => (one.id === 'c337cb8c-2496-44d7-87db-8468992f9c53' ? { ...one, destination_id: other } : one)) }));
  expect(words(flow, trace(flow, 'connection:c337cb8c-2496-44d7-87db-8468992f9c53')!.chains[0]!)).toEqual(['VT 2A, SDI 1', 'CARBONITE in CARB IN 12, out CARB MV 2 TILE 3', 'SCREEN 1A, DP']);
});

test('a path that ends at an input goes on with what begins there', () => {
  const flow = flowOf(drawn('CAM > R1:3', 'R1:3/7 > LED', 'R1:4/8 > MON', 'VT > R1:4'));
  expect(trace(flow, 'source:CAM')!.chains.map((chain) => words(flow, chain).join(' > '))).toEqual(['CAM > R1 in In 3, out Out 7 > LED']);
  const joints = jointsOf(flow);
  expect(feeders(flow, 'send:MON', joints)).toEqual(['source:VT']);
  expect(warningsOf(flow, joints, manyPorts)).toEqual([]);
});

test('the real show has only formats to look at; each is told once for the source and the setting', () => {
  const found = warned(show(), (model, way) => (model.includes('120x120') ? 120 : way === 'in' ? 64 : 64));
  expect([...new Set(found.map(({ kind }) => kind))]).toEqual(['format']);
  expect(found.map((one) => one.words)).toContain('ME 1 PGM is 1920 × 1080 59.94; CLIENT MON 1 is set to 3840 × 2160 59.94, and nothing between them converts');
});

test('a send without a source, a source without a way, and what names a row that is gone', () => {
  const gone = idOf('sources', 'CAM 2');
  const lonely = { id: 'new', name: 'SPARE', type: 'CAM', outputs: [] };
  const found = warned(show({
    sources: (list) => [...list.filter((row) => row.id !== gone), lonely], sends: (list) => [...list, { id: 'dark', name: 'LED WALL', type: 'LED' }],
    connections: (list) => list.map((one) => (one.source_id === gone ? { ...one, source_id: null, source_output_id: null } : one)),
  })).filter(({ kind }) => kind !== 'format');
  expect(found.filter(({ kind }) => kind === 'gone').length).toBe(12);
  expect(found.find(({ kind }) => kind === 'gone')!.words).toContain('its source (CAM 2) is not there any more');
  expect(found.map((one) => one.words)).toEqual(expect.arrayContaining(['SPARE goes nowhere: no connection begins with it', 'Nothing feeds LED WALL']));
});

test('a connection that begins or ends nowhere says so', () => {
  const tables = drawn('CAM > R1:3/7 > LED');
  const more = view([...tables.connections.rows, { id: 'x', source_id: 'CAM' }, { id: 'y', label: 'NEW' }]);
  expect(warned({ ...tables, connections: more }).map(({ kind, at }) => [kind, at])).toEqual([['open', 'connection:x'], ['open', 'connection:y']]);
});

test('a port that is used twice, on a device and at a source', () => {
  expect(warned(drawn('CAM > R1:3/7 > LED', 'VT > R1:3')).map((one) => one.words)).toEqual(['In 3 of R1 is taken twice: CAM and VT']);
  expect(warned(drawn('CAM > R1:3/7 > LED', 'VT > R1:4/7 > MON')).map((one) => one.words)).toEqual(['Out 7 of R1 goes to two places: LED and MON']);
  expect(warned(drawn('CAM > R1:3/7 > R2:1/1 > LED', 'CAM > R1:3/8 > R2:2/2 > MON', 'VT > R1:4/7 > R2:1/1 > LED'))).toEqual([]); // routed at other times
});

test('a port that the model does not have', () => {
  const found = warned(drawn('CAM > R1:17/7 > LED'), (model, way) => (model === 'Acme Router' ? { in: 16, out: 8 }[way] : null));
  expect(found.map((one) => one.words)).toEqual(['In 17 of R1: a Acme Router has 16 inputs']);
});

test('a loop, within one path and over several', () => {
  expect(warned(drawn('CAM > R1:1/1 > R2:1/1 > R1:2/2 > LED')).filter(({ kind }) => kind === 'loop').map((one) => one.words)).toEqual(['The signal comes back to R1: CAM > R1 > R2 > R1 > LED']);
  const ring: FlowTables = { ...drawn(), connections: view([
    { id: 'a', intermediate_id: 'R1', intermediate_type: 'router', intermediate_input: 'In 1', intermediate_output: 'Out 1', destination_type: 'router', destination_id: 'R2', signal_path: [
      { kind: 'router', id: 'R1', name: 'R1', in: 'In 1', out: 'Out 1' }, { kind: 'router', id: 'R2', name: 'R2', in: 'In 1' }] },
    { id: 'b', intermediate_id: 'R2', intermediate_type: 'router', intermediate_input: 'In 1', intermediate_output: 'Out 1', destination_type: 'router', destination_id: 'R1', signal_path: [
      { kind: 'router', id: 'R2', name: 'R2', in: 'In 1', out: 'Out 1' }, { kind: 'router', id: 'R1', name: 'R1', in: 'In 1' }] },
  ]) };
  expect(warned(ring).filter(({ kind }) => kind === 'loop').map((one) => one.words)).toEqual(['The signal goes in a ring: R1 > R2 > R1']);
  expect(trace(flowOf(ring), 'device:R1')!.nodes.size).toBe(2);
});

test('the versions of a conflict: which sends they touch, and what each means for them', () => {
  const tables = drawn('CAM > R1:3/7 > LED', 'VT > R1:4/8 > MON');
  const routing = effectOf(tables, { table_name: 'connections', record_id: 'c0', kind: 'field', sides: [
    { key: 'a', value: { source_id: 'VT' } }, { key: 'b', value: { destination_id: 'MON' } },
  ] })!;
  expect(routing.names).toEqual(['LED', 'MON']);
  expect(routing.sides).toEqual([
    { key: 'a', lines: ['LED can show VT', 'MON can show VT'] },
    { key: 'b', lines: ['Nothing feeds LED', 'MON can show CAM, VT'] },
  ]);
  const life = effectOf(tables, { table_name: 'sources', record_id: 'CAM', kind: 'life', sides: [{ key: 'a', value: { is_deleted: true } }, { key: 'b', value: { name: 'CAM' } }] })!;
  expect(life.sides.map(({ lines }) => lines)).toEqual([['Nothing feeds LED'], ['LED can show CAM']]);
  expect(effectOf(tables, { table_name: 'equipment_specs', record_id: 'x', kind: 'field', sides: [] })).toBe(null);
});

test('a format is told where nothing on the way converts it', () => {
  const id = idOf('sources', 'ME 1 PGM');
  const effect = effectOf(show(), { table_name: 'sources', record_id: id, kind: 'field', sides: [
    { key: 'a', value: { h_res: 1920, v_res: 1080, rate: 59.94 } }, { key: 'b', value: { h_res: 3840, v_res: 2160, rate: 59.94 } },
  ] })!;
  expect(effect.sides[0]!.lines.join()).toMatch(/set to another format/);
  expect(effect.sides[0]!.lines).not.toEqual(effect.sides[1]!.lines);
});

test('conflicts that touch the same send stand together, the rest by themselves', () => {
  const of = (...names: string[]) => ({ sends: names, names, sides: [] });
  expect(grouped([of('A'), null, of('B'), of('B', 'A'), of('C'), null])).toEqual([
    { members: [0, 2, 3], names: ['A', 'B'] }, { members: [4], names: ['C'] }, { members: [1, 5], names: [] },
  ]);
});
