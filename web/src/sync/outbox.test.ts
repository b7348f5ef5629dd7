import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import type { Draft, Entry, Op, Row } from './model.ts';
import { newId } from './ids.ts';
import { Outbox, type OutboxListener } from './outbox.ts';
import { Store } from './store.ts';

const ana = { user: 'Ana', device: 'FOH tablet' };
const show = '018f6b1e-0000-7000-8000-000000000001';

const row = (id: string, etag: string, values: Record<string, unknown> = {}): Row => ({
  id, version: 1, is_deleted: false, sort_order: 'a0', ...values,
  _meta: { etag, by: { user: 'Ana', user_id: null, device: null }, conflicts: 0 },
});
const rename = (to: string, from: string, base = '"1"'): Op => (
  { op: 'update', table: 'sources', id: 'a', row: { name: to }, before: { name: from }, base_version: base });
const draft = (label: string, ...ops: Op[]): Draft => ({ id: newId(), production_id: show, label, ops, undoes: null });

interface Sent {
  path: string;
  body: { ops: Op[]; event?: string };
  key: string;
  prefer: string | undefined;
}

type Reply = (sent: Sent) => [number, unknown] | 'unreachable';

let opened: { store: Store; box: Outbox }[] = [];
let count = 0;
afterEach(async () => {
  for (const { box } of opened) await box.stop();
  for (const { store } of opened) store.close();
  opened = [];
});

async function outbox(reply: Reply, store?: Store) {
  store ??= await Store.open(`test-${++count}`);
  const sent: Sent[] = [];
  const settled: Entry[] = [];
  const rows = new Map<string, Row>();
  const listener: OutboxListener = {
    entry: () => undefined,
    settled: (entry) => void settled.push(entry),
    parked: () => undefined,
    unreachable: () => undefined,
    row: (_show, _table, id) => rows.get(id),
    seen: () => Promise.resolve(),
  };
  const ask = (async (path: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    const one = { path, body: JSON.parse(init.body as string), key: headers['Idempotency-Key']!, prefer: headers.Prefer };
    sent.push(one);
    const answer = reply(one);
    if (answer === 'unreachable') throw new TypeError('fetch failed');
    return new Response(JSON.stringify(answer[1]), { status: answer[0] });
  }) as unknown as typeof fetch;
  const box = new Outbox(store, ask, listener);
  await box.load();
  opened.push({ store, box });
  return { box, store, sent, settled, rows };
}

const taken = (sent: Sent, n: number): [number, unknown] => [200, {
  event: `event-${n}`,
  results: (sent.body.ops ?? []).map((op) => ({ status: 200, row: row(op.id, `"${n + 1}"`, op.row) })),
}];
const conflict: [number, unknown] = [409, { type: '/problems/field-conflict', title: 'Someone changed the same field', status: 409, current: row('a', '"9"', { name: 'theirs' }) }];

test('edits go out in order, the second on the answer to the first', async () => {
  let n = 0;
  const { box, sent, settled } = await outbox((one) => taken(one, ++n));
  await box.add(draft('one', rename('B', 'A')), ana);
  await box.add(draft('two', rename('C', 'B')), ana);
  await vi.waitFor(() => expect(settled).toHaveLength(2));
  expect(sent.map((one) => one.body.ops[0]!.base_version)).toEqual(['"1"', '"2"']);
  expect(box.entries).toEqual([]);
});

test('an edit without an answer is sent again as it was, under its key, and outlives a reload', async () => {
  const first = await outbox(() => 'unreachable');
  const edit = draft('one', rename('B', 'A'));
  await first.box.add(edit, ana);
  await first.box.add(draft('two', rename('C', 'B')), ana);
  await vi.waitFor(() => expect(first.sent).toHaveLength(1));
  await first.box.stop();

  let n = 0;
  const second = await outbox((one) => taken(one, ++n), first.store);
  expect(second.box.entries.map((entry) => entry.label)).toEqual(['one', 'two']);
  second.box.hurry();
  await vi.waitFor(() => expect(second.settled).toHaveLength(2));
  expect(second.sent[0]).toEqual(first.sent[0]);
  expect(second.sent[0]!.key).toBe(edit.id);
});

test('an edit that is handed over twice is one edit', async () => {
  const { box, settled, sent } = await outbox((one) => taken(one, 1));
  const edit = draft('one', rename('B', 'A'));
  await Promise.all([box.add(edit, ana), box.add(edit, ana)]);
  await vi.waitFor(() => expect(settled).toHaveLength(1));
  await box.add(edit, ana);
  expect(sent).toHaveLength(1);
});

test('a refused edit is parked, the next ones go on, and nothing is dropped', async () => {
  let n = 0;
  const { box, settled } = await outbox((one) => (++n === 1 ? conflict : taken(one, n)));
  await box.add(draft('refused', rename('B', 'A')), ana);
  await box.add(draft('next', { ...rename('X', 'Y'), id: 'b' }), ana);
  await vi.waitFor(() => expect(settled).toHaveLength(1));
  expect(box.entries).toMatchObject([{ label: 'refused', state: 'parked', problem: { status: 409 } }]);
});

test('mine goes on the row as it is now, both asks the node to keep both, theirs lets go', async () => {
  let n = 0;
  const { box, sent, settled } = await outbox((one) => (one.prefer || one.body.ops[0]!.base_version === '"9"' ? taken(one, ++n) : conflict));
  const edit = async (label: string) => {
    const one = draft(label, rename('B', 'A'));
    await box.add(one, ana);
    await vi.waitFor(() => expect(box.entries.at(-1)?.state).toBe('parked'));
    return one.id;
  };
  const both = await edit('both');
  await box.decide(both, 'both');
  await vi.waitFor(() => expect(settled).toHaveLength(1));
  expect(sent.at(-1)).toMatchObject({ prefer: 'conflict=record', body: { ops: [{ base_version: '"1"' }] } });

  const mine = await edit('mine');
  await box.decide(mine, 'mine');
  await vi.waitFor(() => expect(settled).toHaveLength(2));
  expect(sent.at(-1)!.body.ops[0]!.base_version).toBe('"9"');

  const theirs = await edit('theirs');
  const before = sent.length;
  await box.decide(theirs, 'theirs');
  expect(box.entries).toEqual([]);
  expect(sent).toHaveLength(before);
});

test('busy and overloaded nodes are asked again', async () => {
  let n = 0;
  const { box, settled, sent } = await outbox((one) => (++n === 1 ? [503, { type: '/problems/overloaded' }] : taken(one, n)));
  await box.add(draft('one', rename('B', 'A')), ana);
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  await vi.waitFor(() => { box.hurry(); expect(settled).toHaveLength(1); });
  expect(sent[1]).toEqual(sent[0]);
});

test('an edit behind an undo goes upon what the undo made of the row', async () => {
  let n = 0;
  const { box, sent, settled, rows } = await outbox((one) => {
    if (one.path.endsWith('/undo')) rows.set('a', row('a', '"3"', { name: 'A' })); // as the feed tells it
    return taken(one, ++n);
  });
  await box.add(draft('rename', rename('B', 'A')), ana);
  await vi.waitFor(() => expect(settled).toHaveLength(1));
  await Promise.all([box.undo(show, ana, newId), box.add(draft('next', rename('C', 'A', '"2"')), ana)]);
  await vi.waitFor(() => expect(settled).toHaveLength(3));
  expect(sent.at(-1)!.body.ops[0]).toMatchObject({ row: { name: 'C' }, base_version: '"3"' });
});

// Ana renamed A to B, took it back and did it again; the page still shows A when she goes on.
async function redone(reply: (sent: Sent) => [number, unknown] | null = () => null) {
  let n = 0;
  const names = ['B', 'A', 'B'];
  const opened = await outbox((one) => {
    const answer = reply(one);
    if (answer) return answer;
    const name = one.body.ops?.[0]?.row?.name ?? names[n];
    rows.set('a', row('a', `"${++n + 1}"`, { name }));
    return taken(one, n);
  });
  const { box, settled, rows } = opened;
  await box.add(draft('rename', rename('B', 'A')), ana);
  await vi.waitFor(() => expect(settled).toHaveLength(1));
  await box.undo(show, ana, newId);
  await vi.waitFor(() => expect(settled).toHaveLength(2));
  return opened;
}

test('an edit right behind a redo goes out upon it, whether the redo waits, is on its way or is done', async () => {
  for (const meanwhile of [false, true]) {
    const { box, sent, settled } = await redone();
    await box.redo(show, ana, newId);
    if (meanwhile) await vi.waitFor(() => expect(settled).toHaveLength(3));
    await box.add(draft('clear', { ...rename('', 'A', '"3"'), row: { name: null } }), ana);
    await vi.waitFor(() => expect(settled).toHaveLength(4));
    expect(sent.at(-1)!.body.ops[0]).toMatchObject({ row: { name: null }, base_version: '"4"' });
    expect(settled.at(-1)!.ops[0]!.before).toEqual({ name: 'B' }); // what an undo of it shows
  }
});

test('a row that was deleted right behind a redo goes, too', async () => {
  const { box, sent, settled } = await redone();
  await box.redo(show, ana, newId);
  await box.add(draft('delete', { op: 'delete', table: 'sources', id: 'a', base_version: '"3"', before: row('a', '"3"', { name: 'A' }) }), ana);
  await vi.waitFor(() => expect(settled).toHaveLength(4));
  expect(sent.at(-1)!.body.ops[0]).toMatchObject({ op: 'delete', base_version: '"4"' });
});

test('what somebody else wrote over the redo is told', async () => {
  const { box, sent, settled, rows } = await redone((one) => (one.body.ops?.[0]?.base_version === '"3"' ? conflict : null));
  await box.redo(show, ana, newId);
  await vi.waitFor(() => expect(settled).toHaveLength(3));
  rows.set('a', row('a', '"9"', { name: 'theirs' }));
  await box.add(draft('clear', { ...rename('', 'A', '"3"'), row: { name: null } }), ana);
  await vi.waitFor(() => expect(box.entries[0]?.state).toBe('parked'));
  expect(sent.at(-1)!.body.ops[0]!.base_version).toBe('"3"');
});

test('undo takes back the event of the edit, redo the undo; what nobody heard of is withdrawn', async () => {
  let n = 0;
  let there = true;
  const { box, sent, settled } = await outbox((one) => (there ? taken(one, ++n) : 'unreachable'));
  await box.add(draft('rename', rename('B', 'A')), ana);
  await vi.waitFor(() => expect(settled).toHaveLength(1));
  await box.undo(show, ana, newId);
  await vi.waitFor(() => expect(settled).toHaveLength(2));
  expect(sent.at(-1)).toMatchObject({ path: `/api/productions/${show}/undo`, body: { event: 'event-1' } });
  expect(settled.at(-1)!.ops).toEqual([{ op: 'update', table: 'sources', id: 'a', row: { name: 'A' }, before: { name: 'B' } }]);
  await box.redo(show, ana, newId);
  await vi.waitFor(() => expect(settled).toHaveLength(3));
  expect(sent.at(-1)).toMatchObject({ body: { event: 'event-2' } });
  expect(box.steps(show)).toMatchObject({ undoLabel: 'rename', redo: null });

  there = false;
  await box.add(draft('in flight', rename('C', 'B')), ana);
  await box.add(draft('unsent', rename('D', 'C')), ana);
  await vi.waitFor(() => expect(sent).toHaveLength(4));
  await box.undo(show, ana, newId);
  expect(box.entries.map((entry) => entry.label)).toEqual(['in flight']);
});
