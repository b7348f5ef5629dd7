// The signal flow of a show, from its rows: each connection is one path from a source over devices to
// a send or a device. Pure.
//   node    a source, a device or a send; its key is "source:<id>", "device:<id>", "send:<id>". A device of a
//           show has no row: connections name it, and one that has no id either is known by its kind
//   stop    a node on a path, with the ports by which the signal comes in and goes on
// The columns of a connection count; its signal_path adds what they do not say (devices further up,
// ports, names), as long as both agree on where the path begins and ends.
import type { Row } from '../sync/model.ts';

export type Kind = 'source' | 'device' | 'send';

export interface FlowNode {
  key: string;
  kind: Kind;
  type: string; // CAM, router, MONITOR
  name: string;
  model: string | null; // of a device: "Ross Carbonite Ultra 60"
  row: Row | null; // null: a device, or a row that is not there
}

export interface Stop {
  node: string;
  in: string | null;
  out: string | null;
  via: string | null; // a converter on the way here: "SDI > HDMI"
}

export interface Path {
  id: string; // of the connection
  row: Row;
  stops: Stop[]; // one at least, unless the connection names nothing
  lost: { source: string | null; destination: string | null }; // what was named and is not there any more
}

export interface FlowEdge {
  key: string;
  from: string;
  to: string;
  paths: Path[];
}

export interface Flow {
  nodes: ReadonlyMap<string, FlowNode>;
  edges: ReadonlyMap<string, FlowEdge>;
  paths: readonly Path[];
  byNode: ReadonlyMap<string, readonly Path[]>;
  byId: ReadonlyMap<string, Path>;
}

export interface FlowRows {
  rows: readonly Row[];
  byId: ReadonlyMap<string, Row>;
}

export interface FlowTables {
  sources: FlowRows;
  sends: FlowRows;
  connections: FlowRows;
}

interface Hop {
  kind?: string;
  id?: string;
  name?: string;
  model?: string;
  in?: string;
  out?: string;
  port?: string;
}

export function groupsOf<T>(list: readonly T[], of: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(of(one));
    if (group) group.push(one);
    else groups.set(of(one), [one]);
  }
  return groups;
}

export const edgeKey = (from: string, to: string): string => `${from} ${to}`;

export const rowTitle = (row: Row): string => [row.label, row.name].filter(Boolean).join(' ') || 'without a name';

const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() ? value : null);
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export function flowOf(tables: FlowTables): Flow {
  const nodes = new Map<string, FlowNode>();
  for (const row of tables.sources.rows) put(nodes, { key: `source:${row.id}`, kind: 'source', type: text(row.type) ?? 'Source', name: rowTitle(row), model: null, row });
  const devices = new Map<string, FlowNode>();
  const paths = tables.connections.rows.map((row) => pathOf(row, tables, devices));
  for (const node of devices.values()) put(nodes, node);
  for (const row of tables.sends.rows) put(nodes, { key: `send:${row.id}`, kind: 'send', type: text(row.type) ?? 'Send', name: rowTitle(row), model: null, row });

  const edges = new Map<string, FlowEdge>();
  const byNode = new Map<string, Path[]>();
  for (const path of paths) {
    for (const key of new Set(path.stops.map((stop) => stop.node))) byNode.set(key, [...(byNode.get(key) ?? []), path]);
    path.stops.slice(1).forEach((stop, i) => {
      const [from, to] = [path.stops[i]!.node, stop.node];
      const key = edgeKey(from, to);
      const edge = edges.get(key);
      if (edge) edge.paths.push(path);
      else edges.set(key, { key, from, to, paths: [path] });
    });
  }
  return { nodes, edges, paths, byNode, byId: new Map(paths.map((path) => [path.id, path])) };
}

const put = (nodes: Map<string, FlowNode>, node: FlowNode): void => void nodes.set(node.key, node);

function pathOf(row: Row, tables: FlowTables, devices: Map<string, FlowNode>): Path {
  const told = Array.isArray(row.signal_path) ? (row.signal_path as (Hop | null)[]).filter((hop): hop is Hop => typeof hop === 'object' && hop !== null) : [];
  const named = new Map(told.filter((hop) => hop.id).map((hop) => [hop.id!, hop]));
  const [source_id, middle_id, end_id] = [text(row.source_id), text(row.intermediate_id), text(row.destination_id)];
  const device = (id: string | null, kind: string | null): string => {
    const hop = named.get(id ?? '');
    const key = `device:${id ?? `?${kind ?? 'device'}`}`;
    const known = devices.get(key);
    const name = hop?.name ?? known?.name ?? capital(kind ?? 'device');
    devices.set(key, { key, kind: 'device', type: hop?.kind ?? known?.type ?? kind ?? 'device', name, model: text(hop?.model) ?? known?.model ?? null, row: null });
    return key;
  };
  const stop = (node: string, more: Partial<Stop> = {}): Stop => ({ node, in: null, out: null, via: null, ...more });

  const stops: Stop[] = [];
  const lost: Path['lost'] = { source: null, destination: null };
  const source = source_id ? tables.sources.byId.get(source_id) : undefined;
  if (source) stops.push(stop(`source:${source_id}`, { out: outputOf(source, row.source_output_id) ?? text(named.get(source_id!)?.port) }));
  else if (source_id || told[0]?.kind === 'source') lost.source = (told[0]?.kind === 'source' ? told[0].name : null) ?? 'a source';

  // What stands between the two ends: as the path tells it, if it is this connection's, else as the columns do.
  const fromSource = told[0]?.kind === 'source';
  const fits = (hop: Hop | undefined, id: string | null, row: string) => hop !== undefined && ((hop.id ?? null) === id || (!id && hop.kind === row));
  const agrees = told.length > 1 && (fromSource ? fits(told[0], source_id, 'source') : !source_id) && fits(told.at(-1), end_id, 'send') && (!middle_id || named.has(middle_id));
  let via: string | null = null;
  const between = agrees ? told.slice(fromSource ? 1 : 0, -1) : [];
  for (const hop of between) {
    if (hop.kind === 'secondary_device') via = [via, hop.name].filter(Boolean).join(', ') || null;
    else {
      const mine = hop.id !== undefined && hop.id === middle_id;
      stops.push(stop(device(text(hop.id), text(hop.kind)), {
        in: (mine ? text(row.intermediate_input) : null) ?? text(hop.in), out: (mine ? text(row.intermediate_output) : null) ?? text(hop.out), via,
      }));
      via = null;
    }
  }
  const kind = text(row.intermediate_type);
  if (!agrees && (middle_id || kind)) stops.push(stop(device(middle_id, kind), { in: text(row.intermediate_input), out: text(row.intermediate_output) }));

  const last = agrees ? told.at(-1)! : undefined;
  const end = text(row.destination_type);
  const goneSend = told.at(-1)?.kind === 'send' ? told.at(-1)!.name ?? 'a send' : 'a send';
  if (end_id && tables.sends.byId.has(end_id)) stops.push(stop(`send:${end_id}`, { in: text(last?.port) ?? text(last?.in) ?? text(tables.sends.byId.get(end_id)!.output_connector), via }));
  else if (end === 'send' || end === null) { if (end_id || told.at(-1)?.kind === 'send') lost.destination = goneSend; }
  else stops.push(stop(device(end_id, end), { in: text(last?.in) ?? text(last?.port), via }));
  return { id: row.id, row, stops, lost };
}

// "SDI 1"
function outputOf(source: Row, id: unknown): string | null {
  const outputs = (Array.isArray(source.outputs) ? source.outputs : []) as { id: string; connector?: string | null; output_index?: number | null }[];
  const found = outputs.find((one) => one.id === id);
  return found ? `${found.connector ?? '?'} ${found.output_index ?? ''}`.trim() : null;
}

// "1920 × 1080 59.94"; '' where nothing of it is known.
export function formatWords(row: Row | null): string {
  if (!row) return '';
  const size = row.h_res && row.v_res ? `${row.h_res} × ${row.v_res}` : '';
  return [size, row.rate].filter(Boolean).join(' ');
}
