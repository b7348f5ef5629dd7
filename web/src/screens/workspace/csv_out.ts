// A sheet as CSV (RFC 4180), as spreadsheets and the import of this app read it. Pure but for `download`.
import type { Column } from '../../parts/grid/column.ts';
import type { Row } from '../../sync/model.ts';

// A text that a spreadsheet would carry out as a formula gets an apostrophe, which spreadsheets hide.
const formula = /^[=@\t\r]|^[+-](?![\d.,\s]*$)/;

function cell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvOf = (columns: readonly Column[], rows: readonly Row[]): string =>
  [columns.map((column) => column.title), ...rows.map((row) => columns.map((column) => column.read(row)))]
    .map((line) => line.map(cell).join(',')).join('\r\n') + '\r\n';

// "Gala 2027 sources.csv"
export const fileName = (show: string, what: string, ending: string): string =>
  `${`${show} ${what}`.replace(/[^\p{L}\p{N} ._-]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, 120)}.${ending}`;

const mark = '﻿'; // or Excel takes UTF-8 for something else

export function download(name: string, csv: string): void {
  const url = URL.createObjectURL(new Blob([mark, csv], { type: 'text/csv;charset=utf-8' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
