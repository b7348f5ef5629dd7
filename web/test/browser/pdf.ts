// The text of a PDF that Chromium made, page by page: enough of the format for that, and no more.
import { inflateSync } from 'node:zlib';

interface Part {
  head: string;
  stream: Buffer | null;
}

function partsOf(pdf: Buffer): Map<number, Part> {
  const text = pdf.toString('latin1');
  const parts = new Map<number, Part>();
  for (const found of text.matchAll(/(?:^|[\r\n])(\d+) 0 obj\b([^]*?)endobj/g)) {
    const body = found[2]!;
    const at = body.indexOf('stream');
    const head = at < 0 ? body : body.slice(0, at);
    if (at < 0) {
      parts.set(Number(found[1]), { head, stream: null });
      continue;
    }
    const begin = found.index + found[0].indexOf(body) + at + 'stream'.length + (body[at + 6] === '\r' ? 2 : 1);
    const bytes = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0);
    const raw = pdf.subarray(begin, begin + bytes);
    parts.set(Number(found[1]), { head, stream: head.includes('/FlateDecode') ? inflateSync(raw) : raw });
  }
  return parts;
}

const hex = (text: string): number => Number.parseInt(text, 16);

// What the glyphs of a font stand for.
function glyphs(cmap: string): Map<number, string> {
  const map = new Map<number, string>();
  const letters = (code: string) => String.fromCharCode(...(code.match(/.{4}/g) ?? []).map(hex));
  for (const block of cmap.matchAll(/beginbfchar([^]*?)endbfchar/g))
    for (const [, from, to] of block[1]!.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g)) map.set(hex(from!), letters(to!));
  for (const block of cmap.matchAll(/beginbfrange([^]*?)endbfrange/g))
    for (const [, first, last, to] of block[1]!.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g))
      for (let i = hex(first!); i <= hex(last!); ++i) map.set(i, String.fromCharCode(hex(to!) + i - hex(first!)));
  return map;
}

// Without spaces: they are often a step to the right and no letter.
export function pdfPages(pdf: Buffer): string[] {
  const parts = partsOf(pdf);
  const reference = (head: string, name: string) => Number(new RegExp(`/${name} (\\d+) 0 R`).exec(head)?.[1]);
  const fonts = new Map<string, Map<number, string>>();
  const fontOf = (id: number) => {
    const cmap = parts.get(reference(parts.get(id)?.head ?? '', 'ToUnicode'))?.stream;
    return cmap ? glyphs(cmap.toString('latin1')) : new Map<number, string>();
  };
  return [...parts.values()].filter((part) => /\/Type \/Page\b(?!s)/.test(part.head)).map((page) => {
    for (const [, name, id] of page.head.matchAll(/\/(F\d+) (\d+) 0 R/g)) if (!fonts.has(name!)) fonts.set(name!, fontOf(Number(id)));
    const drawn = parts.get(reference(page.head, 'Contents'))?.stream?.toString('latin1') ?? '';
    let font = new Map<number, string>();
    let text = '';
    for (const [, name, codes] of drawn.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>/g)) {
      if (name) font = fonts.get(name) ?? font;
      else text += (codes!.match(/.{4}/g) ?? []).map((code) => font.get(hex(code)) ?? '').join('');
    }
    return text.replace(/\s+/g, '');
  });
}
