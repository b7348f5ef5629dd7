// What goes onto paper: the lists of a show as sections of lines. Pure.
//   device     what is plugged where: for each device its inputs and outputs
//   location   where the lines end: for each place what comes there, and how
import { viewOf, type View } from '../workspace/view.ts';
import { columnsOf, rowNames, sheets, sheetTitles, titleOf, type Sheet } from '../workspace/sheets.ts';
import { plural } from '../../parts/time.ts';
import type { Row, Table } from '../../sync/model.ts';
import type { TableView } from '../../sync/table_view.ts';

export type Tables = Record<Table, TableView>;

export const papers = ['sources', 'sends', 'connections', 'device', 'location'] as const;
export type Paper = (typeof papers)[number];
export const paperTitles: Record<Paper, string> = { ...sheetTitles, device: 'Patch by device', location: 'Patch by location' };

export interface Section {
  title: string; // '': there is one
  columns: readonly string[];
  lines: readonly (readonly string[])[];
}

const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export function sectionsOf(paper: Paper, tables: Tables, view: View): Section[] {
  if (paper === 'device') return byDevice(tables);
  if (paper === 'location') return byLocation(tables);
  const columns = columnsOf(paper, tables, () => tables);
  const rows = viewOf(tables[paper].rows, columns, view);
  return [{ title: '', columns: columns.map((column) => column.title), lines: rows.map((row) => columns.map((column) => column.read(row))) }];
}

// "120 sources", "41 of 120 sources", "14 devices, 860 lines"
export function extent(paper: Paper, sections: readonly Section[], tables: Tables): string {
  const lines = sections.reduce((sum, section) => sum + section.lines.length, 0);
  const sheet = sheets.find((one): one is Sheet => one === paper);
  if (!sheet) return `${plural(sections.length, paper === 'device' ? 'device' : 'place')}, ${plural(lines, 'line')}`;
  const all = tables[sheet].rows.length;
  return lines === all ? plural(all, rowNames[sheet]) : `${lines} of ${plural(all, rowNames[sheet])}`;
}

// --- the way of a line ------------------------------------------------------------------------------

interface Hop {
  kind?: string;
  id?: string;
  name?: string;
  in?: string;
  out?: string;
  port?: string;
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

const hopsOf = (row: Row): Hop[] => (Array.isArray(row.signal_path) ? (row.signal_path as Hop[]) : []);

// Names of things that no table of the show has, from the ways that name them.
function namesOf(tables: Tables): Map<string, string> {
  const names = new Map<string, string>();
  for (const row of tables.connections.rows)
    for (const hop of hopsOf(row)) if (hop.id && hop.name) names.set(hop.id, hop.name);
  for (const table of ['sources', 'sends'] as const) for (const row of tables[table].rows) names.set(row.id, titleOf(row));
  return names;
}

interface Line {
  from: string;
  fromPort: string;
  format: string;
  through: { name: string; in: string; out: string } | null;
  to: string;
  toId: string;
  toPort: string;
  send: Row | undefined;
  note: string;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function formatOf(row: Row | undefined): string {
  if (!row?.h_res || !row.v_res) return '';
  return `${row.h_res}×${row.v_res}${row.rate ? ` ${row.rate}` : ''}`;
}

function lineOf(row: Row, tables: Tables, names: ReadonlyMap<string, string>): Line {
  const hops = hopsOf(row);
  const source = tables.sources.byId.get(text(row.source_id));
  const columns = columnsOf('connections', tables, () => tables);
  const read = (key: string) => columns.find((column) => column.key === key)!.read(row);
  const last = hops.findLast((hop) => hop.id && hop.id === row.destination_id);
  const device = text(row.intermediate_id);
  const type = text(row.intermediate_type);
  return {
    from: source ? titleOf(source) : (hops[0]?.name ?? ''), fromPort: read('output') || (hops[0]?.port ?? ''), format: formatOf(source),
    through: device || type ? { name: names.get(device) ?? capital(type), in: text(row.intermediate_input), out: text(row.intermediate_output) } : null,
    to: names.get(text(row.destination_id)) ?? read('destination'), toId: text(row.destination_id), toPort: last?.in ?? last?.port ?? '',
    send: tables.sends.byId.get(text(row.destination_id)), note: text(row.note),
  };
}

function lines(tables: Tables): Line[] {
  const names = namesOf(tables);
  return tables.connections.rows.map((row) => lineOf(row, tables, names));
}

const sorted = (groups: ReadonlyMap<string, string[][]>, columns: readonly string[], by: (line: string[]) => string): Section[] =>
  [...groups].sort(([a], [b]) => order.compare(a, b))
    .map(([title, list]) => ({ title, columns, lines: list.sort((a, b) => order.compare(by(a), by(b))) }));

// The last cell is the note. A port with several lines behind it stands once, with all they say.
function add(groups: Map<string, string[][]>, key: string, line: string[]): void {
  const list = groups.get(key) ?? [];
  const note = line.length - 1;
  const same = list.find((one) => one.every((cell, i) => i === note || cell === line[i]));
  if (!same) list.push(line);
  else if (line[note] && !same[note]!.split('; ').includes(line[note])) same[note] = [same[note], line[note]].filter(Boolean).join('; ');
  groups.set(key, list);
}

function byDevice(tables: Tables): Section[] {
  const groups = new Map<string, string[][]>();
  for (const line of lines(tables)) {
    const start = [line.from, line.fromPort].filter(Boolean).join(', ');
    const end = [line.to, line.toPort].filter(Boolean).join(', ');
    if (line.through) {
      add(groups, line.through.name, ['In', line.through.in, start, line.format, line.note]);
      add(groups, line.through.name, ['Out', line.through.out, end, line.format, line.note]);
    }
    if (!line.send && line.to) add(groups, line.to, ['In', line.toPort, line.through ? [line.through.name, line.through.out].filter(Boolean).join(', ') : start, line.format, line.note]);
  }
  return sorted(groups, ['', 'Port', 'From or to', 'Format', 'Note'], (line) => `${line[0]} ${line[1]}`);
}

// "SCREEN 1A" and "SCREEN 2" are at SCREEN.
const placeOf = (line: Line): string =>
  (line.send ? String(line.send.name ?? '').replace(/[\s#-]*\d+\s*[A-Za-z]?$/, '').trim() || titleOf(line.send) : line.to) || 'Nowhere yet';

function byLocation(tables: Tables): Section[] {
  const groups = new Map<string, string[][]>();
  for (const line of lines(tables)) {
    const through = line.through ? [line.through.name, [line.through.in, line.through.out].filter(Boolean).join(' → ')].filter(Boolean).join(': ') : '';
    const at = line.send ? [line.to, text(line.send.output_connector)].filter(Boolean).join(', ') : (line.toPort || line.to);
    add(groups, placeOf(line), [at, line.from, line.fromPort, through, line.send ? formatOf(line.send) : line.format, line.note]);
  }
  return sorted(groups, ['Here', 'From', 'Output', 'Through', 'Format', 'Note'], (line) => line[0]!);
}
