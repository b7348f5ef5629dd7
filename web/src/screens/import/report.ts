// What an import says of itself, in words. Pure.
import type { Schemas } from '../../api/client.ts';
import { plural } from '../../parts/time.ts';

export type Report = Schemas['ImportReport'];

export const shownItems = 50; // of what was left out

const rows: Record<string, [one: string, many: string]> = {
  productions: ['show', 'shows'], sources: ['source', 'sources'], sends: ['send', 'sends'], connections: ['connection', 'connections'],
  equipment_specs: ['device', 'devices'], attachments: ['attachment', 'attachments'], source_outputs: ['output', 'outputs'],
};
const order = Object.keys(rows);

export const countWords = (table: string, count: number): string => {
  const [one, many] = rows[table] ?? [table, table];
  return plural(count, one, many);
};

export interface Line {
  table: string;
  name: string;
  taken: number;
  changed: number;
  known: number;
  differs: number;
  leftOut: number;
}

// A line for each table that the file has something for, shows first.
export const linesOf = (report: Report): Line[] =>
  Object.entries(report.tables)
    .map(([table, counts]) => ({
      table, name: capital((rows[table] ?? [table, table])[1]), taken: counts.taken, changed: counts.changed,
      known: counts.unchanged, differs: counts.different, leftOut: counts.left_out,
    }))
    .filter((line) => line.taken + line.changed + line.known + line.differs + line.leftOut > 0)
    .sort((a, b) => place(a.table) - place(b.table) || a.table.localeCompare(b.table));

const place = (table: string): number => (order.indexOf(table) + 1 || order.length + 1);
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

// Does an import of this change anything?
export const changesAnything = (report: Report): boolean => linesOf(report).some((line) => line.taken + line.changed > 0);

// "1 show, 21 sources would be taken. 4 devices are known and stay as they are."
export function sentences(report: Report): string[] {
  const lines = linesOf(report);
  const total = (of: (line: Line) => number): number => lines.reduce((sum, line) => sum + of(line), 0);
  const list = (of: (line: Line) => number): string => lines.filter((line) => of(line)).map((line) => countWords(line.table, of(line))).join(', ');
  const said: string[] = [];
  const is = (count: number, one: string, many: string) => (count === 1 ? one : many);
  const taken = total((line) => line.taken);
  if (taken) said.push(`${list((line) => line.taken)} ${report.dry_run ? 'would be taken' : is(taken, 'was taken', 'were taken')}.`);
  const changed = total((line) => line.changed);
  if (changed) said.push(`${list((line) => line.changed)} ${report.dry_run ? 'would be overwritten' : is(changed, 'was overwritten', 'were overwritten')}.`);
  const known = total((line) => line.known);
  if (known) said.push(`${list((line) => line.known)} ${is(known, 'is', 'are')} here already, just the same.`);
  const differs = total((line) => line.differs);
  if (differs) said.push(`${list((line) => line.differs)} ${is(differs, 'is', 'are')} here already and ${is(differs, 'differs', 'differ')}: what is here stays.`);
  if (report.left_out.length) said.push(`${plural(report.left_out.length, 'row')} can’t be taken; the reasons are below.`);
  return said.length ? said : ['There is nothing in this file that could be taken.'];
}

export const sizeWords = (bytes: number): string =>
  (bytes < 1_000 ? plural(bytes, 'byte') : bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);
