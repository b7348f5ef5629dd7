// A device of the library: its ports and cards as rows of a grid, and what an edit of them is for the
// node. A part of a device is itself (null) or one of its cards, by id. Pure.
import type { Schemas } from '../../api/client.ts';
import type { RowEdit } from '../../parts/grid/block.ts';
import { choice, number, text, type Column } from '../../parts/grid/column.ts';
import { newId } from '../../sync/ids.ts';
import { bare, difference, isList, type Child } from '../../sync/lists.ts';
import type { Entry, Op, Row, Values } from '../../sync/model.ts';
import { nextLabel } from '../workspace/sheets.ts';

export type Device = Schemas['EquipmentSpec'];
export type Card = Schemas['EquipmentCard'];

export const categories = ['ccu', 'camera', 'ptz', 'cam-switcher', 'vision-switcher', 'router', 'led-processor', 'led-tile',
  'projector', 'recorder', 'monitor', 'converter', 'lens', 'computer', 'stream-encoder'] as const;
const ioTypes = ['SDI', '3G-SDI', '6G-SDI', '12G-SDI', 'HDMI', 'DisplayPort', 'DVI', 'SMPTE Fiber', 'Fiber', 'SFP', 'Ethernet', 'Reference', 'USB'];

export const categoryWords = (category: string): string =>
  ({ ccu: 'CCU', ptz: 'PTZ', 'led-processor': 'LED processor', 'led-tile': 'LED tile' }[category]
    ?? (category.charAt(0).toUpperCase() + category.slice(1)).replaceAll('-', ' '));

export const deviceName = (row: Values): string => [row.manufacturer, row.model].filter(Boolean).join(' ');

const childrenOf = (value: unknown): Child[] => (isList(value) ? value : []);
export const cardsOf = (device: Row): Card[] =>
  (childrenOf(device.cards) as unknown as Card[]).toSorted((a, b) => a.slot_number - b.slot_number);

const byPlace = (a: Row, b: Row): number => {
  const [x, y] = [a.sort_order ?? '~', b.sort_order ?? '~'];
  return x < y ? -1 : x > y ? 1 : 0; // new ones stay in the order in which they were made
};

const nobody = { etag: '', by: { user: null, user_id: null, device: null }, conflicts: 0 };
const asRow = (child: Child): Row => ({ version: 0, is_deleted: false, sort_order: null, _meta: nobody, ...child }) as Row;

export function portsOf(device: Row, part: string | null): Row[] {
  const list = part === null ? device.io_ports : childrenOf(device.cards).find((card) => card.id === part)?.io;
  return childrenOf(list).map(asRow).sort(byPlace);
}

const allPorts = (device: Row): Row[] => [...portsOf(device, null), ...childrenOf(device.cards).flatMap((card) => portsOf(device, card.id))];

// How many inputs and outputs each model has, by the name that shows use. Null: unknown, or it says none.
export function portCountOf(devices: readonly Row[]): (model: string, way: 'in' | 'out') => number | null {
  const byName = new Map(devices.map((device) => [deviceName(device), device]));
  return (model, way) => {
    const device = byName.get(model);
    return device ? allPorts(device).filter((port) => port.port_type === `${way}put`).length || null : null;
  };
}

// "16 in, 8 out, 2 of 4 slots"
export function summary(device: Row): string {
  const ports = allPorts(device);
  const count = (type: string) => ports.filter((port) => port.port_type === type).length;
  const cards = childrenOf(device.cards).length;
  const slots = device.io_architecture === 'card-based' || cards ? `${device.card_slots ? `${cards} of ${device.card_slots}` : cards} slots` : '';
  return [count('input') && `${count('input')} in`, count('output') && `${count('output')} out`, slots].filter(Boolean).join(', ') || 'No ports yet';
}

// Decisions that wait for somebody, of the device and of what is in it.
export const conflictsOf = (device: Row): number =>
  [device, ...childrenOf(device.cards).map(asRow), ...allPorts(device)].reduce((sum, one) => sum + one._meta.conflicts, 0);

// A port or a card as people find it: "In 2, slot 3, of Ross Ultrix". '' where no device has it.
export function partName(devices: readonly Row[], id: string): string {
  for (const device of devices) {
    const of = `of ${deviceName(device)}`;
    const own = portsOf(device, null).find((port) => port.id === id);
    if (own) return `${portName(own)} ${of}`;
    for (const card of cardsOf(device)) {
      if (card.id === id) return `in slot ${card.slot_number} ${of}`;
      const port = portsOf(device, card.id).find((one) => one.id === id);
      if (port) return `${portName(port)}, slot ${card.slot_number}, ${of}`;
    }
  }
  return '';
}

const portName = (port: Row): string => String(port.label ?? [port.io_type, port.port_type, port.port_index].filter((one) => one !== null).join(' '));

export const fits = (device: Row, q: string | undefined, category: string | undefined): boolean => {
  if (category && device.category !== category) return false;
  const has = [device.manufacturer, device.model, device.label, categoryWords(String(device.category ?? ''))].join(' ').toLowerCase();
  return (q ?? '').toLowerCase().split(/\s+/).every((word) => has.includes(word));
};

// --- ports ---------------------------------------------------------------------------------------

export function portColumns(ports: () => readonly Row[]): Column[] {
  const used = (column: string) => [...new Set(ports().map((row) => String(row[column] ?? '')).filter(Boolean))];
  return [
    choice('port_type', 'Direction', 110, ['input', 'output']),
    text('io_type', 'Connector', 170, { required: true, choices: () => [...new Set([...used('io_type'), ...ioTypes])] }),
    number('port_index', 'Number', 90, 0, 9_999, true),
    text('label', 'Label', 240),
    text('format', 'Format', 190, { choices: () => used('format') }),
  ];
}

// What stands in the way of telling ports apart: the same direction and number twice.
export function doubles(ports: readonly Row[]): string[] {
  const seen = new Map<string, number>();
  for (const { port_type, port_index } of ports)
    if (port_type && port_index !== null && port_index !== undefined) seen.set(`${port_type} ${port_index}`, (seen.get(`${port_type} ${port_index}`) ?? 0) + 1);
  return [...seen].filter(([, count]) => count > 1).map(([name, count]) => `${name} is there ${count === 2 ? 'twice' : `${count} times`}`);
}

// A new port goes on like the last one: direction, connector, the next number and label.
function newPort(ports: readonly Row[], values: Values): Child {
  const last = ports.at(-1);
  const port_type = values.port_type ?? last?.port_type ?? 'input';
  const alike = ports.filter((port) => port.port_type === port_type);
  const numbers = alike.map((port) => Number(port.port_index ?? -1));
  const label = nextLabel(alike);
  return {
    id: newId(), port_type, io_type: alike.at(-1)?.io_type ?? last?.io_type ?? 'SDI',
    port_index: Math.max(-1, ...numbers) + 1, ...(label ? { label } : {}), ...values,
  };
}

export function editedPorts(ports: readonly Row[], edits: readonly RowEdit[]): Child[] {
  const list: Row[] = [...ports];
  for (const { row, values } of edits) {
    const at = row ? list.findIndex((one) => one.id === row.id) : -1;
    if (at >= 0) list[at] = { ...list[at]!, ...values };
    else list.push(asRow(newPort(list, values)));
  }
  return bare(list as Child[]).map(placed);
}

export const withoutPorts = (ports: readonly Row[], gone: ReadonlySet<string>): Child[] =>
  bare(ports.filter((port) => !gone.has(port.id)) as Child[]).map(placed);

// A port that the node has not placed yet names no place.
const placed = ({ sort_order, ...rest }: Child): Child => (sort_order ? { ...rest, sort_order } : rest) as Child;

// The ports of `ids` one place up or down, together. Null: they are at the rim.
export function movedPorts(ports: readonly Row[], ids: ReadonlySet<string>, step: -1 | 1): Child[] | null {
  const first = ports.findIndex((port) => ids.has(port.id));
  const last = ports.findLastIndex((port) => ids.has(port.id));
  if (first < 0 || (step < 0 ? first === 0 : last === ports.length - 1)) return null;
  const keys = ports.map((port) => port.sort_order);
  const usable = keys.every((key, i) => key !== null && (i === 0 || keys[i - 1]! < key));
  const next = [...ports];
  if (step < 0) next.splice(last, 0, ...next.splice(first - 1, 1));
  else next.splice(first, 0, ...next.splice(last + 1, 1));
  return bare(next as Child[]).map((port, i) => ({ ...port, sort_order: usable ? keys[i]! : placeKey(i) }));
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

// The i-th place of a list that begins anew, as fractional-indexing writes whole numbers: a0 .. az, b00 ..
export function placeKey(i: number): string {
  if (i < digits.length) return `a${digits[i]}`;
  const rest = i - digits.length;
  return rest < digits.length ** 2
    ? `b${digits[Math.floor(rest / digits.length)]}${digits[rest % digits.length]}`
    : `c${digits[Math.floor((rest - digits.length ** 2) / digits.length ** 2)]}${digits[Math.floor((rest - digits.length ** 2) / digits.length) % digits.length]}${digits[rest % digits.length]}`;
}

// --- edits as ops of the node --------------------------------------------------------------------

// Lists are given whole; what of them is sent is what differs from what was seen (sync/lists).
export function change(device: Row, values: Values): Op {
  const before = Object.keys(values).map((column) => [column, isList(device[column]) ? bare(device[column]) : device[column] ?? null]);
  return {
    op: 'update', table: 'equipment_specs', id: device.id, row: values, before: Object.fromEntries(before),
    ...(device._meta.etag ? { base_version: device._meta.etag } : {}),
  };
}

export const setPorts = (device: Row, part: string | null, ports: Child[]): Op =>
  (part === null ? change(device, { io_ports: ports }) : setCards(device, (card) => (card.id === part ? { ...card, io: ports } : card)));

export function setCards(device: Row, of: (card: Child) => Child | null, more: Child[] = []): Op {
  const cards = bare(childrenOf(device.cards)).map(of).filter((card) => card !== null);
  return change(device, { cards: [...cards, ...more] });
}

// The first slot without a card; null: all are full.
export function freeSlot(device: Row): number | null {
  const taken = new Set(cardsOf(device).map((card) => card.slot_number));
  const most = Number(device.card_slots) || 9_999;
  for (let slot = 1; slot <= most; ++slot) if (!taken.has(slot)) return slot;
  return null;
}

export const addCard = (device: Row, slot_number: number, id: string): Op => setCards(device, (card) => card, [{ id, slot_number, io: [] }]);

// Columns of ports and cards that wait on this device, by id.
export function waiting(entries: readonly Entry[], device: string): Map<string, ReadonlySet<string>> {
  const marks = new Map<string, Set<string>>();
  const mark = (list: readonly Child[]): void => {
    for (const { id, ...columns } of list) {
      if (Object.keys(columns).length) marks.set(id, new Set([...(marks.get(id) ?? []), ...Object.keys(columns)]));
      if (isList(columns.io)) mark(columns.io);
    }
  };
  for (const entry of entries) {
    if (entry.state !== 'queued') continue;
    for (const op of entry.ops)
      if (op.id === device && op.op === 'update')
        for (const column of ['io_ports', 'cards']) if (isList(op.row?.[column])) mark(difference(op.before?.[column], op.row[column]));
  }
  return marks;
}
