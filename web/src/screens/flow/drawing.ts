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

interface Window { // px, of what is drawn
  left: number;
  top: number;
  width: number;
  height: number;
}

type Places = ReadonlyMap<string, Place>;

// `lit`: drawn strong, the rest pale.
export function drawingOf(flow: Flow, places: Places, lit: Trace | null, title: string): Drawing {
  const all = extent(places);
  const [width, height] = [all.width, all.height + head];
  return { svg: svgOf(flow, places, lit, title, all, `width="${width}" height="${height}"`), width, height };
}

// The same for paper, a page each: on one, where names can be read then; else in strips as wide as the page, one
// below the other. A box that the end of one strip cuts is whole on the next.
export function sheetsOf(flow: Flow, places: Places, lit: Trace | null, title: string): string[] {
  const all = extent(places);
  const { scale, tops, height } = stripsOf(all.width, all.height);
  return tops.map((top, i) => svgOf(flow, places, lit, tops.length > 1 ? `${title} · part ${i + 1} of ${tops.length}` : title,
    { ...all, top: all.top + top, height: Math.min(height, all.height - top) },
    `style="width:${(all.width * scale).toFixed(1)}mm;height:${((Math.min(height, all.height - top) + head) * scale).toFixed(1)}mm"`));
}

const page = { width: 272, height: 178 }; // mm, of A4 lying, within its margins
const natural = 25.4 / 96; // mm for a px
const readable = 0.14; // mm for a px: names are 2 mm high

// Where the strips of a drawing begin, and how high one is, in px; `scale` in mm for a px.
export function stripsOf(width: number, height: number): { scale: number; height: number; tops: number[] } {
  const whole = Math.min(natural, page.width / width, page.height / (height + head));
  if (whole >= readable) return { scale: whole, height, tops: [0] };
  const scale = Math.min(natural, page.width / width);
  const strip = Math.floor(page.height / scale) - head;
  const step = strip - nodeHeight;
  return { scale, height: strip, tops: Array.from({ length: Math.max(1, Math.ceil((height - nodeHeight) / step)) }, (_, i) => i * step) };
}

function extent(places: Places): Window {
  const at = [...places.values()];
  const [left, top] = [Math.min(...at.map(({ x }) => x)) - rim, Math.min(...at.map(({ y }) => y)) - rim];
  return {
    left, top, width: Math.ceil(Math.max(...at.map(({ x }) => x)) + nodeWidth + rim - left), height: Math.ceil(Math.max(...at.map(({ y }) => y)) + nodeHeight + rim - top),
  };
}

function svgOf(flow: Flow, places: Places, lit: Trace | null, title: string, { left, top, width, height }: Window, size: string): string {
  const reaches = (...ys: number[]) => Math.max(...ys) + nodeHeight >= top && Math.min(...ys) <= top + height;
  const edges = [...flow.edges.values()].flatMap(({ key, from, to }) => {
    const [a, b] = [places.get(from), places.get(to)];
    return a && b && reaches(a.y, b.y) ? [line(a, b, lit ? lit.edges.has(key) : null)] : [];
  });
  const nodes = [...places].flatMap(([key, place]) => {
    const node = flow.nodes.get(key);
    return node && reaches(place.y) ? [box(node, place, lit ? lit.nodes.has(key) : null)] : [];
  });
  const paper = (y: number, high: number) => `<rect x="${left}" y="${y}" width="${width}" height="${high}" fill="${ink.paper}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="${left} ${top - head} ${width} ${height + head}" font-family='${font}'>`
    + `${paper(top, height)}${edges.join('')}${nodes.join('')}${paper(top - head, head)}`
    + `<text x="${left + rim}" y="${top - head + rim + 6}" font-size="18" font-weight="700" fill="${ink.text}">${escaped(title)}</text></svg>`;
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
