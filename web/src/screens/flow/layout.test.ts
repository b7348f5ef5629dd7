import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { flowOf, type FlowRows } from '../../flow/paths.ts';
import { trace } from '../../flow/trace.ts';
import type { Row } from '../../sync/model.ts';
import { nodeHeight, nodeWidth, placesOf } from './layout.ts';

const large = JSON.parse(readFileSync(new URL('../../../../tests/data/show-large.json', import.meta.url), 'utf8')) as Record<string, Row[]>;
const view = (rows: Row[]): FlowRows => ({ rows, byId: new Map(rows.map((row) => [row.id, row])) });
const flow = flowOf({ sources: view(large.sources!), sends: view(large.sends!), connections: view(large.connections!) });

test('sources stand left, sends right, devices between them, and nothing on top of anything', () => {
  const places = placesOf(flow, null);
  const xs = (kind: string) => [...places].filter(([key]) => key.startsWith(kind)).map(([, { x }]) => x);
  expect([new Set(xs('source:')).size, new Set(xs('send:')).size, places.size]).toEqual([1, 1, 292]);
  expect(Math.min(...xs('device:'))).toBeGreaterThan(xs('source:')[0]! + nodeWidth);
  expect(Math.max(...xs('device:')) + nodeWidth).toBeLessThan(xs('send:')[0]!);
  const all = [...places.values()];
  const over = all.filter((a, i) => all.some((b, k) => k > i && Math.abs(a.x - b.x) < nodeWidth && Math.abs(a.y - b.y) < nodeHeight));
  expect(over).toEqual([]);
});

test('of one path only its nodes are placed; a show without connections stands too', () => {
  const lit = trace(flow, 'connection:c337cb8c-2496-44d7-87db-8468992f9c53')!;
  expect(placesOf(flow, lit.nodes).size).toBe(4);
  expect(placesOf(flowOf({ sources: view(large.sources!.slice(0, 3)), sends: view([]), connections: view([]) }), null).size).toBe(3);
});
