import { expect, test } from 'vitest';
import type { Entry, Op, Row } from './model.ts';
import { inverse, inverseOf, overlay, rebase } from './overlay.ts';

const row = (id: string, values: Record<string, unknown> = {}, etag = '"1"'): Row => ({
  id, version: 1, is_deleted: false, sort_order: 'a0', ...values,
  _meta: { etag, by: { user: 'Ana', user_id: null, device: null }, conflicts: 0 },
});
const entry = (ops: Op[], state: Entry['state'] = 'queued'): Entry => ({
  id: 'e', production_id: 'p', label: '', ops, undoes: null, seq: 1, by: { user: 'Ana', device: '' },
  created_at: '', tries: 0, state, keep_both: false, problem: null,
});
const rowsOf = (...rows: Row[]) => new Map(rows.map((one) => [one.id, one]));
const update: Op = { op: 'update', table: 'sources', id: 'a', row: { name: 'CAM 2' }, before: { name: 'CAM 1' }, base_version: '"1"' };

test('an edit is shown at once, marked, and leaves the other rows the same objects', () => {
  const base = rowsOf(row('a', { name: 'CAM 1', note: 'roof' }), row('b'));
  const shown = overlay(base, 'sources', [entry([update])]);
  expect(shown.rows.get('a')).toMatchObject({ name: 'CAM 2', note: 'roof' });
  expect([...shown.pending.get('a')!]).toEqual(['name']);
  expect(shown.rows.get('b')).toBe(base.get('b'));
  expect(base.get('a')!.name).toBe('CAM 1');
});

test('edits apply in order: created, changed, deleted, brought back', () => {
  const create: Op = { op: 'create', table: 'sources', id: 'n', row: { name: 'NEW' } };
  const change: Op = { op: 'update', table: 'sources', id: 'n', row: { name: 'NEWER' } };
  const made = overlay(rowsOf(), 'sources', [entry([create]), entry([change])]);
  expect(made.rows.get('n')).toMatchObject({ name: 'NEWER', outputs: [] });
  const gone = overlay(rowsOf(), 'sources', [entry([create, change, { op: 'delete', table: 'sources', id: 'n' }])]);
  expect(gone.rows.size).toBe(0);
  const back = overlay(rowsOf(), 'sources', [entry([{ op: 'restore', table: 'sources', id: 'n', row: { name: 'OLD' } }])]);
  expect(back.rows.get('n')).toMatchObject({ name: 'OLD' });
});

test('what was refused, and what is of another table, is not shown', () => {
  const base = rowsOf(row('a', { name: 'CAM 1' }));
  expect(overlay(base, 'sources', [entry([update], 'parked')]).rows.get('a')!.name).toBe('CAM 1');
  expect(overlay(base, 'sends', [entry([update])]).rows.get('a')!.name).toBe('CAM 1');
});

test('a row that the node has already shown wins over what its author sent', () => {
  const create: Op = { op: 'create', table: 'sources', id: 'a', row: { name: 'CAM 1' } };
  const shown = overlay(rowsOf(row('a', { name: 'CAM 1', sort_order: 'b0' })), 'sources', [entry([create])]);
  expect(shown.rows.get('a')!.sort_order).toBe('b0');
});

test('the inverse of the inverse is the op, and a paste is taken back from its end', () => {
  for (const op of [update, { op: 'create', table: 'sends', id: 'x', row: { name: 'S' } } as Op]) {
    const twice = inverse(inverse(op));
    expect(twice.row).toEqual(op.row);
    expect(['create', 'restore', 'update']).toContain(twice.op);
  }
  const create: Op = { op: 'create', table: 'sources', id: 'n', row: { name: 'NEW' } };
  expect(inverseOf([create, update]).map((op) => op.op)).toEqual(['update', 'delete']);
});

test('an edit behind another stands on its answer, unless others changed the same column', () => {
  expect(rebase(update, row('a', { name: 'CAM 1' }, '"2"')).base_version).toBe('"2"');
  expect(rebase(update, row('a', { name: 'theirs' }, '"2"')).base_version).toBe('"1"');
  expect(rebase(update, row('b', { name: 'CAM 1' }, '"2"')).base_version).toBe('"1"');
});

test('a deletion stands on the answer only where the row is what its author saw', () => {
  const gone: Op = { op: 'delete', table: 'sources', id: 'a', base_version: '"1"', before: row('a', { name: 'CAM 1', outputs: [{ id: 'o', connector: 'SDI', version: 1, _meta: {} }] }) };
  const same = { name: 'CAM 1', outputs: [{ id: 'o', connector: 'SDI', version: 2, _meta: { etag: 'x' } }] };
  expect(rebase(gone, row('a', same, '"2"')).base_version).toBe('"2"');
  expect(rebase(gone, row('a', { ...same, name: 'CAM 9' }, '"2"')).base_version).toBe('"1"');
});

test('what the same person wrote here is no reason to stop; what others wrote is', () => {
  const mine = (value: unknown) => (column: string) => (column === 'name' ? { value } : undefined);
  const upon = rebase(update, row('a', { name: 'REDONE' }, '"3"'), mine('REDONE'));
  expect(upon).toMatchObject({ base_version: '"3"', row: { name: 'CAM 2' }, before: { name: 'REDONE' } });
  expect(rebase(update, row('a', { name: 'theirs' }, '"3"'), mine('REDONE'))).toBe(update);
  expect(rebase(update, row('a', { name: null }, '"3"'), mine(null)).base_version).toBe('"3"');
  const both: Op = { ...update, row: { name: 'X', note: 'y' }, before: { name: 'CAM 1', note: 'seen' } };
  expect(rebase(both, row('a', { name: 'REDONE', note: 'theirs' }, '"3"'), mine('REDONE'))).toBe(both);
});

test('a list of children that the same person brought back takes what was changed in it', () => {
  const child = (id: string, label: string) => ({ id, label });
  const edit: Op = { op: 'update', table: 'sources', id: 'a', base_version: '"1"', before: { outputs: [child('1', 'A')] }, row: { outputs: [child('1', 'B')] } };
  const redone = [child('1', 'Z'), child('2', 'new')];
  const now = row('a', { outputs: redone.map((one) => ({ ...one, version: 4 })) }, '"3"');
  expect(rebase(edit, now, () => ({ value: redone })).row!.outputs).toEqual([child('1', 'B'), child('2', 'new')]);
  expect(rebase(edit, now, () => ({ value: [child('1', 'Z')] }))).toBe(edit);
});
