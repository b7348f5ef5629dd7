import { expect, test } from 'vitest';
import type { Row } from '../../sync/model.ts';
import { clear, editsOf, fillDown, plan, rangeOf } from './block.ts';
import { choice, compare, number, text } from './column.ts';

const row = (id: string, values: Record<string, unknown>): Row => ({
  id, version: 1, is_deleted: false, sort_order: null, ...values,
  _meta: { etag: '"1"', by: { user: null, user_id: null, device: null }, conflicts: 0 },
});
const columns = [
  text('name', 'Name', 100, { required: true }),
  number('h_res', 'H res', 80, 1, 32_768, true),
  choice('blanking', 'Blanking', 80, ['none', 'RBv1', 'RBv2']),
];
const rows = [row('a', { name: 'CAM 1', h_res: 1920, blanking: 'none' }), row('b', { name: 'CAM 2', h_res: null, blanking: null })];

test('a block changes the rows it lands on and makes new ones below', () => {
  const planned = plan([['CAM 2', '3840'], ['CAM 3', '1280']], { row: 1, column: 0 }, rows, columns);
  expect(planned).toMatchObject({ bad: 0, fresh: 1, leftOut: 0, byTitle: false });
  expect(editsOf(planned)).toEqual([
    { row: rows[1], values: { h_res: 3840 } },
    { row: null, values: { name: 'CAM 3', h_res: 1280 } },
  ]);
});

test('titles in the first line say where the columns go', () => {
  const planned = plan([['blanking', 'Name', 'Owner'], ['rbv1', 'CAM 9', 'x']], { row: 0, column: 1 }, rows, columns);
  expect(planned).toMatchObject({ byTitle: true, leftOut: 1 });
  expect(editsOf(planned)).toEqual([{ row: rows[0], values: { blanking: 'RBv1', name: 'CAM 9' } }]);
});

test('a wrong cell is told and left as it is', () => {
  const planned = plan([['', 'wide', 'RBv2']], { row: 0, column: 0 }, rows, columns);
  expect(planned.rows[0]!.cells.map((cell) => cell.bad)).toEqual(["Name can't be empty", 'H res is a whole number from 1 to 32768', null]);
  expect(editsOf(planned)).toEqual([{ row: rows[0], values: { blanking: 'RBv2' } }]);
});

test('fill down takes the top line, or the line above a single one', () => {
  const both = [{ row: rows[1], values: { h_res: 1920, blanking: 'none' } }];
  expect(fillDown(rangeOf({ row: 0, column: 1 }, { row: 1, column: 2 }), rows, columns)).toEqual(both);
  expect(fillDown(rangeOf({ row: 1, column: 1 }, { row: 1, column: 2 }), rows, columns)).toEqual(both);
  expect(fillDown(rangeOf({ row: 0, column: 1 }, { row: 0, column: 1 }), rows, columns)).toEqual([]);
});

test('clearing leaves what is required', () => {
  expect(clear(rangeOf({ row: 0, column: 0 }, { row: 0, column: 2 }), rows, columns))
    .toEqual([{ row: rows[0], values: { h_res: null, blanking: null } }]);
});

test('SRC 2 comes before SRC 10, and empty ones last in both directions', () => {
  const of = (...names: string[]) => names.map((name) => row(name, { name }));
  const sorted = (down: boolean) => of('SRC 10', '', 'SRC 2').sort(compare(columns[0]!, down)).map((one) => one.id);
  expect(sorted(false)).toEqual(['SRC 2', 'SRC 10', '']);
  expect(sorted(true)).toEqual(['SRC 10', 'SRC 2', '']);
});
