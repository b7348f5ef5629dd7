// Which rows of a sheet are shown, in which order. Pure.
import { compare, type Column } from '../../parts/grid/column.ts';
import type { Sort } from '../../parts/grid/head.tsx';
import type { Row } from '../../sync/model.ts';

export interface View {
  q?: string; // words that a row must have
  type?: string;
  sort?: string; // 'name', '-name'
}

export const sortOf = (sort: string | undefined): Sort | null =>
  (sort ? { key: sort.replace(/^-/, ''), descending: sort.startsWith('-') } : null);

// Each word of the search begins one of a row's words.
const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{N}.]+/u).filter(Boolean);

export function viewOf(rows: readonly Row[], columns: readonly Column[], { q, type, sort }: View): readonly Row[] {
  const asked = wordsOf(q ?? '');
  const fits = (row: Row): boolean => {
    if (type && row.type !== type) return false;
    if (!asked.length) return true;
    const has = columns.flatMap((column) => wordsOf(column.read(row)));
    return asked.every((word) => has.some((one) => one.startsWith(word)));
  };
  const wanted = sortOf(sort);
  const column = columns.find((one) => one.key === wanted?.key);
  const shown = asked.length || type ? rows.filter(fits) : rows;
  return column ? [...shown].sort(compare(column, wanted!.descending)) : shown;
}

export const typesOf = (rows: readonly Row[]): string[] =>
  [...new Set(rows.map((row) => String(row.type ?? '')).filter(Boolean))].sort();
