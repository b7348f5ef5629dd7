import { expect, test } from 'vitest';
import type { Entry, Op, Row } from './model.ts';
import { viewAfter, viewOf } from './table_view.ts';

const row = (id: string, values: Record<string, unknown> = {}): Row => ({
  id, version: 1, is_deleted: false, sort_order: `a${id}`, name: `CAM ${id}`, ...values,
  _meta: { etag: '"1"', by: { user: 'Ana', user_id: null, device: null }, conflicts: 0 },
});
const entry = (op: Op, state: Entry['state'] = 'queued'): Entry => ({
  id: `${op.op} ${op.id}`, production_id: 'p', label: '', ops: [op], undoes: null, seq: 1, by: { user: 'Ana', device: '' },
  created_at: '', tries: 0, state, keep_both: false, problem: null,
});
const rename = (id: string, name: string): Op => ({ op: 'update', table: 'sources', id, row: { name } });
const base = () => new Map(['1', '2', '3', '4'].map((id) => [id, row(id)]));

test('one row that changes is one new object, and the order needs no sorting', () => {
  const rows = base();
  const was = viewOf(rows, 'sources', []);
  const now = viewAfter(was, new Set(['2']), rows, 'sources', [entry(rename('2', 'JIB'))]);
  expect(now.rows.map((one) => one.name)).toEqual(['CAM 1', 'JIB', 'CAM 3', 'CAM 4']);
  expect(now.rows.filter((one, i) => one !== was.rows[i]).map((one) => one.id)).toEqual(['2']);
  expect([...now.pending.keys()]).toEqual(['2']);
  expect(was.rows[1]!.name).toBe('CAM 2');
});

test('where nothing came of it the view is the same one', () => {
  const rows = base();
  const was = viewOf(rows, 'sources', [entry(rename('2', 'JIB'))]);
  expect(viewAfter(was, new Set(['1', '3']), rows, 'sources', [entry(rename('2', 'JIB'))])).toBe(was);
});

// Small, and the same in every run.
function drawn(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('view after view is what is made anew, whatever happens in between', () => {
  let added = 0;
  for (let seed = 1; seed <= 60; ++seed) {
    const draw = drawn(seed);
    const rows = base();
    let entries: Entry[] = [];
    let view = viewOf(rows, 'sources', entries);
    for (let step = 0; step < 30; ++step) {
      const id = String(1 + draw(7));
      const deeds: (() => void)[] = [
        () => rows.set(id, row(id, { name: `V${step}` })),
        () => rows.set(id, row(id, { sort_order: draw(4) ? `a${draw(9)}` : null })),
        () => rows.delete(id),
        () => (entries = [...entries, entry(rename(id, `E${step}`))]),
        () => (entries = [...entries, entry({ op: 'create', table: 'sources', id, row: { name: 'NEW' } })]),
        () => (entries = [...entries, entry({ op: 'delete', table: 'sources', id })]),
        () => (entries = [...entries, entry({ op: 'restore', table: 'sources', id, row: { name: 'BACK' } })]),
        () => (entries = entries.filter((one) => one.ops[0]!.id !== id)),
        () => (entries = entries.map((one) => (one.ops[0]!.id === id ? { ...one, state: 'parked' } : one))),
      ];
      deeds[draw(deeds.length)]!();
      view = viewAfter(view, new Set([id, ...(draw(2) ? [String(1 + draw(7))] : [])]), rows, 'sources', entries);
      const fresh = viewOf(rows, 'sources', entries);
      expect(view.rows, `seed ${seed}, step ${step}`).toEqual(fresh.rows);
      expect(new Map([...view.byId].sort()), `seed ${seed}, step ${step}`).toEqual(new Map([...fresh.byId].sort()));
      expect(new Map([...view.pending].sort()), `seed ${seed}, step ${step}`).toEqual(new Map([...fresh.pending].sort()));
      added += Number(view.rows.length > 4);
    }
  }
  expect(added).toBeGreaterThan(50);
});
