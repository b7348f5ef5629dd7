// The pure parts of what a sheet can do: labels, outputs, files, the show as it was, paper.
import { expect, test } from 'vitest';
import { byTable, type Row } from '../../sync/model.ts';
import { extent, sectionsOf } from '../print/patch.ts';
import { fileName } from '../../parts/file.ts';
import { csvOf } from './csv_out.ts';
import { clashes, labelStart, relabel } from './labels.ts';
import { connectorsOf, outputsFor, outputsOf } from './outputs.ts';
import { isEvent, since, tablesOf } from './past.ts';
import { columnsOf } from './sheets.ts';

const row = (id: string, values: Record<string, unknown>): Row => ({
  id, version: 1, is_deleted: false, sort_order: null, ...values,
  _meta: { etag: '"1"', by: { user: null, user_id: null, device: null }, conflicts: 0 },
});
const show = (parts: Record<string, unknown> = {}) => tablesOf({ id: 'p', show_name: 'Gala', sources: [], sends: [], connections: [], conflicts: [], ...parts });

test('labels are numbered from what most of them begin with; those of others are told', () => {
  const rows = [row('a', { label: 'SRC 7' }), row('b', { label: 'SRC 3' }), row('c', { label: null }), row('d', { label: 'roof' })];
  expect(labelStart(rows, 'SOU ')).toEqual({ prefix: 'SRC ', start: '3' });
  expect(labelStart([], 'SOU ')).toEqual({ prefix: 'SOU ', start: '1' });
  const planned = relabel(rows.slice(0, 2), 'CAM ', '09');
  expect(planned.map((one) => one.label)).toEqual(['CAM 09', 'CAM 10']);
  expect(clashes(relabel([rows[0]!], 'SRC ', '3'), rows)).toEqual(['SRC 3']);
});

test('outputs that are typed keep those that are there', () => {
  expect(connectorsOf('SDI ×2, HDMI')).toEqual(['SDI', 'SDI', 'HDMI']);
  expect(connectorsOf('3x SDI; 12G-SDI x2')).toEqual(['SDI', 'SDI', 'SDI', '12G-SDI', '12G-SDI']);
  expect([connectorsOf(''), connectorsOf('SDI x0'), connectorsOf('SDI x900')]).toEqual([[], null, null]);
  const source = row('s', { outputs: [{ id: 'o2', connector: 'SDI', output_index: 2 }, { id: 'o1', connector: 'HDMI', output_index: 1, label: 'PC' }] });
  expect(outputsOf(source).map((one) => one.id)).toEqual(['o1', 'o2']);
  const next = outputsFor(source, ['SDI', 'SDI']);
  expect(next.map((one) => [one.connector, one.output_index])).toEqual([['SDI', 2], ['SDI', 3]]);
  expect(next[0]!.id).toBe('o2');
});

test('CSV holds commas, lines and quotes, and nothing that a spreadsheet would carry out', () => {
  const columns = columnsOf('sources', show(), () => show()).filter((column) => ['label', 'name', 'note'].includes(column.key));
  const text = csvOf(columns, [row('a', { label: 'SRC 1', name: 'CAM, left', note: 'say "go"\nnow' }), row('b', { label: '=1+1', name: '-3', note: '+cmd' })]);
  expect(text).toBe('Label,Name,Note\r\nSRC 1,"CAM, left","say ""go""\nnow"\r\n\'=1+1,-3,\'+cmd\r\n');
  expect(fileName('Gala: 2027/“A”', 'sources', 'csv')).toBe('Gala 2027 A sources.csv');
});

test('what changed since: cells of rows that are there, deleted ones, new ones', () => {
  const then = show({ sources: [row('a', { name: 'CAM 1', h_res: 1920 }), row('b', { name: 'CAM 2' }), row('c', { name: 'CAM 3' })] });
  const now = show({ sources: [row('a', { name: 'CAM 1', h_res: 3840 }), row('c', { name: 'CAM 3' }), row('d', { name: 'JIB' })] });
  const columns = (of: typeof then) => columnsOf('sources', of, () => of);
  const changes = since(then.sources.rows, columns(then), now.sources.rows, columns(now));
  expect([...changes.changed].map(([id, cells]) => [id, ...cells])).toEqual([['a', ['h_res', '3840']], ['b', ['name', 'deleted']]]);
  expect([changes.deleted.map((one) => one.id), changes.made.map((one) => one.id)]).toEqual([['b'], ['d']]);
  expect([isEvent('e24b8cfc-783a-4a26-bc4c-c3359b2f36ba.51a72982-e9fc-4ca1-a60d-a827e300f1d0.8'), isEvent('2026-11-22T18:42:03.114Z')]).toEqual([true, false]);
});

test('on paper a device has what goes in and what comes out, and a place what arrives there', () => {
  const tables = show({
    sources: [row('s', { label: 'SRC 1', name: 'CAM 1', h_res: 1920, v_res: 1080, rate: 50, outputs: [{ id: 'o', connector: 'SDI', output_index: 1 }] })],
    sends: [row('d', { label: null, name: 'SCREEN 1A', output_connector: 'DP' })],
    connections: [
      row('c', { source_id: 's', source_output_id: 'o', intermediate_id: 'r', intermediate_type: 'router', intermediate_input: 'In 2', intermediate_output: 'Out 9', destination_id: 'd', destination_type: 'send',
        signal_path: [{ id: 's', name: 'CAM 1' }, { id: 'r', name: 'ROUTER 01', in: 'In 2' }, { id: 'd', name: 'SCREEN 1A' }] }),
      row('e', { source_id: 's', source_output_id: 'o', destination_id: 'w', destination_type: 'switcher', signal_path: [{ id: 's', name: 'CAM 1' }, { id: 'w', name: 'E2', in: 'IN 1.1' }] }),
    ],
  });
  expect(sectionsOf('device', tables, {}).map(({ title, lines }) => [title, lines])).toEqual([
    ['E2', [['In', 'IN 1.1', 'SRC 1 CAM 1, SDI 1', '1920×1080 50', '']]],
    ['ROUTER 01', [['In', 'In 2', 'SRC 1 CAM 1, SDI 1', '1920×1080 50', ''], ['Out', 'Out 9', 'SCREEN 1A', '1920×1080 50', '']]],
  ]);
  expect(sectionsOf('location', tables, {}).map(({ title, lines }) => [title, lines[0]])).toEqual([
    ['E2', ['IN 1.1', 'SRC 1 CAM 1', 'SDI 1', '', '1920×1080 50', '']],
    ['SCREEN', ['SCREEN 1A, DP', 'SRC 1 CAM 1', 'SDI 1', 'ROUTER 01: In 2 → Out 9', '', '']],
  ]);
  const sources = sectionsOf('sources', tables, { q: 'cam' });
  expect(extent('sources', sources, tables)).toBe('1 source');
  expect(extent('sources', sectionsOf('sources', tables, { q: 'zzz' }), tables)).toBe('0 of 1 source');
  expect(byTable((table) => tables[table].rows.length)).toMatchObject({ productions: 1, equipment_specs: 0 });
});
