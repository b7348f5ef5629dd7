// A connection that somebody draws from one node to another: which ports it takes, what the rows are then, and
// why it can't be. Pure.
//   signal  what comes into a device and can go on from there: a path as far as that device. One that ends there
//           goes on as it is; of one that goes on already the new connection is a copy up to the device
import { destinationType, deviceOf } from './devices.ts';
import { flowOf, groupsOf, type Flow, type FlowNode, type FlowTables, type Path, type Stop } from './paths.ts';
import { jointsOf, words } from './trace.ts';
import { warningsOf, type PortCount, type WarningKind } from './warnings.ts';
import type { Row, Values } from '../sync/model.ts';

export interface Wish {
  from: string; // keys of nodes
  to: string;
  signal: string | null; // of a device: the connection whose signal goes on. Null: nobody says what comes in
  output: string; // of a source: the id of its output; of a device: the port's name. '': not said
  input: string; // of the device that it goes into
}

export interface Signal {
  path: string; // the id of its connection
  words: string; // "CAM 1, In 3"
  ends: boolean; // here, up to now
}

export interface Drawn {
  row: Row | null; // that goes on; null: a new one
  values: Values;
}

export interface Judged {
  path: string[]; // in words, as it will be
  refused: string | null;
  notes: string[]; // what warnings will say of it
}

const refusing: ReadonlySet<WarningKind> = new Set<WarningKind>(['twice', 'range', 'loop']);
const mostPorts = 2_000; // of a device
const wayWords = { in: 'In', out: 'Out' } as const;

// Why nothing can go from the one to the other, whatever the ports. Null: it can. `to` null: to nothing whatever.
export function misfit(flow: Flow, from: string, to: string | null): string | null {
  const [a, b] = [flow.nodes.get(from), to === null ? null : flow.nodes.get(to)];
  if (!a || b === undefined) return 'One of the two is not in this show any more.';
  if (a === b) return `${a.name} can't feed itself.`;
  if (a.kind === 'send') return `The signal ends at ${a.name}: it is a send. Draw from a source or a device.`;
  if (b?.kind === 'source') return `Nothing goes into ${b.name}: it is a source. Draw to a device or a send.`;
  const vague = [a, b].find((node) => node?.kind === 'device' && !deviceOf(node));
  return vague ? `Which ${vague.type} is it? Type its name into Through of the connections first.` : null;
}

// Where a line can go from a node: first sends that nothing feeds, then what is left, in the order of the show.
export function targetsOf(flow: Flow, from: string): FlowNode[] {
  const fits = [...flow.nodes.values()].filter(({ key }) => !misfit(flow, from, key));
  return fits.sort((a, b) => Number(isFed(flow, a)) - Number(isFed(flow, b)));
}

const isFed = (flow: Flow, node: FlowNode): boolean => node.kind === 'device' || !!flow.byNode.get(node.key)?.length;

const stopAt = (path: Path, node: string): number => path.stops.findIndex((stop) => stop.node === node);

// What comes into a device, each once; what ends there first.
export function signalsAt(flow: Flow, device: string): Signal[] {
  const paths = (flow.byNode.get(device) ?? []).filter((path) => !path.lost.source);
  const signals = [...groupsOf(paths, (path) => `${path.stops[0]!.node} ${path.stops[0]!.out} ${path.stops[stopAt(path, device)]!.in}`).values()].map((same): Signal => {
    const ending = same.find((path) => stopAt(path, device) === path.stops.length - 1 && path.row.destination_id);
    const path = ending ?? same[0]!;
    const first = flow.nodes.get(path.stops[0]!.node);
    const head = first?.key === device ? 'What comes in' : first?.name ?? 'something that is gone';
    return { path: path.id, ends: ending !== undefined, words: [head, path.stops[stopAt(path, device)]!.in].filter(Boolean).join(', ') };
  });
  return signals.sort((a, b) => Number(b.ends) - Number(a.ends));
}

// Ports of a device that nothing uses yet, named as those that are used: "SDI In 4".
export function freePorts(flow: Flow, node: FlowNode, way: 'in' | 'out', portCount: PortCount): string[] {
  const used = (flow.byNode.get(node.key) ?? []).flatMap((path) => path.stops).filter((stop) => stop.node === node.key).flatMap((stop) => stop[way] ?? []);
  const taken = new Set(used.map((port) => port.toLowerCase()));
  const prefix = used.map((port) => /^(.*?)\d+$/.exec(port)?.[1]).findLast((one) => one !== undefined) ?? `${wayWords[way]} `;
  const count = node.model ? portCount(node.model, way) : null;
  const names = Array.from({ length: Math.min(count ?? taken.size + 1, mostPorts) }, (_, i) => `${prefix}${i + 1}`);
  return names.filter((name) => !taken.has(name.toLowerCase()));
}

interface Output {
  id: string;
  words: string;
  used: boolean;
}

export function outputsOf(tables: FlowTables, source: Row | null): Output[] {
  const list = (Array.isArray(source?.outputs) ? source.outputs : []) as { id: string; connector?: string | null; output_index?: number | null }[];
  const used = new Set(tables.connections.rows.map((row) => row.source_output_id));
  return [...list].sort((a, b) => (a.output_index ?? 0) - (b.output_index ?? 0))
    .map((one) => ({ id: one.id, words: `${one.connector ?? '?'} ${one.output_index ?? ''}`.trim(), used: used.has(one.id) }));
}

// What is most likely meant: the next free ports, and a signal that went no further.
export function likely(flow: Flow, tables: FlowTables, from: string, to: string, portCount: PortCount): Wish {
  const [a, b] = [flow.nodes.get(from)!, flow.nodes.get(to)!];
  const output = a.kind === 'source' ? outputsOf(tables, a.row).find((one) => !one.used)?.id ?? '' : freePorts(flow, a, 'out', portCount)[0] ?? '';
  return {
    from, to, output, signal: a.kind === 'device' ? signalsAt(flow, from)[0]?.path ?? null : null,
    input: b.kind === 'device' ? freePorts(flow, b, 'in', portCount)[0] ?? '' : '',
  };
}

export function drawn(flow: Flow, wish: Wish): Drawn {
  const [a, b] = [flow.nodes.get(wish.from)!, flow.nodes.get(wish.to)!];
  const path = wish.signal ? flow.byId.get(wish.signal) : undefined;
  const at = path ? stopAt(path, a.key) : -1;
  const here: Stop = { node: a.key, in: path?.stops[at]?.in ?? null, out: wish.output || null, via: path?.stops[at]?.via ?? null };
  const stops = a.kind === 'source' ? [{ ...here, out: null }] : [...(path?.stops.slice(0, Math.max(0, at)) ?? []), here];
  const end: Stop = { node: b.key, in: wish.input.trim() || null, out: null, via: null };
  const values: Values = {
    ...(a.kind === 'source' ? { source_id: a.row!.id, source_output_id: wish.output || null } : {
      source_id: path?.row.source_id ?? null, source_output_id: path?.row.source_output_id ?? null,
      intermediate_id: idOf(a), intermediate_type: a.type, intermediate_input: here.in, intermediate_output: here.out,
    }),
    destination_id: idOf(b), destination_type: b.kind === 'send' ? 'send' : destinationType(b.type),
    signal_path: [...stops, end].flatMap((stop) => hopsOf(flow, stop)),
  };
  const goesOn = path && at === path.stops.length - 1 && path.row.destination_id === idOf(a);
  return { row: goesOn ? path.row : null, values };
}

const idOf = (node: FlowNode): string => node.row?.id ?? deviceOf(node)!.id;

function hopsOf(flow: Flow, stop: Stop): Values[] {
  const node = flow.nodes.get(stop.node)!;
  const over = stop.via ? [{ kind: 'secondary_device', name: stop.via }] : [];
  if (node.kind !== 'device') return [...over, { kind: node.kind, id: node.row!.id, name: String(node.row!.name ?? node.name), ...(stop.out ? { port: stop.out } : {}) }];
  const known = deviceOf(node);
  const ports = { ...(stop.in ? { in: stop.in } : {}), ...(stop.out ? { out: stop.out } : {}) };
  return [...over, { ...(known ? { id: known.id } : {}), kind: node.type, name: node.name, ...(node.model ? { model: node.model } : {}), ...ports }];
}

// What the show says of it once it is there.
export function judged(flow: Flow, tables: FlowTables, wish: Wish, portCount: PortCount): Judged {
  const wrong = misfit(flow, wish.from, wish.to);
  if (wrong) return { path: [], refused: wrong, notes: [] };
  const { row, values } = drawn(flow, wish);
  const next = { ...(row ?? { id: 'drawn', _meta: { etag: '', by: {}, conflicts: 0 } }), ...values } as Row;
  const rows = row ? tables.connections.rows.map((one) => (one === row ? next : one)) : [...tables.connections.rows, next];
  const then = flowOf({ ...tables, connections: { rows, byId: tables.connections.byId } });
  const path = then.byId.get(next.id)!;
  const before = new Set(warningsOf(flow, jointsOf(flow), portCount).map((one) => one.words));
  const news = warningsOf(then, jointsOf(then), portCount).filter((one) => !before.has(one.words));
  const told = words(then, [path]);
  const twin = then.paths.find((one) => one !== path && sameWay(one, path));
  const bad = news.find((one) => refusing.has(one.kind));
  return {
    path: told, notes: news.filter((one) => !refusing.has(one.kind)).map((one) => one.words),
    refused: twin ? `${flow.nodes.get(wish.from)!.name} is connected with ${flow.nodes.get(wish.to)!.name} like this already.` : bad ? `${bad.words}.` : null,
  };
}

// `one` goes the whole way of `path`, and perhaps further.
const sameWay = (one: Path, path: Path): boolean =>
  path.stops.every((stop, i) => one.stops[i]?.node === stop.node && one.stops[i].in === stop.in && (stop.out === null || one.stops[i].out === stop.out));
