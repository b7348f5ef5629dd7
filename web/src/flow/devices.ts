// The devices of a show. They have no rows of their own: connections name them, by an id that stands in
// their columns and a stop of their signal_path that has the rest. Pure.
import { groupsOf, type Flow, type FlowNode } from './paths.ts';
import type { PortCount } from './warnings.ts';
import type { Row, Values } from '../sync/model.ts';

export interface ShowDevice {
  id: string;
  kind: string; // "router"
  name: string;
  model: string | null;
}

type Hop = Record<string, unknown> & { id?: string; kind?: string };

const prefix = 'device:';
const hopsOf = (row: Values | null): Hop[] => (Array.isArray(row?.signal_path) ? (row.signal_path as (Hop | null)[]).filter((hop): hop is Hop => typeof hop === 'object' && hop !== null) : []);

// Null: nobody has said which it is, there may be several of that kind.
export const deviceOf = (node: FlowNode): ShowDevice | null =>
  (node.kind !== 'device' || node.key.startsWith(`${prefix}?`) ? null : { id: node.key.slice(prefix.length), kind: node.type, name: node.name, model: node.model });

export const devicesOf = (flow: Flow): ShowDevice[] => [...flow.nodes.values()].flatMap((node) => deviceOf(node) ?? []);

export const deviceNamed = (flow: Flow, typed: string): ShowDevice | undefined => {
  const asked = typed.trim().toLowerCase();
  return devicesOf(flow).find(({ name }) => name.toLowerCase() === asked);
};

export const hopOf = (row: Values | null, id: unknown): Hop | undefined => hopsOf(row).find((hop) => hop.id !== undefined && hop.id === id);

// The path with `device` where `old` was; where it was not, before the end or as the end.
function pathWith(row: Values | null, old: unknown, device: ShowDevice | null, place: 'middle' | 'end'): Hop[] | null {
  const hops = hopsOf(row);
  const at = hops.findIndex((hop) => hop.id !== undefined && hop.id === old);
  const { in: input, out, port } = hops[at] ?? {};
  const hop = device && { ...device, ...(input ? { in: input } : {}), ...(out ? { out } : {}), ...(port ? { port } : {}) };
  const ends = hops.at(-1)?.kind === 'send';
  const next = at >= 0 ? hops.toSpliced(at, 1, ...(hop ? [hop] : []))
    : !hop ? hops
    : place === 'middle' ? hops.toSpliced(hops[0]?.kind === 'source' ? 1 : 0, 0, hop)
    : [...hops.slice(0, ends ? -1 : undefined), hop];
  return next.length ? next : null;
}

// What a connection is when it goes through a device, or through none.
export const goingThrough = (row: Values | null, device: ShowDevice | null): Values => ({
  intermediate_id: device?.id ?? null, ...(device ? { intermediate_type: device.kind } : {}), signal_path: pathWith(row, row?.intermediate_id, device, 'middle'),
});

// The column has fewer words than there are kinds of devices; the path says which it is.
const endTypes = new Set(['switcher', 'router', 'processor', 'recorder']);
export const destinationType = (kind: string): string => (endTypes.has(kind) ? kind : 'processor');

// What a connection is when it ends at a device.
export const endingAt = (row: Values | null, device: ShowDevice): Values => ({
  destination_id: device.id, destination_type: destinationType(device.kind), signal_path: pathWith(row, row?.destination_id, device, 'end'),
});

// What another name, kind or model of a device is for the connections that name it; `before`: what was changed
// of them already, by id.
export function changed(flow: Flow, device: ShowDevice, before: ReadonlyMap<string, Values> = new Map()): Map<Row, Values> {
  const paths = flow.byNode.get(prefix + device.id) ?? [];
  return new Map(paths.map(({ row }) => [row, {
    signal_path: pathWith({ ...row, ...before.get(row.id) }, device.id, device, row.destination_id === device.id ? 'end' : 'middle'),
    ...(row.intermediate_id === device.id ? { intermediate_type: device.kind } : {}), ...(row.destination_id === device.id ? { destination_type: destinationType(device.kind) } : {}),
  }]));
}

export interface PortUse {
  used: number;
  has: number | null; // null: the library does not know the model, or does not say
}

export function portUse(flow: Flow, node: FlowNode, way: 'in' | 'out', portCount: PortCount): PortUse {
  const stops = (flow.byNode.get(node.key) ?? []).flatMap((path) => path.stops.filter((stop) => stop.node === node.key));
  const used = groupsOf(stops.filter((stop) => stop[way]), (stop) => stop[way]!.toLowerCase()).size;
  return { used, has: node.model ? portCount(node.model, way) : null };
}
