// Connections that are drawn: what becomes of the rows, and what is refused, as warnings say it.
import { expect, test } from 'vitest';
import type { Row, Values } from '../sync/model.ts';
import { drawn, freePorts, judged, likely, misfit, signalsAt, targetsOf, type Wish } from './connect.ts';
import { flowOf, type FlowRows, type FlowTables } from './paths.ts';
import { jointsOf, trace, words } from './trace.ts';
import { warningsOf, type PortCount } from './warnings.ts';

const asRow = (values: Values): Row => ({ version: 1, is_deleted: false, sort_order: null, label: null, ...values, _meta: { etag: '"1"', by: { user: null, user_id: null, device: null }, conflicts: 0 } }) as unknown as Row;
const view = (list: readonly Values[]): FlowRows => {
  const rows = list.map(asRow);
  return { rows, byId: new Map(rows.map((row) => [row.id, row])) };
};
const format = { h_res: 1920, v_res: 1080, rate: 50 };
const sources = [
  { id: 'cam1', name: 'CAM 1', type: 'CAM', ...format, outputs: [{ id: 'o1', connector: 'SDI', output_index: 1 }, { id: 'o2', connector: 'SDI', output_index: 2 }] },
  { id: 'cam2', name: 'CAM 2', type: 'CAM', ...format, outputs: [] },
];
const sends = [{ id: 'led1', name: 'LED 1', type: 'LED', ...format }, { id: 'led2', name: 'LED 2', type: 'LED', ...format, h_res: 3840, v_res: 2160 }];
const router = { kind: 'router', id: 'r', name: 'ROUTER A', model: 'Acme Router' };
// CAM 1 by way of the router to LED 1; CAM 2 as far as the router.
const through = { id: 'c1', source_id: 'cam1', source_output_id: 'o1', intermediate_id: 'r', intermediate_type: 'router', intermediate_input: 'In 1', intermediate_output: 'Out 1', destination_id: 'led1', destination_type: 'send',
  signal_path: [{ kind: 'source', id: 'cam1', name: 'CAM 1' }, { ...router, in: 'In 1', out: 'Out 1' }, { kind: 'send', id: 'led1', name: 'LED 1' }] };
const upTo = { id: 'c2', source_id: 'cam2', destination_id: 'r', destination_type: 'router', signal_path: [{ kind: 'source', id: 'cam2', name: 'CAM 2' }, { ...router, in: 'In 2' }] };
const plain: PortCount = () => null;
const show = (connections: Values[] = [through, upTo]): FlowTables => ({ sources: view(sources), sends: view(sends), connections: view(connections) });

// The show once the wish is taken.
function after(tables: FlowTables, wish: Wish): FlowTables {
  const { row, values } = drawn(flowOf(tables), wish);
  const rows = row ? tables.connections.rows.map((one) => (one === row ? { ...one, ...values } : one)) : [...tables.connections.rows, asRow({ id: 'new', ...values })];
  return { ...tables, connections: view(rows) };
}
const linesOf = (tables: FlowTables, key: string) => {
  const flow = flowOf(tables);
  return trace(flow, key)!.chains.map((chain) => words(flow, chain).join(' > '));
};

test('a source goes into the next free input of a device, from its next free output', () => {
  const tables = show([through]);
  const wish = likely(flowOf(tables), tables, 'source:cam1', 'device:r', plain);
  expect(wish).toEqual({ from: 'source:cam1', to: 'device:r', signal: null, output: 'o2', input: 'In 2' });
  expect(judged(flowOf(tables), tables, wish, plain)).toEqual({ path: ['CAM 1, SDI 2', 'ROUTER A in In 2'], refused: null, notes: [] });
  expect(linesOf(after(tables, wish), 'source:cam1')).toContain('CAM 1, SDI 2 > ROUTER A in In 2');
});

test('a source goes to a send', () => {
  const tables = show([]);
  const wish = likely(flowOf(tables), tables, 'source:cam2', 'send:led1', plain);
  expect(drawn(flowOf(tables), wish)).toEqual({ row: null, values: {
    source_id: 'cam2', source_output_id: null, destination_id: 'led1', destination_type: 'send', signal_path: [{ kind: 'source', id: 'cam2', name: 'CAM 2' }, { kind: 'send', id: 'led1', name: 'LED 1' }] } });
  expect(linesOf(after(tables, wish), 'send:led1')).toEqual(['CAM 2 > LED 1']);
});

test('from a device goes on first what ended there: its connection grows', () => {
  const tables = show();
  const flow = flowOf(tables);
  expect(signalsAt(flow, 'device:r')).toEqual([{ path: 'c2', words: 'CAM 2, In 2', ends: true }, { path: 'c1', words: 'CAM 1, In 1', ends: false }]);
  const wish = likely(flow, tables, 'device:r', 'send:led2', plain);
  expect([wish.signal, wish.output, drawn(flow, wish).row?.id]).toEqual(['c2', 'Out 2', 'c2']);
  expect(linesOf(after(tables, wish), 'send:led2')).toEqual(['CAM 2 > ROUTER A in In 2, out Out 2 > LED 2']);
});

test('what goes on already goes to a second place by a connection of its own', () => {
  const tables = show();
  const wish = { ...likely(flowOf(tables), tables, 'device:r', 'send:led2', plain), signal: 'c1' };
  expect(drawn(flowOf(tables), wish).row).toBeNull();
  const then = after(tables, wish);
  expect(linesOf(then, 'source:cam1')).toEqual(['CAM 1, SDI 1 > ROUTER A in In 1, out Out 1 > LED 1', 'CAM 1, SDI 1 > ROUTER A in In 1, out Out 2 > LED 2']);
  const flow = flowOf(then);
  expect(warningsOf(flow, jointsOf(flow), plain).map((one) => one.kind)).toEqual(['format']);
});

test('over two devices, also what comes in from nowhere known', () => {
  const tables = show([{ ...upTo }, { id: 'x', intermediate_id: 'r2', intermediate_type: 'switcher', intermediate_output: 'PGM', destination_id: 'led1', destination_type: 'send', signal_path: [{ kind: 'switcher', id: 'r2', name: 'SWITCHER', out: 'PGM' }, { kind: 'send', id: 'led1', name: 'LED 1' }] }]);
  const first = after(tables, likely(flowOf(tables), tables, 'device:r', 'device:r2', plain));
  const second = after(first, { ...likely(flowOf(first), first, 'device:r2', 'send:led2', plain), signal: 'c2', output: 'AUX 1' });
  expect(linesOf(second, 'source:cam2')).toEqual(['CAM 2 > ROUTER A in In 2, out Out 1 > SWITCHER in In 1, out AUX 1 > LED 2']);
  const unknown = judged(flowOf(tables), tables, { from: 'device:r2', to: 'send:led2', signal: null, output: 'AUX 1', input: '' }, plain);
  expect(unknown).toMatchObject({ refused: null, notes: ['Connection SWITCHER > LED 2: it has no source'] });
});

test('a connection may end at a device of any kind', () => {
  const converter = { id: 'x', source_id: 'cam2', intermediate_id: 'k', intermediate_type: 'converter', destination_id: 'led1', destination_type: 'send',
    signal_path: [{ kind: 'source', id: 'cam2', name: 'CAM 2' }, { kind: 'converter', id: 'k', name: 'BOX' }, { kind: 'send', id: 'led1', name: 'LED 1' }] };
  const tables = show([converter]);
  const wish = likely(flowOf(tables), tables, 'source:cam1', 'device:k', plain);
  expect(drawn(flowOf(tables), wish).values.destination_type).toBe('processor'); // the node knows no other word for it
  expect(flowOf(after(tables, wish)).nodes.get('device:k')).toMatchObject({ type: 'converter', name: 'BOX' });
});

test('kinds that do not fit are refused in words', () => {
  const vague = show([{ id: 'v', source_id: 'cam1', intermediate_type: 'router', destination_id: 'led1', destination_type: 'send' }]);
  const flow = flowOf(show());
  expect(misfit(flow, 'send:led1', 'device:r')).toBe('The signal ends at LED 1: it is a send. Draw from a source or a device.');
  expect(misfit(flow, 'device:r', 'source:cam1')).toBe('Nothing goes into CAM 1: it is a source. Draw to a device or a send.');
  expect(misfit(flow, 'device:r', 'device:r')).toBe("ROUTER A can't feed itself.");
  expect([misfit(flow, 'source:cam1', null), misfit(flow, 'send:led1', null)]).toEqual([null, 'The signal ends at LED 1: it is a send. Draw from a source or a device.']);
  expect(misfit(flow, 'device:r', 'send:gone')).toBe('One of the two is not in this show any more.');
  expect(misfit(flowOf(vague), 'source:cam2', 'device:?router')).toMatch(/^Which router is it\?/);
  expect(targetsOf(flow, 'source:cam1').map((node) => node.key)).toEqual(['send:led2', 'device:r', 'send:led1']);
});

test('a port that is taken, or that the model lacks, is refused as the warning would say it', () => {
  const tables = show();
  const flow = flowOf(tables);
  const asked = (more: Partial<Wish>, ports = plain) => judged(flow, tables, { from: 'source:cam1', to: 'device:r', signal: null, output: 'o2', input: 'In 3', ...more }, ports).refused;
  expect(asked({})).toBeNull();
  expect(asked({ input: 'in 1' })).toBe('In 1 of ROUTER A is taken twice: CAM 1 SDI 1 and CAM 1 SDI 2.');
  expect(asked({ output: 'o1' })).toBe('SDI 1 of CAM 1 goes to two places: ROUTER A In 1 and ROUTER A In 3.');
  expect(asked({ input: 'In 9' }, () => 8)).toBe('In 9 of ROUTER A: a Acme Router has 8 inputs.');
  expect(asked({ from: 'device:r', to: 'send:led2', signal: 'c2', output: 'Out 1', input: '' })).toBe('Out 1 of ROUTER A goes to two places: LED 1 and LED 2.');
  expect(asked({ from: 'device:r', to: 'send:led1', signal: 'c1', output: 'Out 1', input: '' })).toBe('ROUTER A is connected with LED 1 like this already.');
});

test('formats that differ are told, and refuse nothing', () => {
  const tables = show([]);
  const found = judged(flowOf(tables), tables, likely(flowOf(tables), tables, 'source:cam2', 'send:led2', plain), plain);
  expect(found).toMatchObject({ refused: null, notes: [expect.stringMatching(/^CAM 2 is 1920 × 1080 50; LED 2 is set to 3840 × 2160 50/)] });
});

test('free ports are named as the used ones, and none is left when all are taken', () => {
  const flow = flowOf(show());
  const node = flow.nodes.get('device:r')!;
  expect(freePorts(flow, node, 'in', plain)).toEqual(['In 3']);
  expect(freePorts(flow, node, 'out', () => 4)).toEqual(['Out 2', 'Out 3', 'Out 4']);
  expect(freePorts(flow, node, 'in', () => 2)).toEqual([]);
});
