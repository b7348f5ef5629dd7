// @vitest-environment happy-dom
// The grid as somebody uses it: keys, a look at who may type, what is drawn again.
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { MantineProvider } from '@mantine/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Row } from '../../sync/model.ts';
import { choice, number, text, type Column } from './column.ts';
import { Grid, type GridProps } from './grid.tsx';

const row = (id: string, values: Record<string, unknown> = {}): Row => ({
  id, version: 1, is_deleted: false, sort_order: null, name: `CAM ${id}`, h_res: 1920, note: null, outputs: [], ...values,
  _meta: { etag: '"1"', by: { user: null, user_id: null, device: null }, conflicts: 0 },
});
const opening: Column = { key: 'outputs', title: 'Outputs', width: 80, columns: ['outputs'], read: () => 'SDI', opens: true, write: () => ({ values: {} }) };
const columns = [text('name', 'Name', 100, { required: true }), number('h_res', 'H res', 80, 1, 32_768, true), choice('note', 'Note', 80, ['a', 'b']), opening];
const rows = ['1', '2', '3', '4'].map((id) => row(id));
const none = new Map();
const told = { onEdit: vi.fn(), onBad: vi.fn(), onPlace: vi.fn(), onSelect: vi.fn(), onSort: vi.fn(), onMove: vi.fn(), onOpen: vi.fn() };

const view = (props: Partial<GridProps> = {}) => (
  <MantineProvider><Grid label="Sources" columns={columns} rows={rows} pending={none} marks={none} here={none} sort={null} newRow="source" {...told} {...props} /></MantineProvider>
);
const grid = () => screen.getByRole('grid');
const press = (key: string, more = {}) => fireEvent.keyDown(grid(), { key, ...more });
const cells = (index: number) => document.querySelectorAll<HTMLElement>(`[data-cell^="${index}:"]`);

beforeEach(() => {
  Object.defineProperty(window, 'matchMedia', { writable: true, value: () => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} }) });
  // There is no layout here: the grid is 600 px high.
  for (const [name, value] of [['clientHeight', 600], ['clientWidth', 800]] as const) Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });
});
afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

test('typing and Enter write into the active cell, and the next one is below', () => {
  render(view());
  press('ArrowLeft');
  press('J');
  const field = screen.getByRole('textbox', { name: 'Name' });
  fireEvent.change(field, { target: { value: 'JIB' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  expect(told.onEdit).toHaveBeenCalledExactlyOnceWith('Name of CAM 1', [{ row: rows[0], values: { name: 'JIB' } }]);
  expect(grid().getAttribute('aria-activedescendant')).toBe('cell-1-0');
});

test('Alt and arrows move what is selected, and stop at the ends', () => {
  render(view());
  press('ArrowDown');
  press('ArrowDown', { shiftKey: true });
  press('ArrowDown', { altKey: true });
  expect(told.onMove).toHaveBeenCalledExactlyOnceWith([rows[1], rows[2]], 4);
  press('ArrowUp', { ctrlKey: true });
  press('ArrowUp', { altKey: true });
  expect(told.onMove).toHaveBeenCalledOnce();
});

test('a column that opens does so on Enter; typing still writes', () => {
  render(view());
  press('End');
  press('Enter');
  expect(told.onOpen).toHaveBeenCalledExactlyOnceWith(rows[0], opening);
  press('x');
  expect(screen.getByRole('textbox', { name: 'Outputs' })).toBeTruthy();
});

test('what is to read is not written, by no key, and has no line for a new row', () => {
  render(view({ readOnly: 'Only to read', newRow: null }));
  press('x');
  press('Delete');
  press('Enter');
  press('d', { ctrlKey: true });
  fireEvent.paste(grid(), { clipboardData: { getData: () => 'A\tB' } });
  expect(told.onEdit).not.toHaveBeenCalled();
  expect(new Set(told.onBad.mock.calls.flat())).toEqual(new Set(['Only to read']));
  expect(grid().getAttribute('aria-rowcount')).toBe('5'); // four and the titles
  expect(document.querySelector('[data-row="new"]')).toBeNull();
});

test('a row says what is to know of it, to the eye and to a screen reader', () => {
  const conflict: Row = { ...row('5'), _meta: { ...row('5')._meta, conflicts: 1 } };
  render(view({ rows: [...rows, conflict], pending: new Map([['2', new Set(['name'])]]), whereOf: (one) => (one.id === '1' ? 'cloud' : 'box'), here: new Map([['4', 'Ben Berg']]) }));
  const said = (index: number) => screen.getAllByRole('rowheader')[index]!.querySelector('[role=img]')?.getAttribute('aria-label');
  expect([0, 1, 2, 4].map(said)).toEqual(['in the cloud', 'waiting', 'on the box', 'conflict']);
  expect(document.querySelector('[data-number="2"]')!.getAttribute('title')).toBe('On the box at the venue, not in the cloud yet');
  expect(screen.getByText('Ben Berg is here')).toBeTruthy();
  expect(cells(1)[0]!.title).toBe('On this device, on its way to the node');
});

test('what was compared with stands beside what was', () => {
  render(view({ differs: new Map([['1', new Map([['h_res', '3840'], ['note', '']])]]) }));
  expect([...cells(0)].map((one) => one.textContent)).toEqual(['CAM 1', '1920→ 3840', '→ empty', 'SDI']);
});

test('one row that changes is one line that is drawn', () => {
  const drawn: string[] = [];
  const counting: Column[] = [{ ...columns[0]!, read: (one) => (drawn.push(one.id), String(one.name)) }];
  const { rerender } = render(view({ columns: counting }));
  drawn.length = 0;
  act(() => rerender(view({ columns: counting, rows: rows.map((one) => (one.id === '3' ? { ...one, name: 'ROOF' } : one)) })));
  expect(drawn).toEqual(['3']);
});
