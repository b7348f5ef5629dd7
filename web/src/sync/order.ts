// Places in a list: texts that sort by their bytes, with room for another between any two, made as the
// nodes make them (engine/fractional_index.h; David Greenspan, "Implementing Fractional Indexing", 2020).
// A key is an integer, whose first letter says how many digits it has, and a fraction without zeros at
// its end. Pure.
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const most = 64; // characters that a node takes
const smallest = `A${'0'.repeat(26)}`;

const integerSize = (head: string): number =>
  (head >= 'a' && head <= 'z' ? head.charCodeAt(0) - 97 + 2 : head >= 'A' && head <= 'Z' ? 90 - head.charCodeAt(0) + 2 : 0);
const integerOf = (key: string): string => key.slice(0, integerSize(key[0]!));

export function isKey(key: string): boolean {
  if (!/^[0-9A-Za-z]+$/.test(key) || key.length > most || key === smallest) return false;
  const size = integerSize(key[0]!);
  return size > 0 && key.length >= size && (key.length === size || !key.endsWith('0'));
}

// The next integer up or down; null: there is none.
function neighbour(integer: string, step: 1 | -1): string | null {
  const [from, to, edge] = step > 0 ? ['z', '0', 'z'] : ['0', 'z', 'A'];
  const text = [...integer];
  for (let i = text.length; i-- > 1;) {
    if (text[i] !== from) {
      text[i] = digits[digits.indexOf(text[i]!) + step]!;
      return text.join('');
    }
    text[i] = to;
  }
  const head = text[0]!;
  if (head === edge) return null;
  if (head === 'Z' && step > 0) return 'a0';
  if (head === 'a' && step < 0) return 'Zz';
  const next = String.fromCharCode(head.charCodeAt(0) + step);
  return next + text.slice(1).join('').padEnd(integerSize(next) - 1, to).slice(0, integerSize(next) - 1);
}

// A fraction between two; `b` null: one.
function midpoint(a: string, b: string | null): string {
  let out = '';
  for (let at = 0; ; ++at) {
    while (b !== null && at < b.length && (a[at] ?? '0') === b[at]) out += b[at++];
    const low = digits.indexOf(a[at] ?? '0');
    const high = b === null ? digits.length : digits.indexOf(b[at] ?? '0');
    if (high - low > 1) return out + digits[Math.floor((low + high + 1) / 2)];
    if (b !== null && b.length > at + 1) return out + b[at];
    out += digits[low]; // neighbours: go on behind a's digit, below one
    b = null;
  }
}

// A key after `a` and before `b`; null: no bound there. Null where one of them is no key, they are not
// in order, or there is no room.
export function keyBetween(a: string | null, b: string | null): string | null {
  if ((a !== null && !isKey(a)) || (b !== null && !isKey(b)) || (a !== null && b !== null && a >= b)) return null;
  const key = between(a, b);
  return key !== null && key.length <= most ? key : null;
}

function between(a: string | null, b: string | null): string | null {
  if (a === null && b === null) return 'a0';
  if (a === null) {
    const integer = integerOf(b!);
    if (integer === smallest) return integer + midpoint('', b!.slice(integer.length));
    return integer < b! ? integer : neighbour(integer, -1);
  }
  const low = integerOf(a);
  if (b !== null && integerOf(b) === low) return low + midpoint(a.slice(low.length), b.slice(low.length));
  const next = neighbour(low, 1);
  if (next !== null && (b === null || next < b)) return next;
  return b !== null && next === null ? null : low + midpoint(a.slice(low.length), null);
}

export interface Placed {
  id: string;
  sort_order: string | null;
}

// What to write so that `moved` stand, in their order, behind the row `after` (null: at the top) of
// `list`: their new places; or of all rows, where there is no room or somebody gave two the same place.
export function placesFor(list: readonly Placed[], moved: readonly string[], after: string | null): Map<string, string> {
  const going = new Set(moved);
  const rest = list.filter((row) => !going.has(row.id));
  const at = after === null ? 0 : rest.findIndex((row) => row.id === after) + 1;
  const places = new Map<string, string>();
  let last = at === 0 ? null : rest[at - 1]!.sort_order;
  const end = rest[at]?.sort_order ?? null;
  const bounded = (at === 0 || last !== null) && (at === rest.length || end !== null);
  for (const id of bounded ? moved : []) {
    last = keyBetween(last, end);
    if (last === null) break;
    places.set(id, last);
  }
  if (bounded && places.size === moved.length && (last !== null || !moved.length)) return places;
  places.clear();
  last = null;
  for (const id of [...rest.slice(0, at).map((row) => row.id), ...moved, ...rest.slice(at).map((row) => row.id)]) {
    last = keyBetween(last, null)!;
    places.set(id, last);
  }
  return places;
}
