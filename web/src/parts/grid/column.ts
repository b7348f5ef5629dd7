// A column of the grid: how a row reads in it, and what typed text means.
import type { Row, Values } from '../../sync/model.ts';

export type Written = { values: Values } | { bad: string };

export interface Column {
  key: string; // in the address, for sort
  title: string;
  width: number; // px
  columns: readonly string[]; // of the row: for marks
  read(row: Row): string;
  write?(text: string, row: Row | null): Written; // none: read only
  number?: true;
  long?: true; // text of several lines
  opens?: true; // Enter and a double click open more than a field; see the grid's onOpen
  choices?: () => readonly string[]; // offered while typing
}

type Rest = Partial<Pick<Column, 'choices' | 'long'>>;

const shown = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
const base = (key: string, title: string, width: number) =>
  ({ key, title, width, columns: [key], read: (row: Row) => shown(row[key]) });

export const text = (key: string, title: string, width: number, rest: Rest & { required?: true; most?: number } = {}): Column => {
  const { required, most = 1_000, ...more } = rest;
  return {
    ...base(key, title, width), ...more,
    write(typed) {
      const value = typed.trim();
      if (!value && required) return { bad: `${title} can't be empty` };
      if (new TextEncoder().encode(value).length > most) return { bad: `${title} is longer than ${most} bytes` };
      return { values: { [key]: value || null } };
    },
  };
};

export const number = (key: string, title: string, width: number, least: number, most: number, whole: boolean): Column => ({
  ...base(key, title, width), number: true,
  write(typed) {
    if (!typed.trim()) return { values: { [key]: null } };
    const value = Number(typed.trim().replace(',', '.'));
    if (!Number.isFinite(value) || value < least || value > most || (whole && !Number.isInteger(value)))
      return { bad: `${title} is a ${whole ? 'whole ' : ''}number from ${least} to ${most}` };
    return { values: { [key]: value } };
  },
});

// One of a few words; typed in any case, or the beginning of it.
export const choice = (key: string, title: string, width: number, choices: readonly string[]): Column => ({
  ...base(key, title, width), choices: () => choices,
  write(typed) {
    const asked = typed.trim().toLowerCase();
    if (!asked) return { values: { [key]: null } };
    const found = choices.find((one) => one.toLowerCase() === asked) ?? choices.find((one) => one.toLowerCase().startsWith(asked));
    return found ? { values: { [key]: found } } : { bad: `${title} is one of ${choices.join(', ')}` };
  },
});

// Text by the numbers in it (SRC 2 before SRC 10), empty last.
export function compare(column: Column, descending: boolean): (a: Row, b: Row) => number {
  const sign = descending ? -1 : 1;
  const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return (a, b) => {
    const [x, y] = [column.read(a), column.read(b)];
    if (!x || !y) return Number(!x) - Number(!y);
    return sign * order.compare(x, y);
  };
}
