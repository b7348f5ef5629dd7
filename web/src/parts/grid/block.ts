// A selection of cells, and what a block of text would do to the rows it lands on. Pure.
import type { Row, Values } from '../../sync/model.ts';
import type { Column } from './column.ts';

export interface Cell {
  row: number; // rows.length is the line for a new row
  column: number;
}

export interface Range {
  top: number;
  bottom: number; // included
  left: number;
  right: number; // included
}

export const rangeOf = (a: Cell, b: Cell): Range => ({
  top: Math.min(a.row, b.row), bottom: Math.max(a.row, b.row),
  left: Math.min(a.column, b.column), right: Math.max(a.column, b.column),
});

export const contains = (range: Range, row: number, column: number): boolean =>
  row >= range.top && row <= range.bottom && column >= range.left && column <= range.right;

// An edit of one row; null: a new one.
export interface RowEdit {
  row: Row | null;
  values: Values;
}

export interface PlannedCell {
  column: Column;
  was: string;
  text: string;
  bad: string | null;
}

export interface PlannedRow {
  row: Row | null;
  cells: PlannedCell[];
}

export interface Plan {
  rows: PlannedRow[];
  byTitle: boolean; // the first line named the columns
  leftOut: number; // columns without a place
  bad: number;
  fresh: number; // new rows
}

// A block that lands with its corner on `at`. If its first line is made of titles, they say where the
// columns go.
export function plan(block: readonly (readonly string[])[], at: Cell, rows: readonly Row[], columns: readonly Column[]): Plan {
  const first = block[0] ?? [];
  const titled = first.map((cell) => columns.find((column) => column.title.toLowerCase() === cell.trim().toLowerCase()));
  const byTitle = first.length > 1 && titled.filter(Boolean).length >= Math.ceil(first.length * 0.6);
  const targets = byTitle ? titled : first.map((_, i) => columns[at.column + i]);
  const lines = byTitle ? block.slice(1) : block;
  const planned = lines.map((line, i): PlannedRow => {
    const row = rows[at.row + i] ?? null;
    const values: Values = {};
    const cells = line.flatMap((text, j): PlannedCell[] => {
      const column = targets[j];
      if (!column?.write) return [];
      const written = column.write(text, sofar(row, values));
      if ('values' in written) Object.assign(values, written.values);
      return [{ column, was: row ? column.read(row) : '', text: text.trim(), bad: 'bad' in written ? written.bad : null }];
    });
    return { row, cells };
  }).filter((one) => one.row || one.cells.some((cell) => cell.text));
  return {
    rows: planned, byTitle,
    leftOut: targets.filter((column) => !column?.write).length,
    bad: planned.reduce((sum, one) => sum + one.cells.filter((cell) => cell.bad).length, 0),
    fresh: planned.filter((one) => !one.row).length,
  };
}

// What the plan writes: cells that are wrong are left as they are.
export function editsOf(planned: Plan): RowEdit[] {
  return planned.rows.map(({ row, cells }) => ({
    row,
    values: valuesOf(row, cells.filter((cell) => !cell.bad && (row === null || cell.text !== cell.was)).map(({ column, text }) => [column, text])),
  })).filter((edit) => Object.keys(edit.values).length > 0);
}

// One after the other: what is typed into a cell may depend on those before it.
function valuesOf(row: Row | null, cells: readonly (readonly [Column, string])[]): Values {
  const values: Values = {};
  for (const [column, text] of cells) {
    const written = column.write!(text, sofar(row, values));
    if ('values' in written) Object.assign(values, written.values);
  }
  return values;
}

const sofar = (row: Row | null, values: Values): Row | null => (row || Object.keys(values).length ? { ...row, ...values } as Row : null);

// The top line of the range into all below it; of a single line, the one above into it.
export function fillDown(range: Range, rows: readonly Row[], columns: readonly Column[]): RowEdit[] {
  const single = range.top === range.bottom;
  const from = rows[single ? range.top - 1 : range.top];
  if (!from) return [];
  const targets = rows.slice(single ? range.top : range.top + 1, range.bottom + 1);
  return editsFor(targets, columns.slice(range.left, range.right + 1), (column) => column.read(from));
}

export const clear = (range: Range, rows: readonly Row[], columns: readonly Column[]): RowEdit[] =>
  editsFor(rows.slice(range.top, range.bottom + 1), columns.slice(range.left, range.right + 1), () => '');

function editsFor(rows: readonly Row[], columns: readonly Column[], text: (column: Column) => string): RowEdit[] {
  return rows.map((row) => ({
    row,
    values: valuesOf(row, columns.filter((column) => column.write && column.read(row) !== text(column)).map((column) => [column, text(column)])),
  })).filter((edit) => Object.keys(edit.values).length > 0);
}
