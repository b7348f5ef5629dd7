// The tables of a show as sheets: their columns, and what an edit in them is for the node.
import type { Connection, Source, Send } from '../../api/client.ts';
import type { RowEdit } from '../../parts/grid/block.ts';
import { choice, number, text, type Column } from '../../parts/grid/column.ts';
import { newId } from '../../sync/ids.ts';
import { deviceNamed, devicesOf, endingAt, goingThrough, hopOf, type ShowDevice } from '../../flow/devices.ts';
import { flowOf, type Flow } from '../../flow/paths.ts';
import { connectorsOf, mostOutputs, outputsFor, outputsOf, outputTitle, summary } from './outputs.ts';
import type { Op, Row, Table, Values } from '../../sync/model.ts';
import type { ShowView } from '../../sync/open_show.ts';

export type Sheet = 'sources' | 'sends' | 'connections'; // of which each row is one of the node
export const sheets: readonly Sheet[] = ['sources', 'sends', 'connections'];
export const sheetTitles: Record<Sheet, string> = { sources: 'Sources', sends: 'Sends', connections: 'Connections' };
export const rowNames: Record<Sheet, string> = { sources: 'source', sends: 'send', connections: 'connection' };

// What labels of a sheet begin with where none has one yet.
export const labelWords: Record<Sheet, string> = { sources: 'SRC ', sends: 'DST ', connections: 'LINE ' };

type Tables = ShowView['tables'];

const resolutions = (): Column[] => [
  number('h_res', 'H res', 84, 1, 32_768, true),
  number('v_res', 'V res', 84, 1, 32_768, true),
  number('rate', 'Rate', 84, 0.001, 1_000, false),
];

// The words that a column already has in this show.
const used = (rows: readonly Row[], column: string): string[] =>
  [...new Set(rows.map((row) => row[column]).filter((value): value is string => typeof value === 'string' && value !== ''))].sort().slice(0, 50);

const note = text('note', 'Note', 320, { most: 10_000, long: true });

const outputs: Column = {
  key: 'outputs', title: 'Outputs', width: 130, columns: ['outputs'], opens: true,
  read: (row) => summary(outputsOf(row).map((output) => output.connector ?? '?')),
  write(typed, row) {
    const connectors = connectorsOf(typed);
    if (!connectors) return { bad: `Outputs are connectors, as in “SDI ×4, HDMI”, ${mostOutputs} at most` };
    return { values: { outputs: outputsFor(row, connectors) } };
  },
};

// `now` gives the tables as they are when somebody types.
export function columnsOf(sheet: Sheet, tables: Pick<Tables, 'sources' | 'sends'>, now: () => Tables): Column[] {
  const words = (column: string) => ({ choices: () => used(now()[sheet].rows, column) });
  if (sheet === 'sources') return [
    text('label', 'Label', 90),
    text('name', 'Name', 200, { required: true }),
    text('type', 'Type', 130, { required: true, ...words('type') }),
    ...resolutions(),
    text('standard', 'Standard', 96, words('standard')),
    choice('blanking', 'Blanking', 96, ['none', 'RBv1', 'RBv2', 'RBv3']),
    text('secondary_device', 'Secondary device', 190, words('secondary_device')),
    outputs, note,
  ];
  if (sheet === 'sends') return [
    text('label', 'Label', 90),
    text('name', 'Name', 200, { required: true }),
    text('type', 'Type', 150, { required: true, ...words('type') }),
    ...resolutions(),
    text('standard', 'Standard', 96, words('standard')),
    text('output_connector', 'Connector', 120, words('output_connector')),
    text('secondary_device', 'Secondary device', 190, words('secondary_device')),
    note,
  ];
  const flowNow = flowReader(now);
  return [
    text('label', 'Label', 90),
    source(tables), output(tables), through(flowNow),
    kindOfDevice(),
    text('intermediate_input', 'Through in', 110),
    text('intermediate_output', 'Through out', 110),
    choice('destination_type', 'To', 110, ['send', 'switcher', 'router', 'processor', 'recorder']),
    destination(tables, flowNow), note,
  ];
}

// By label, by name, or by "label name" as it is shown.
export const titleOf = (row: Row): string => [row.label, row.name].filter(Boolean).join(' ');
function find(rows: readonly Row[], typed: string): Row | undefined {
  const asked = typed.trim().toLowerCase();
  const by = (read: (row: Row) => unknown) => rows.find((row) => String(read(row) ?? '').toLowerCase() === asked);
  return by(titleOf) ?? by((row) => row.label) ?? by((row) => row.name);
}

function source(tables: Pick<Tables, 'sources'>): Column {
  const { rows, byId } = tables.sources;
  return {
    key: 'source', title: 'Source', width: 190, columns: ['source_id'], choices: () => rows.map(titleOf),
    read: (row) => {
      const found = byId.get(String((row as unknown as Connection).source_id));
      return found ? titleOf(found) : '';
    },
    write(typed, row) {
      if (!typed.trim()) return { values: { source_id: null, source_output_id: null } };
      const found = find(rows, typed);
      if (!found) return { bad: `There is no source “${typed.trim()}” in this show` };
      // An output belongs to its source.
      return { values: row && row.source_id === found.id ? {} : { source_id: found.id, source_output_id: null } };
    },
  };
}

function output(tables: Pick<Tables, 'sources'>): Column {
  const { byId } = tables.sources;
  const of = (row: Row | null) => outputsOf(byId.get(String(row?.source_id)));
  const title = outputTitle;
  return {
    key: 'output', title: 'Output', width: 96, columns: ['source_output_id'],
    read: (row) => {
      const found = of(row).find((one) => one.id === row.source_output_id);
      return found ? title(found) : '';
    },
    write(typed, row) {
      const asked = typed.trim().toLowerCase();
      if (!asked) return { values: { source_output_id: null } };
      const found = of(row).find((one) => title(one).toLowerCase() === asked || String(one.output_index) === asked);
      const have = of(row).map(title).join(', ');
      return found ? { values: { source_output_id: found.id } } : { bad: have ? `This source has ${have}` : 'Choose a source that has outputs first' };
    },
  };
}

const mostName = 200;

interface Hop {
  id?: string;
  name?: string;
  in?: string;
  port?: string;
}

// The flow of the tables as they are, made once for the same ones.
function flowReader(now: () => Tables): () => Flow {
  let [tables, flow]: [Tables | null, Flow | null] = [null, null];
  return () => {
    if (now() !== tables) [tables, flow] = [now(), flowOf(now())];
    return flow!;
  };
}

// By its name: one that the show knows, or a new one, which is the same in each row of a paste.
function through(flowNow: () => Flow): Column {
  const made = new Map<string, ShowDevice>();
  const make = (name: string, kind: unknown): ShowDevice => {
    const key = name.toLowerCase();
    if (!made.has(key)) made.set(key, { id: newId(), kind: typeof kind === 'string' && kind ? kind : 'router', name, model: null });
    return made.get(key)!;
  };
  return {
    key: 'device', title: 'Through', width: 130, columns: ['intermediate_id', 'signal_path'], choices: () => devicesOf(flowNow()).map((device) => device.name),
    read: (row) => {
      const name = hopOf(row, row.intermediate_id)?.name;
      return typeof name === 'string' ? name : '';
    },
    write(typed, row) {
      const name = typed.trim();
      if (!name) return { values: goingThrough(row, null) };
      if (name.length > mostName) return { bad: `The name of a device has ${mostName} letters at most` };
      return { values: goingThrough(row, deviceNamed(flowNow(), name) ?? make(name, row?.intermediate_type)) };
    },
  };
}

// Of the device that is gone through; where it has a name, its stop says the same.
function kindOfDevice(): Column {
  const column = text('intermediate_type', 'Kind', 100, { choices: () => ['router', 'switcher', 'processor'] });
  return {
    ...column,
    write(typed, row) {
      const written = column.write!(typed, row);
      const hop = hopOf(row, row?.intermediate_id);
      const kind = 'values' in written ? written.values.intermediate_type : null;
      if (!hop || typeof kind !== 'string') return written;
      const { signal_path } = goingThrough(row, { id: String(hop.id), kind, name: String(hop.name ?? ''), model: typeof hop.model === 'string' ? hop.model : null });
      return { values: { intermediate_type: kind, signal_path } };
    },
  };
}

function destination(tables: Pick<Tables, 'sends'>, flowNow: () => Flow): Column {
  const { rows, byId } = tables.sends;
  return {
    key: 'destination', title: 'Destination', width: 210, columns: ['destination_id', 'signal_path'], choices: () => [...rows.map(titleOf), ...devicesOf(flowNow()).map((device) => device.name)],
    read: (row) => {
      const id = row.destination_id;
      const send = byId.get(String(id));
      if (send) return titleOf(send);
      const hops = Array.isArray(row.signal_path) ? (row.signal_path as Hop[]) : [];
      return hops.findLast((hop) => hop.id === id && id)?.name ?? '';
    },
    write(typed, row) {
      if (!typed.trim()) return { values: { destination_id: null } };
      const found = find(rows, typed);
      if (found) return { values: { destination_id: found.id, destination_type: 'send' } };
      const device = deviceNamed(flowNow(), typed);
      return device ? { values: endingAt(row, device) } : { bad: `There is no send and no device “${typed.trim()}” in this show` };
    },
  };
}

// --- edits as ops of the node --------------------------------------------------------------------

export function opsOf(table: Table, edits: readonly RowEdit[], rows: readonly Row[]): Op[] {
  const known = [...rows];
  return edits.map(({ row, values }): Op => {
    if (row) return update(table, row, values);
    const made: Values = { ...defaults(table, known), ...values };
    const id = newId();
    known.push({ ...made, id } as Row);
    return { op: 'create', table, id, row: made };
  });
}

export const update = (table: Table, row: Row, values: Values): Op => ({
  op: 'update', table, id: row.id, row: values,
  before: Object.fromEntries(Object.keys(values).map((column) => [column, row[column] ?? null])),
  ...(row._meta.etag ? { base_version: row._meta.etag } : {}),
});

export const deletion = (table: Table, row: Row): Op => ({
  op: 'delete', table, id: row.id, before: { ...row },
  ...(row._meta.etag ? { base_version: row._meta.etag } : {}),
});

// A new row goes on like the last one: its type, and the next number of its label.
function defaults(table: Table, rows: readonly Row[]): Values {
  if (table === 'connections') return {};
  const last = rows.at(-1) as (Source | Send | undefined) & { label?: string | null } | undefined;
  const label = nextLabel(rows);
  const title = table === 'sources' ? 'Source' : 'Send';
  return { type: last?.type ?? title, name: label ?? `${title} ${rows.length + 1}`, ...(label ? { label } : {}) };
}

export function nextLabel(rows: readonly Row[]): string | null {
  const last = rows.findLast((row) => /^\D+\d+$/.test(String(row.label ?? '')));
  const prefix = String(last?.label ?? '').replace(/\d+$/, '');
  if (!prefix) return null;
  const numbers = rows.map((row) => String(row.label ?? '')).filter((label) => label.startsWith(prefix)).map((label) => Number(label.slice(prefix.length)));
  return `${prefix}${Math.max(0, ...numbers.filter(Number.isInteger)) + 1}`;
}
