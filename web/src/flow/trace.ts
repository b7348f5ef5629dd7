// Following a signal: from a node, from a line between two, or from one connection, all the way up to its sources and down to
// where it ends. Pure.
//   chain   paths one behind the other: a path that ends at a device's input goes on with those that begin there
import { edgeKey, type Flow, type Path, type Stop } from './paths.ts';

export type Chain = readonly Path[];

export interface Trace {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
  chains: readonly Chain[];
}

const mostChains = 1_000; // shown of one node; more is no help to anybody
const mostPaths = 24; // in a chain

export const begins = (path: Path): boolean => path.stops[0]?.node.startsWith('source:') ?? false;

// A device's input, as paths end and begin there. Null: the path does not say which.
const port = (stop: Stop | undefined): string | null => (stop?.node.startsWith('device:') && stop.in ? `${stop.node} ${stop.in.toLowerCase()}` : null);

export interface Joints {
  after(path: Path): readonly Path[];
  before(path: Path): readonly Path[];
}

export function jointsOf(flow: Flow): Joints {
  const starting = new Map<string, Path[]>();
  const ending = new Map<string, Path[]>();
  const add = (map: Map<string, Path[]>, key: string | null, path: Path) => void (key && map.set(key, [...(map.get(key) ?? []), path]));
  for (const path of flow.paths) {
    if (!begins(path) && !path.lost.source) add(starting, port(path.stops[0]), path);
    if (path.stops.length > 1 || begins(path)) add(ending, port(path.stops.at(-1)), path);
  }
  const others = (list: Path[] | undefined, path: Path) => (list ?? []).filter((one) => one !== path);
  return {
    after: (path) => others(starting.get(port(path.stops.at(-1)) ?? ''), path),
    before: (path) => (begins(path) || path.lost.source ? [] : others(ending.get(port(path.stops[0]) ?? ''), path)),
  };
}

// `key`: of a node, of an edge, or "connection:<id>". Null: there is no such thing.
export function trace(flow: Flow, key: string, joints: Joints = jointsOf(flow)): Trace | null {
  const isNode = flow.nodes.has(key);
  const lines = linesOf(flow, key);
  if (!isNode && !lines.length) return null;
  const chains: Chain[] = [];
  for (const path of isNode ? flow.byNode.get(key) ?? [] : lines) {
    const ups = extended([path], (first) => joints.before(first), 'up');
    const downs = extended([path], (last) => joints.after(last), 'down');
    for (const up of ups) for (const down of downs) if (chains.length < mostChains) chains.push([...up, ...down.slice(1)]);
  }
  const seen = new Set<string>();
  const distinct = chains.filter((chain) => {
    const name = chain.map((path) => path.id).join();
    return !seen.has(name) && !!seen.add(name);
  });
  const [nodes, edges] = [new Set(isNode ? [key] : []), new Set<string>()];
  for (const { stops } of distinct.flat())
    stops.forEach((stop, i) => {
      nodes.add(stop.node);
      if (i) edges.add(edgeKey(stops[i - 1]!.node, stop.node));
    });
  return { nodes, edges, chains: distinct };
}

// The connections that the key of an edge or of a connection names; of a node none.
export function linesOf(flow: Flow, key: string): readonly Path[] {
  const one = key.startsWith('connection:') ? flow.byId.get(key.slice('connection:'.length)) : undefined;
  return one ? [one] : flow.edges.get(key)?.paths ?? [];
}

// "CAM 1 > ROUTER A > LED 1"
export const lineName = (flow: Flow, { stops }: Path): string =>
  stops.map((stop) => flow.nodes.get(stop.node)?.name ?? 'something that is gone').join(' > ') || 'a connection without a name';

// Never twice over the same path: a loop ends where it closes.
function extended(chain: readonly Path[], next: (path: Path) => readonly Path[], way: 'up' | 'down'): (readonly Path[])[] {
  const end = way === 'up' ? chain[0]! : chain.at(-1)!;
  const more = chain.length < mostPaths ? next(end).filter((path) => !chain.includes(path)) : [];
  if (!more.length) return [chain];
  return more.slice(0, mostChains).flatMap((path) => extended(way === 'up' ? [path, ...chain] : [...chain, path], next, way)).slice(0, mostChains);
}

// A chain as one row of stops: where two paths meet at an input, that device is named once.
export function stopsOf(chain: Chain): Stop[] {
  const stops: Stop[] = [];
  for (const path of chain) {
    const last = stops.at(-1);
    const [first, ...rest] = path.stops;
    if (last && first && last.node === first.node) stops.splice(-1, 1, { ...last, out: first.out ?? last.out }, ...rest);
    else stops.push(...path.stops);
  }
  return stops;
}

// "CAM 1, SDI 1", "over SMPTE FIBER > CCU", "ROUTER 01 in SDI In 1, out SDI Out 5", "SCREEN 1A, DP"
export function words(flow: Flow, chain: Chain): string[] {
  return stopsOf(chain).flatMap((stop) => {
    const node = flow.nodes.get(stop.node);
    const name = node?.name ?? 'something that is gone';
    const ports = node?.kind === 'device'
      ? [stop.in && `in ${stop.in}`, stop.out && `out ${stop.out}`].filter(Boolean).join(', ')
      : stop.out ?? stop.in ?? '';
    const here = node?.kind === 'device' ? [name, ports].filter(Boolean).join(' ') : [name, ports].filter(Boolean).join(', ');
    return stop.via ? [`over ${stop.via}`, here] : [here];
  });
}

// The sources that reach a node, by key, in the order of the show.
export function feeders(flow: Flow, key: string, joints: Joints): string[] {
  const found = new Set((trace(flow, key, joints)?.chains ?? []).map((chain) => chain[0]!.stops[0]?.node ?? '').filter((node) => node.startsWith('source:')));
  return [...flow.nodes.keys()].filter((node) => found.has(node));
}
