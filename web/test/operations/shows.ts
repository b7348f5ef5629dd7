// Whole shows: batches, copies, files, locks, what is told of them, conflicts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../api.ts';
import { uuid } from '../samples.ts';
import { cloud, finished, name, path, production, venue, venueNode } from './crew.ts';

test('a whole show comes at once', async () => {
  const whole = await venue.good('get_production', { ...path(production), query: { include: 'all' } });
  assert.ok(whole.json.sources.length > 0 && whole.json.conflicts.length > 0);
  assert.equal(venue.fits({ $ref: '#/components/schemas/Production' }, whole.json), false);
});

test('a batch is one event, or nothing', async () => {
  const id = uuid();
  const done = await venue.good('batch', {
    ...path(production),
    body: {
      label: 'Paste',
      ops: [
        { op: 'create', table: 'sources', id, row: { type: 'camera', name: 'CAM 9' } },
        { op: 'create', table: 'connections', row: { source_id: id } },
        { op: 'update', table: 'sources', id, row: { note: 'roof' } },
        { op: 'delete', table: 'sources', id }, { op: 'restore', table: 'sources', id },
      ],
    },
  });
  assert.deepEqual(done.json.results.map((one: Json) => one.status), [201, 201, 200, 200, 200]);
  const bad = await venue.call('batch', {
    ...path(production),
    body: { ops: [{ op: 'update', table: 'sources', id, row: { h_res: 0 } }] },
  });
  assert.equal(bad.json.errors[0].pointer, '/ops/0/row/h_res');
});

test('a show is copied with its rows, one event is taken back', async () => {
  const id = uuid();
  const request = { ...path(production), body: { id, show_name: 'Copy' } };
  assert.equal((await venue.good('duplicate', request)).status, 201);
  assert.equal((await venue.good('duplicate', request)).status, 200);
  const copy = (await venue.good('list_sources', path(id))).json;
  assert.ok(copy.length > 0);
  const headers = { 'Genlock-User': 'Ana' };
  await venue.good('put_sources', { ...path(copy[0].id), body: { name: 'Other' }, headers });
  const last = (await venue.good('history_productions', { ...path(id), query: { limit: '1' } })).json[0];
  const undo = { ...path(id), body: { event: last.event } };
  const others = await venue.call('undo', { ...undo, headers: { 'Genlock-User': 'Ben' } });
  assert.equal(others.json.errors[0].pointer, '/event');
  await venue.good('undo', { ...undo, headers });
  assert.equal((await venue.good('get_sources', path(copy[0].id))).json.name, copy[0].name);
  const doors = (await venue.good('name_moment', { ...path(id), body: { name: 'Doors' }, headers })).json.event;
  await venue.good('delete_sources', path(copy[0].id));
  const back = { ...path(id), body: { to: doors, tables: ['sources'] }, headers };
  const told = (await venue.good('rewind', { ...back, query: { dry_run: 'true' } })).json;
  assert.deepEqual(told.rows.map((row: Json) => [row.record_id, row.op]), [[copy[0].id, 'restore']]);
  assert.equal(name(await venue.call('get_sources', path(copy[0].id))), '410 gone');
  const wrong = await venue.call('rewind', { ...back, body: { ...back.body, digest: 'another' } });
  assert.equal(name(wrong), '412 precondition-failed');
  await venue.good('rewind', { ...back, body: { ...back.body, digest: told.digest } });
  await venue.good('get_sources', path(copy[0].id));
  await venue.good('delete_productions', path(id));
});

test('a file is taken, after a dry run that writes nothing', async () => {
  const bytes = 'Maker,Type,Kind\nAcme,"X, 1",CAMERA\n';
  const query = { table: 'equipment', map: 'Maker=manufacturer,Type=model,Kind=category', name: 'a.csv' };
  const headers = { 'Content-Type': 'text/csv' };
  for (const dry_run of ['true', 'false']) {
    const job = await venue.good('import', { query: { ...query, dry_run }, headers, bytes });
    const done = await finished(venue, job.json);
    assert.equal(done.result.tables.equipment_specs.taken, 1, JSON.stringify(done));
    const there = await venue.good('list_equipment', { query: { model: 'eq.X, 1' } });
    assert.equal(there.json.length, dry_run === 'true' ? 0 : 1);
  }
});

test('a conflict is decided once, by who has seen its sides', async () => {
  const pending = (await venue.good('list_conflicts', {
    query: { resolution: 'eq.pending', kind: 'eq.field', order: 'created_at', limit: '5' },
  })).json;
  const [first, second, third] = pending;
  const body = { resolution: 'manual', pick: 'b', comment: 'as agreed' };
  assert.equal(name(await venue.call('resolve_conflict', { ...path(first.id), body })),
    '428 precondition-required');
  assert.equal(name(await venue.call('resolve_conflict', {
    ...path(first.id), body, headers: { 'If-Match': '"AAAA"' },
  })), '412 precondition-failed');
  const headers = { 'If-Match': first._meta.etag };
  await venue.good('resolve_conflict', { ...path(first.id), body, headers });
  assert.equal(name(await venue.call('resolve_conflict', { ...path(first.id), body, headers })),
    '409 already-resolved');
  const many = await venue.good('resolve_conflicts', {
    body: {
      resolution: 'local_wins',
      items: [second, third].map((one) => ({ id: one.id, etag: one._meta.etag }))
        .concat([{ id: uuid(), etag: '"AAAA"' }]),
    },
  });
  assert.deepEqual(many.json.results.map((one: Json) => one.status), [200, 200, 404]);
  await venue.good('list_conflicts', { query: { as_of: new Date().toISOString() } });
  await venue.good('get_conflict', { ...path(first.id), query: { as_of: new Date().toISOString() } });
});

test('a locked show is refused elsewhere, and freed with a reason', async () => {
  await venue.good('lock', { ...path(production), body: { reason: 'show day', until: null } });
  await finished(venue, (await venue.good('sync_now')).json);
  const request = { ...path(production), body: { venue: 'elsewhere' } };
  assert.equal(name(await cloud.call('put_productions', request)), '423 production-locked');
  assert.equal(name(await cloud.call('unlock', path(production))), '423 production-locked');
  await cloud.good('unlock', { ...path(production), query: { override: 'true', reason: 'it is over' } });
  await venue.good('lock', { ...path(production) });
  await venue.good('unlock', path(production));
});

test('what is committed is told, and who is there', async () => {
  const { cursor } = (await venue.good('changes')).json;
  const query = { since: cursor, wait: '10', production_id: production };
  const waits = venue.good('changes', { query });
  await venue.good('put_productions', { ...path(production), body: { room: 'Hall 9' } });
  const told = (await waits).json;
  assert.ok(told.changes[0].changes[0].columns.includes('room'));  // and others of its group
  const headers = { 'Genlock-User': 'Ana' };
  const here = { ...path(production), body: { table: 'sources', column: 'note' } };
  await venue.good('put_presence', { ...here, headers });
  assert.equal((await venue.good('get_presence', path(production))).json[0].by.user, 'Ana');
  assert.equal(name(await venue.call('put_presence', here)), '400 bad-request');
  for (const node of [venue, cloud]) {
    await node.good('put_presence', { ...here, headers });
    assert.deepEqual((await node.good('leave', { ...path(production), headers })).json, []);
  }
  assert.equal((await venue.good('node')).json.url, venueNode.url);
});
