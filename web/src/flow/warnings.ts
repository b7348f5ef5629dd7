// What looks wrong in the signal flow of a show, in words. Pure.
import { formatWords, groupsOf, type Flow, type FlowNode, type Path } from './paths.ts';
import { begins, type Joints } from './trace.ts';

export type WarningKind = 'gone' | 'open' | 'unfed' | 'idle' | 'twice' | 'format' | 'range' | 'loop';

export interface Warning {
  kind: WarningKind;
  at: string; // where to look: the key of a node, or "connection:<id>"
  nodes: string[]; // that are marked with it
  words: string;
  paths?: string[]; // ids of the connections that make it, where they are not `at`
}

export const kindTitles: Record<WarningKind, string> = {
  gone: 'Names something that is gone', open: 'Begins or ends nowhere', unfed: 'Nothing feeds it', idle: 'Goes nowhere',
  twice: 'Port used twice', format: 'Formats differ', range: 'No such port', loop: 'Loops',
};

// The ports that a model has, by direction. Null: the library does not say.
export type PortCount = (model: string, way: 'in' | 'out') => number | null;

const scaling = new Set(['switcher', 'processor', 'converter', 'scaler']); // these make another format of what comes in
const namedFormats = 3; // in one line of words

export function warningsOf(flow: Flow, joints: Joints, portCount: PortCount): Warning[] {
  const nameOf = (key: string) => flow.nodes.get(key)?.name ?? 'something';
  return [
    ...flow.paths.flatMap((path) => openEnds(flow, path, joints)),
    ...unused(flow, joints),
    ...twice(flow),
    ...[...flow.nodes.values()].filter((node) => node.kind === 'source').flatMap((source) => formats(flow, source)),
    ...ranges(flow, portCount),
    ...loops(flow, joints, nameOf),
  ];
}

const placeWords = (flow: Flow, path: Path): string =>
  path.stops.length ? path.stops.map((stop) => flow.nodes.get(stop.node)?.name).join(' > ') : String(path.row.label ?? path.row.note ?? 'without a name');

function openEnds(flow: Flow, path: Path, joints: Joints): Warning[] {
  const one = (kind: WarningKind, why: string): Warning => ({
    kind, at: `connection:${path.id}`, nodes: path.stops.map((stop) => stop.node), words: `Connection ${placeWords(flow, path)}: ${why}`,
  });
  const found: Warning[] = [];
  if (path.lost.source) found.push(one('gone', `its source (${path.lost.source}) is not there any more`));
  if (path.lost.destination) found.push(one('gone', `its send (${path.lost.destination}) is not there any more`));
  if (!path.lost.source && !begins(path) && !joints.before(path).length) found.push(one('open', path.stops.length ? 'it has no source' : 'it has neither source nor destination'));
  const end = path.stops.at(-1);
  if (!path.lost.destination && end && !path.row.destination_id && (!path.row.destination_type || path.row.destination_type === 'send') && !joints.after(path).length) found.push(one('open', 'it has no destination'));
  return found;
}

function unused(flow: Flow, joints: Joints): Warning[] {
  return [...flow.nodes.values()].flatMap((node): Warning[] => {
    const paths = flow.byNode.get(node.key) ?? [];
    if (node.kind === 'source' && !paths.some((path) => path.stops.length > 1)) return [{ kind: 'idle', at: node.key, nodes: [node.key], words: `${node.name} goes nowhere: no connection begins with it` }];
    if (node.kind === 'send' && !paths.some((path) => begins(path) || joints.before(path).length)) return [{ kind: 'unfed', at: node.key, nodes: [node.key], words: `Nothing feeds ${node.name}` }];
    return [];
  });
}

// A device's input that two things come into, an output that two things take. Sends show several things at
// once (multiviewers) or by preset, so nothing is said of their connectors; devices of which nothing but the
// kind is known are several.
function twice(flow: Flow): Warning[] {
  const known = (key: string) => !key.startsWith('device:?');
  const seen = new Map<string, { node: string; port: string; way: 'in' | 'out'; others: Map<string, string>; paths: Set<string> }>();
  const note = (path: Path, way: 'in' | 'out', node: string, port: string | null, other: string, otherPort: string | null) => {
    if (!port || !known(node) || !known(other)) return;
    const key = `${way} ${node} ${port.toLowerCase()}`;
    const entry = seen.get(key) ?? { node, port, way, others: new Map<string, string>(), paths: new Set<string>() };
    entry.paths.add(path.id);
    const before = entry.others.get(other);
    // Where one of two paths to the same place does not say which port it means, it means the same.
    if (before === undefined || before === '') entry.others.set(other, otherPort ?? '');
    else if (otherPort && before !== otherPort) entry.others.set(`${other} ${otherPort}`, otherPort);
    seen.set(key, entry);
  };
  for (const path of flow.paths)
    path.stops.slice(1).forEach((stop, i) => {
      const from = path.stops[i]!;
      if (stop.node.startsWith('device:')) note(path, 'in', stop.node, stop.in, from.node, from.out);
      if (!from.node.startsWith('send:')) note(path, 'out', from.node, from.out, stop.node, stop.node.startsWith('device:') ? stop.in : null);
    });
  return [...seen.values()].filter(({ others }) => others.size > 1).map(({ node, port, way, others, paths }) => {
    const keys = [...others].map(([key, at]) => [at && key.endsWith(` ${at}`) ? key.slice(0, -at.length - 1) : key, at] as const);
    const names = keys.map(([key, at]) => [flow.nodes.get(key)?.name, at].filter(Boolean).join(' ')).join(' and ');
    const name = flow.nodes.get(node)?.name;
    return { kind: 'twice', at: node, paths: [...paths], nodes: [node, ...keys.map(([key]) => key)], words: way === 'in' ? `${port} of ${name} is taken twice: ${names}` : `${port} of ${name} goes to two places: ${names}` };
  });
}

const known = (value: unknown): boolean => value !== null && value !== undefined && value !== '';
export const differ = (source: FlowNode, send: FlowNode): boolean =>
  ['h_res', 'v_res', 'rate'].some((column) => known(source.row?.[column]) && known(send.row?.[column]) && source.row![column] !== send.row![column]);

// The sends that get a source as it is, by way of routers and cables alone, and are set to something else.
export function mismatched(flow: Flow, source: FlowNode): { path: Path; send: FlowNode }[] {
  const found = new Map<string, { path: Path; send: FlowNode }>();
  for (const path of flow.byNode.get(source.key) ?? []) {
    const send = flow.nodes.get(path.stops.at(-1)!.node);
    if (send?.kind !== 'send' || !differ(source, send)) continue;
    if (path.stops.some((stop) => scaling.has(flow.nodes.get(stop.node)?.type.toLowerCase() ?? ''))) continue;
    if (!found.has(send.key)) found.set(send.key, { path, send });
  }
  return [...found.values()];
}

function formats(flow: Flow, source: FlowNode): Warning[] {
  const bySetting = groupsOf(mismatched(flow, source), ({ send }) => formatWords(send.row));
  return [...bySetting].map(([setting, list]) => {
    const names = list.slice(0, namedFormats).map(({ send }) => send.name).join(', ');
    const more = list.length > namedFormats ? ` and ${list.length - namedFormats} more` : '';
    return {
      kind: 'format', at: list.length === 1 ? `connection:${list[0]!.path.id}` : source.key, nodes: [source.key, ...list.map(({ send }) => send.key)],
      words: `${source.name} is ${formatWords(source.row)}; ${names}${more} ${list.length === 1 ? 'is' : 'are'} set to ${setting}, and nothing between them converts`,
    };
  });
}

// "SDI In 121" of a router with 120 inputs.
function ranges(flow: Flow, portCount: PortCount): Warning[] {
  const found = new Map<string, Warning>();
  for (const path of flow.paths)
    for (const stop of path.stops) {
      const node = flow.nodes.get(stop.node);
      if (!node?.model) continue;
      for (const way of ['in', 'out'] as const) {
        const name = stop[way];
        const number = Number(new RegExp(`\\b${way}(?:put)?\\s*(\\d+)$`, 'i').exec(name ?? '')?.[1] ?? NaN);
        const count = Number.isNaN(number) ? null : portCount(node.model, way);
        if (!count || number <= count) continue;
        const words = `${name} of ${node.name}: a ${node.model} has ${count} ${way === 'in' ? 'inputs' : 'outputs'}`;
        found.set(words, { kind: 'range', at: `connection:${path.id}`, nodes: [node.key], words });
      }
    }
  return [...found.values()];
}

// A path that comes by the same device twice, and paths whose ends lead into their own beginning.
function loops(flow: Flow, joints: Joints, nameOf: (key: string) => string): Warning[] {
  const found: Warning[] = [];
  const told = new Set<Path>();
  for (const path of flow.paths) {
    const again = path.stops.find((stop, i) => !stop.node.startsWith('device:?') && path.stops.findIndex((one) => one.node === stop.node) < i);
    if (again) found.push({ kind: 'loop', at: `connection:${path.id}`, nodes: [again.node], words: `The signal comes back to ${nameOf(again.node)}: ${path.stops.map((stop) => nameOf(stop.node)).join(' > ')}` });
    if (begins(path) || told.has(path)) continue;
    const ring = ringFrom(path, joints);
    if (!ring) continue;
    for (const one of ring) told.add(one);
    const nodes = [...new Set(ring.flatMap((one) => one.stops.map((stop) => stop.node)))];
    found.push({ kind: 'loop', at: `connection:${path.id}`, nodes, words: `The signal goes in a ring: ${nodes.map(nameOf).join(' > ')} > ${nameOf(nodes[0]!)}` });
  }
  return found;
}

// The paths of a ring through `path`, if there is one. Each path is looked at once.
function ringFrom(path: Path, joints: Joints): Path[] | null {
  const cameFrom = new Map<Path, Path | null>([[path, null]]);
  const queue = [path];
  for (let i = 0; i < queue.length; ++i) {
    for (const next of joints.after(queue[i]!)) {
      if (next === path) {
        const ring: Path[] = [];
        for (let at: Path | null = queue[i]!; at; at = cameFrom.get(at) ?? null) ring.unshift(at);
        return ring;
      }
      if (!cameFrom.has(next)) cameFrom.set(next, queue[i]!), queue.push(next);
    }
  }
  return null;
}
