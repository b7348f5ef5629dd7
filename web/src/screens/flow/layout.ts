// Where the nodes of a signal flow stand: left to right as the signal goes. Pure; in px.
import { graphlib, layout } from '@dagrejs/dagre';
import type { Flow } from '../../flow/paths.ts';

export const nodeWidth = 232;
export const nodeHeight = 56;
const gap = 130; // from column to column
const between = 14; // from node to node in one

export interface Place {
  x: number; // of the upper left corner
  y: number;
}

// `shown`: only these and what is between them; null: all. Sources stand at the left and sends at the right,
// whatever is in between, in the order of the show where the signal does not ask for another.
export function placesOf(flow: Flow, shown: ReadonlySet<string> | null): Map<string, Place> {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: between, ranksep: gap, ranker: 'tight-tree' });
  graph.setDefaultEdgeLabel(() => ({}));
  const keys = [...flow.nodes.keys()].filter((key) => !shown || shown.has(key));
  const here = new Set(keys);
  for (const key of keys) graph.setNode(key, { width: nodeWidth, height: nodeHeight });
  for (const edge of flow.edges.values()) if (edge.from !== edge.to && here.has(edge.from) && here.has(edge.to)) graph.setEdge(edge.from, edge.to);
  layout(graph);
  const places = new Map(keys.map((key) => {
    const { x, y } = graph.node(key) as unknown as Place;
    return [key, { x: x - nodeWidth / 2, y: y - nodeHeight / 2 }];
  }));
  return aligned(flow, places);
}

// Where somebody has put nodes by hand they stay; the rest stands as it was laid out.
export const withKept = (places: ReadonlyMap<string, Place>, kept: ReadonlyMap<string, Place>): Map<string, Place> =>
  new Map([...places].map(([key, place]) => [key, kept.get(key) ?? place]));

// Sources in one column and sends in one, whichever rank they were given.
function aligned(flow: Flow, places: Map<string, Place>): Map<string, Place> {
  const xs = [...places.values()].map(({ x }) => x);
  const rim = { source: Math.min(...xs), send: Math.max(...xs), device: null };
  const devices = [...places].filter(([key]) => flow.nodes.get(key)?.kind === 'device').map(([, { x }]) => x);
  // A device never stands in the column of the sources or the sends.
  const left = devices.length ? Math.min(rim.source, Math.min(...devices) - nodeWidth - gap) : rim.source;
  const right = Math.max(rim.send, devices.length ? Math.max(...devices) + nodeWidth + gap : left + nodeWidth + gap);
  for (const kind of ['source', 'send'] as const) {
    const column = [...places].filter(([key]) => flow.nodes.get(key)?.kind === kind).sort(([, a], [, b]) => a.y - b.y || a.x - b.x);
    let free = -Infinity;
    for (const [key, place] of column) {
      const y = Math.max(place.y, free);
      places.set(key, { x: kind === 'source' ? left : right, y });
      free = y + nodeHeight + between;
    }
  }
  return places;
}
