import { expect, test } from 'vitest';
import { headings, mapOf } from './csv.ts';
import { changesAnything, linesOf, sentences, sizeWords, type Report } from './report.ts';

const counts = (some: Partial<Report['tables'][string]>) => ({ taken: 0, changed: 0, unchanged: 0, different: 0, left_out: 0, ...some });
const report = (some: Partial<Report>): Report => ({ dry_run: true, tables: {}, left_out: [], different: [], kept: [], notes: [], ...some });

test('headings as spreadsheets write them: separators, quotes, a byte order mark, the line of Excel', () => {
  expect(headings('\ufeffName;H RES;"Note; long"\nCAM 1;1920;x')).toEqual(['Name', 'H RES', 'Note; long']);
  expect(headings('Name,"say ""go"" "\r\n')).toEqual(['Name', 'say "go"']);
  expect(headings('sep=;\r\nA,1;B\r\n')).toEqual(['A,1', 'B']);
  expect(headings('Label\tName')).toEqual(['Label', 'Name']);
});

test('only what somebody chose is mapped; nothing is a choice, too', () => {
  expect(mapOf(['Titel', 'type', 'Old, "x"', ''], ['name', 'auto', 'leave', 'note'])).toBe('"Titel=name","Old, ""x""="');
  expect(mapOf(['name'], [])).toBe('');
});

test('a dry run is told in words: what would be taken, is known, differs, or can’t be taken', () => {
  const dry = report({
    tables: { sources: counts({ taken: 21, left_out: 1 }), productions: counts({ taken: 1 }), equipment_specs: counts({ unchanged: 4, different: 1 }), sends: counts({}) },
    left_out: [{ file: 'x', pointer: '/sources/3', label: 'SRC 4', reason: 'h_res must be 1..32768' }],
  });
  expect(linesOf(dry).map((line) => line.table)).toEqual(['productions', 'sources', 'equipment_specs']);
  expect(sentences(dry)).toEqual([
    '1 show, 21 sources would be taken.', '4 devices are here already, just the same.',
    '1 device is here already and differs: what is here stays.', '1 row can’t be taken; the reasons are below.',
  ]);
  expect(changesAnything(dry)).toBe(true);
});

test('what was done is told as done, and nothing as nothing', () => {
  expect(sentences(report({ dry_run: false, tables: { productions: counts({ taken: 1 }) } }))).toEqual(['1 show was taken.']);
  expect(sentences(report({}))).toEqual(['There is nothing in this file that could be taken.']);
  expect(changesAnything(report({ tables: { sends: counts({ unchanged: 3 }) } }))).toBe(false);
  expect([sizeWords(1), sizeWords(12_016), sizeWords(5_300_000)]).toEqual(['1 byte', '12 kB', '5.3 MB']);
});
