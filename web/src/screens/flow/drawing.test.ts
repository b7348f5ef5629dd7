import { expect, test } from 'vitest';
import { flowOf } from '../../flow/paths.ts';
import { trace } from '../../flow/trace.ts';
import type { Row } from '../../sync/model.ts';
import { drawingOf, scaleOf, sheetsOf, stripsOf } from './drawing.ts';
import { nodeHeight, nodeWidth, placesOf, withKept } from './layout.ts';

const view = (rows: object[]) => ({ rows: rows as Row[], byId: new Map((rows as Row[]).map((row) => [row.id, row])) });
const flow = flowOf({
  sources: view([{ id: 'a', name: 'CAM <1> & "2"\u0007', type: 'CAM' }]), sends: view([{ id: 'b', name: 'LED', type: 'LED' }, { id: 'c', name: 'DARK', type: 'LED' }]),
  connections: view([{ id: 'x', source_id: 'a', destination_id: 'b', destination_type: 'send', intermediate_id: 'r', intermediate_type: 'router' }]),
});

test('a drawing has every node and line, and is as large as they are, wherever they were put', () => {
  const places = withKept(placesOf(flow, null), new Map([['send:c', { x: -500, y: 900 }], ['send:gone', { x: 9_000, y: 0 }]]));
  const { svg, width, height } = drawingOf(flow, places, null, 'Gala');
  expect(places.get('send:c')).toEqual({ x: -500, y: 900 });
  expect([svg.match(/<path /g)?.length, svg.match(/<g/g)?.length]).toEqual([2, 4]);
  expect(width).toBeGreaterThan(500 + nodeWidth);
  expect(width).toBeLessThan(3_000);
  expect(height).toBeGreaterThan(900 + nodeHeight);
  expect(svg).toContain('CAM &#60;1&#62; &#38; &#34;2&#34;<');
});

test('what is lit is strong, the rest is pale', () => {
  const { svg } = drawingOf(flow, placesOf(flow, null), trace(flow, 'source:a'), 'Gala');
  expect([svg.match(/stroke-width="3"/g)?.length, svg.match(/<g opacity/g)?.length]).toEqual([2, 1]);
});

test('a bitmap is never larger than browsers draw', () => {
  expect(scaleOf({ svg: '', width: 900, height: 700 })).toBe(2);
  for (const [width, height] of [[1_200, 20_000], [90_000, 100], [20_000, 20_000]] as const) {
    const scale = scaleOf({ svg: '', width, height });
    expect(Math.max(width, height) * scale).toBeLessThanOrEqual(16_000);
    expect(width * height * scale * scale).toBeLessThanOrEqual(60_000_001);
  }
});

test('on paper a small flow is one page, a long one several; each box is whole on one of them', () => {
  expect(stripsOf(1_100, 700).tops).toEqual([0]);
  for (const [width, height] of [[1_100, 3_000], [1_800, 11_300], [600, 10_000], [9_000, 9_000]] as const) {
    const { scale, tops, height: strip } = stripsOf(width, height);
    expect(width * scale).toBeLessThanOrEqual(272);
    expect((strip + 40) * scale).toBeLessThanOrEqual(178);
    expect(tops.at(-1)! + strip).toBeGreaterThanOrEqual(height);
    for (let y = 0; y + nodeHeight <= height; y += 13) expect(tops.some((top) => y >= top && y + nodeHeight <= top + strip), `a box at ${y} of ${height}`).toBe(true);
  }
});

test('a page has what reaches into it, and says which of how many it is', () => {
  const places = withKept(placesOf(flow, null), new Map([['send:c', { x: 0, y: 9_000 }]]));
  const sheets = sheetsOf(flow, places, null, 'Gala');
  expect(sheets.length).toBeGreaterThan(2);
  expect(sheets[0]).toContain(`Gala · part 1 of ${sheets.length}<`);
  expect(sheets.map((one) => one.includes('DARK'))).toEqual(sheets.map((_, i) => i === sheets.length - 1));
});
