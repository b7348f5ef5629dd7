// The signal flow as a drawing for files and for paper: all of it, also what is not on screen. The text is SVG;
// `png` makes a bitmap of it. Dark on light, as paper is.
import type { Flow, FlowNode } from '../../flow/paths.ts';
import type { Trace } from '../../flow/trace.ts';
import { nodeHeight, nodeWidth, type Place } from './layout.ts';
import { detailOf } from './marks.ts';

const rim = 24; // px around it
const head = 40; // px for the title
const ink = { text: '#14191c', dim: '#566067', line: '#9aa7ad', source: '#07695f', send: '#8a5300', device: '#566067', lit: '#07695f', paper: '#fff' };
const font = 'system-ui, "Segoe UI", Roboto, sans-serif';

export interface Drawing {
  svg: string;
  width: number; // px
  height: number;
}

// `lit`: drawn strong, the rest pale.
export function drawingOf(flow: Flow, places: ReadonlyMap<string, Place>, lit: Trace | null, title: string): Drawing {
  const at = [...places.values()];
  const [left, top] = [Math.min(...at.map(({ x }) => x)) - rim, Math.min(...at.map(({ y }) => y)) - rim - head];
  const width = Math.ceil(Math.max(...at.map(({ x }) => x)) + nodeWidth + rim - left);
  const height = Math.ceil(Math.max(...at.map(({ y }) => y)) + nodeHeight + rim - top);
  const edges = [...flow.edges.values()].flatMap(({ key, from, to }) => {
    const [a, b] = [places.get(from), places.get(to)];
    return a && b ? [line(a, b, lit ? lit.edges.has(key) : null)] : [];
  });
  const nodes = [...places].flatMap(([key, place]) => {
    const node = flow.nodes.get(key);
    return node ? [box(node, place, lit ? lit.nodes.has(key) : null)] : [];
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family='${font}'>`
    + `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${ink.paper}"/>`
    + `<text x="${left + rim}" y="${top + rim + 6}" font-size="18" font-weight="700" fill="${ink.text}">${escaped(title)}</text>`
    + `${edges.join('')}${nodes.join('')}</svg>`;
  return { svg, width, height };
}

function line(a: Place, b: Place, isLit: boolean | null): string {
  const [x1, y1, x2, y2] = [a.x + nodeWidth, a.y + nodeHeight / 2, b.x, b.y + nodeHeight / 2];
  const reach = Math.max(40, Math.abs(x2 - x1) / 2);
  const look = isLit ? `stroke="${ink.lit}" stroke-width="3"` : `stroke="${ink.line}" stroke-width="1.25"${isLit === false ? ' opacity=".35"' : ''}`;
  return `<path d="M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}" fill="none" ${look}/>`;
}

// An inner svg cuts off what is too long.
function box(node: FlowNode, { x, y }: Place, isLit: boolean | null): string {
  const colour = ink[node.kind];
  const dashed = node.kind === 'device' ? ' stroke-dasharray="4 3"' : '';
  return `<g${isLit === false ? ' opacity=".45"' : ''}><rect x="${x}" y="${y}" width="${nodeWidth}" height="${nodeHeight}" rx="8" fill="${ink.paper}" stroke="${isLit ? ink.lit : colour}" stroke-width="${isLit ? 2 : 1}"${dashed}/>`
    + `<rect x="${x}" y="${y + 6}" width="4" height="${nodeHeight - 12}" fill="${colour}"/>`
    + `<svg x="${x + 12}" y="${y}" width="${nodeWidth - 20}" height="${nodeHeight}"><text y="24" font-size="14" font-weight="600" fill="${ink.text}">${escaped(node.name)}</text>`
    + `<text y="43" font-size="12.5" fill="${ink.dim}">${escaped(detailOf(node))}</text></svg></g>`;
}

// Also what XML can't hold at all is left out.
const escaped = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '').replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

const sharp = 2; // dots for a px
const mostSide = 16_000; // dots: what browsers draw
const mostDots = 60_000_000;

// How many dots a px has, so that the bitmap can be made.
export const scaleOf = ({ width, height }: Drawing): number => Math.min(sharp, mostSide / width, mostSide / height, Math.sqrt(mostDots / (width * height)));

export async function png(drawing: Drawing): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing.svg)}`;
  await image.decode();
  const scale = scaleOf(drawing);
  const canvas = Object.assign(document.createElement('canvas'), { width: Math.floor(drawing.width * scale), height: Math.floor(drawing.height * scale) });
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser has no room for a picture of this size.');
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('This browser has no room for a picture of this size.'))), 'image/png'));
}
