// A sheet as CSV (RFC 4180), as spreadsheets and the import of this app read it. Pure but for `downloadCsv`.
import { download } from '../../parts/file.ts';
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

const mark = '﻿'; // or Excel takes UTF-8 for something else

export const downloadCsv = (name: string, csv: string): void => download(name, [mark, csv], 'text/csv;charset=utf-8');
