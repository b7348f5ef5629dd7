// Every operation of the document, driven on real nodes: a LAN node (or a cloud node:
// operations_cloud.test.ts) that syncs with a cloud node. Each answer is held against its schema (test/api.ts); an operation, or a way for it to go
// well, that nobody drives fails the last test.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Api, type Answer, type Json, type Request } from './api.ts';
import { startFragile, startNode, testedRole, type GenlockNode } from './node.ts';
import { inside, kinds, uuid, type Kind } from './samples.ts';

let cloudNode: GenlockNode, venueNode: GenlockNode;
let cloud: Api, venue: Api;
let production: string;

const etag = (row: Json): string => row._meta.etag;
const name = (answer: Answer): string => `${answer.status} ${answer.json?.type?.slice(10) ?? ''}`.trim();
// Without synced_at, which changes when the cloud has it.
const shown = (row: Json): Json =>
  JSON.parse(JSON.stringify(row), (key, value) => (key === 'synced_at' ? null : value));
const path = (id: string) => ({ path: { id } });

before(async () => {
  cloudNode = await startNode('cloud');
  venueNode = await startNode(testedRole, ['--peer', cloudNode.url, '--sync-interval-ms', '200']);
  cloud = await Api.of(cloudNode.url);
  venue = await Api.of(venueNode.url);
  const made = await venue.good('create_production', {
    body: { client: 'Acme', show_name: 'The show' },
  });
  production = made.json.id;
});

after(async () => {
  await venueNode?.stop();
  await cloudNode?.stop();
});

// Until `done` says so; what it waits for comes by an event, so this is short.
async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`this did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function finished(api: Api, job: Json): Promise<Json> {
  let now = job;
  await until(`the end of ${job.kind}`, async () => {
    now = (await api.good('get_job', path(job.id))).json;
    return now.finished_at !== null;
  });
  return now;
}

async function make(kind: Kind, more: Json = {}): Promise<Json> {
  const body = { ...kind.full(production), ...more };
  return (await venue.good(kind.create, { path: inside(kind, production), body })).json;
}

for (const kind of kinds) {
  const put = `put_${kind.name}`, patch = `patch_${kind.name}`;
  const remove = `delete_${kind.name}`, restore = `restore_${kind.name}`;

  test(`${kind.name}: created once, found again, refused with other content`, async () => {
    const request: Request = {
      path: inside(kind, production),
      body: { ...kind.full(production), id: uuid() },
      headers: { 'Genlock-User': 'Ana', 'Genlock-Device': 'FOH%20tablet', 'Idempotency-Key': uuid() },
    };
    const first = await venue.good(kind.create, request);
    assert.equal(first.status, 201);
    const again = await venue.good(kind.create, request);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    const { 'Idempotency-Key': key, ...others } = request.headers as Record<string, string>;
    assert.equal((await venue.good(kind.create, { ...request, headers: others })).status, 200);
    const other = { ...request, body: { ...request.body, label: 'other' } };
    assert.equal(name(await venue.call(kind.create, { ...other, headers: others })),
      '409 already-exists');
    assert.equal(name(await venue.call(kind.create, other)), '422 idempotency-mismatch', key);
    const read = await venue.good(kind.get, path(first.json.id));
    assert.deepEqual(shown(read.json), shown(again.json));
    assert.equal(read.headers.etag, etag(read.json));
  });

  test(`${kind.name}: what was read can be sent back as it is`, async () => {
    const row = await make(kind);
    const same = await venue.good(put, { ...path(row.id), body: row });
    assert.equal(same.json.version, row.version);
  });

  test(`${kind.name}: listed in pages, filtered, ordered, as of then`, async () => {
    const rows = [await make(kind), await make(kind)];
    const parent = { path: inside(kind, production) };
    const page = await venue.good(kind.list, { ...parent, query: { limit: '1', order: 'id.desc' } });
    assert.equal(page.json.length, 1);
    const next = /\?(\S+)>; rel="next"/.exec(String(page.headers.link))?.[1];
    assert.ok(next, 'a second page');
    const second = await venue.good(kind.list, { ...parent, query: next });
    assert.ok(second.json[0].id < page.json[0].id);
    const one = await venue.good(kind.list, { ...parent, query: { id: `eq.${rows[1].id}` } });
    assert.deepEqual(one.json.map(shown), [shown(rows[1])]);
    await venue.good(kind.list, { ...parent, query: { as_of: rows[1].created_at } });
    await venue.good(kind.get, { ...path(rows[0].id), query: { as_of: new Date().toISOString() } });
  });

  test(`${kind.name}: a race is merged, refused, or kept as a conflict`, async () => {
    const [base, theirs, yours] = kind.raced;
    const row = await make(kind, base);
    const seen = etag(row);
    await venue.good(put, { ...path(row.id), body: theirs });
    const strict = await venue.call(put, { ...path(row.id), body: yours, headers: { 'If-Match': seen } });
    assert.equal(name(strict), '412 precondition-failed');
    const headers = { 'Base-Version': seen };
    assert.equal(name(await venue.call(put, { ...path(row.id), body: yours, headers })),
      '409 field-conflict');
    const merged = await venue.good(patch, { ...path(row.id), body: { [kind.text]: 'x' }, headers });
    assert.equal(merged.status, 200);
    assert.ok(merged.json._meta.merged_fields.length > 0);
    for (const operation of [put, patch]) {
      const target = await make(kind, base);
      await venue.good(put, { ...path(target.id), body: theirs });
      const both = await venue.good(operation, {
        ...path(target.id), body: yours,
        headers: { 'Base-Version': etag(target), Prefer: 'conflict=record' },
      });
      assert.equal(both.status, kind.flagged ? 202 : 200);
      if (!kind.flagged) continue;
      const conflict = String(both.headers.location).split('/').at(-1) as string;
      await venue.good('get_conflict', path(conflict));
    }
  });

  test(`${kind.name}: deleted, gone, brought back`, async () => {
    const row = await make(kind);
    await venue.good(remove, path(row.id));
    assert.equal((await venue.good(remove, path(row.id))).json.is_deleted, true);
    assert.equal(name(await venue.call(kind.get, path(row.id))), '410 gone');
    assert.equal(name(await venue.call(put, { ...path(row.id), body: { label: 'x' } })), '410 gone');
    await venue.good(kind.get, { ...path(row.id), query: { deleted: 'true' } });
    const back = await venue.good(restore, path(row.id));
    assert.equal(back.json.is_deleted, false);
    assert.equal(name(await venue.call(kind.get, path(uuid()))), '404 not-found');
  });

  test(`${kind.name}: a deletion that does not know of an edit is refused`, async () => {
    const row = await make(kind);
    await venue.good(put, { ...path(row.id), body: { label: 'edited' } });
    const headers = { 'Base-Version': etag(row) };
    assert.equal(name(await venue.call(remove, { ...path(row.id), headers })), '409 field-conflict');
  });

  if (kind.revert) test(`${kind.name}: is made what it was, unless others changed it since`, async () => {
    const headers = { 'Genlock-User': 'Ana' };
    const row = await make(kind);
    const made = (await venue.good(`history_${kind.name}`, {
      ...path(row.id), query: { record_id: `eq.${row.id}` },
    })).json.at(-1).event;
    const request = { ...path(row.id), body: { event: made }, headers };
    await venue.good(put, { ...path(row.id), body: { [kind.text]: 'Other' }, headers });
    const back = await venue.good(`revert_${kind.name}`, request);
    assert.equal(back.json[kind.text], row[kind.text]);
    await venue.good(put, { ...path(row.id), body: { [kind.text]: 'Bens' }, headers: { 'Genlock-User': 'Ben' } });
    const refused = await venue.call(`revert_${kind.name}`, request);
    assert.equal(name(refused), '409 field-conflict');
    assert.equal(refused.json.changed_since[0].by.user, 'Ben');
  });

  test(`${kind.name}: has a history`, async () => {
    const row = await make(kind);
    const items = (await venue.good(`history_${kind.name}`, {
      ...path(row.id), query: { limit: '1000' },
    })).json;
    assert.ok(items.length > 0);
    const of = items.find((item: Json) => item.record_id === row.id);
    assert.equal(of.op, 'create');
  });
}

test('a child has a history of its own', async () => {
  const [device, source] = [await make(kinds[1] as Kind), await make(kinds[2] as Kind)];
  const card = device.cards[0];
  for (const [collection, id] of [['equipment_io_ports', device.io_ports[0].id],
    ['equipment_cards', card.id], ['equipment_card_io', card.io[0].id],
    ['source_outputs', source.outputs[0].id]])
    assert.equal((await venue.good(`history_${collection}`, path(id))).json[0].op, 'create');
});

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

test('a show is uploaded, downloaded, looked at and let go', async () => {
  const up = await finished(venue, (await venue.good('upload_production', path(production))).json);
  assert.equal(up.state, 'done', JSON.stringify(up));
  const other = (await cloud.good('create_production', {
    body: { client: 'Acme', show_name: 'Next show' },
  })).json.id;
  const offered = (await venue.good('sync_catalog')).json;
  assert.ok(offered.some((entry: Json) => entry.id === other));
  await cloud.good('sync_catalog');
  const down = (await venue.good('download_production', path(other))).json;
  assert.equal((await finished(venue, down)).state, 'done');
  await venue.good('get_production', path(other));
  const compared = (await venue.good('compare_production', path(other))).json;
  assert.deepEqual([compared.subscribed, compared.streams[0].same], [true, true]);
  const dry = (await venue.good('preview_upload', path(other))).json;
  assert.deepEqual([dry.to_send.events, dry.to_receive.events, dry.foresight.conflict_count], [0, 0, 0]);
  assert.equal((await venue.good('cancel_job', path(down.id))).json.state, 'done');
  const log = (await venue.good('sync_log', { query: { limit: '1' } })).json;
  assert.equal(log.length, 1);
  await venue.good('unsubscribe_production', path(other));
  assert.equal(name(await venue.call('unsubscribe_production', path(uuid()))), '404 not-found');
  for (const job of ['sync_now', 'upload_production', 'download_production', 'compare_production', 'preview_upload'])
    assert.equal(name(await cloud.call(job, path(production))), '409 no-peer');
});

test('sync is stopped, started, asked for', async () => {
  assert.equal((await venue.good('sync_stop')).json.state, 'paused');
  const status = (await venue.good('sync_start')).json;
  assert.notEqual(status.state, 'paused');
  assert.equal((await finished(venue, (await venue.good('sync_now')).json)).state, 'done');
  assert.equal((await venue.good('sync_status')).json.peers.length, 1);
  assert.equal((await cloud.good('sync_status')).json.node.name, 'Office');
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

test('a node tells how it is, and is checked and mended while it runs', async () => {
  await venue.good('healthz');
  await venue.good('readyz');
  await venue.good('health');
  for (const work of ['verify', 'rebuild']) {
    const job = await finished(venue, (await venue.good(work)).json);
    assert.equal(job.state, 'done', JSON.stringify(job));
    assert.ok(job.result.events > 0);
  }
});

test('what happened to the data of a node is told until somebody confirms it', async () => {
  const node = await startFragile(testedRole);
  try {
    await node.kill();
    rmSync(join(node.data, 'PLACE')); // as after a copy
    await node.start();
    const api = await Api.of(node.url);
    assert.equal((await api.good('health')).json.status, 'degraded');
    const [notice] = (await api.good('list_notices')).json;
    assert.equal(notice.kind, 'copied');
    assert.deepEqual((await api.good('sync_status')).json.notices, [notice]);
    assert.ok((await api.good('acknowledge_notice', path(notice.id))).json.acknowledged_at);
    assert.deepEqual((await api.good('health')).json.checks.notices, { status: 'ok', open: [] });
    for (const each of api.seen) venue.seen.add(each);
  } finally {
    await node.end();
  }
});

test('a node keeps backups, proves that they restore, and forgets them', async () => {
  const made = await finished(venue, (await venue.good('create_backup')).json);
  assert.equal(made.state, 'done', JSON.stringify(made));
  const { id } = made.result;
  const checked = await finished(venue, (await venue.good('verify_backup', path(id))).json);
  assert.equal(checked.state, 'done', JSON.stringify(checked));
  assert.equal(checked.result.ok, true);
  const listed = (await venue.good('backups')).json;
  assert.equal(listed.find((one: Json) => one.id === id).status, 'ok');
  await venue.good('remove_backup', path(id));
  assert.equal(name(await venue.call('remove_backup', path(id))), '404 not-found');
});

test('a show travels as a bundle, and is written down as an archive', async () => {
  // Nobody else edits this one.
  const body = { client: 'Acme', show_name: 'To travel' };
  const show = (await venue.good('create_production', { body })).json.id;
  await venue.good('create_source', { ...path(show), body: { type: 'camera', name: 'CAM 1' } });
  const archive = await venue.good('archive_production', path(show));
  assert.equal(archive.json.end.events, archive.json.events.length);
  assert.equal(name(await venue.call('archive_production', path(uuid()))), '404 not-found');
  const peer = (await cloud.good('node')).json.id;
  await until('a session', async () =>
    (await venue.call('bundle_for_node', { query: { for: peer } })).status === 200);
  assert.equal(name(await venue.call('bundle_for_node', { query: { for: 'nobody' } })), '404 not-found');
  const bundle = await venue.good('bundle_production', path(show));
  const spare = await startNode(testedRole);
  try {
    const api = await Api.of(spare.url);
    const report = (await api.good('take_bundle', { bytes: bundle.raw })).json;
    assert.equal(report.complete, true, JSON.stringify(report));
    assert.ok(report.stored >= archive.json.end.events);
    assert.deepEqual((await api.good('archive_production', path(show))).json.end, archive.json.end);
    const again = (await api.good('take_bundle', { bytes: bundle.raw })).json;
    assert.deepEqual([again.stored, again.duplicates], [0, report.stored]);
    const cut = await api.good('take_bundle', { bytes: bundle.raw.subarray(0, -40) });
    assert.match(cut.json.damage, /^frame \d+ at byte \d+ of the file/);
    for (const each of api.seen) venue.seen.add(each);
  } finally {
    await spare.stop();
  }
});

test('the pages and the document are there, and known by their ETag', async () => {
  await venue.good('root');
  await venue.good('list_problems');
  await venue.good('problem', { path: { name: 'gone' } });
  assert.equal(name(await venue.call('problem', { path: { name: 'nothing' } })), '404 not-found');
  for (const id of ['openapi', 'docs']) {
    const whole = await venue.good(id);
    const headers = { 'If-None-Match': String(whole.headers.etag) };
    assert.equal((await venue.good(id, { headers })).status, 304);
  }
  const page = (await venue.good('docs')).text;
  assert.doesNotMatch(page, /(src|href)="?https?:/, 'it works where there is no internet');
});

test('a peer that is away is 503 where only it can answer', async () => {
  await cloudNode.stop();
  const away = await venue.call('sync_catalog');
  assert.equal(name(away), '503 peer-unreachable');
  assert.ok(away.headers['retry-after']);
  assert.equal(name(await venue.call('compare_production', path(production))), '503 peer-unreachable');
  const alone = (await venue.good('preview_upload', path(production))).json;
  assert.deepEqual([alone.peer, alone.to_receive, alone.foresight], [null, null, null]);
  assert.match(alone.error.type, /peer-unreachable$/);
});

test('a node that is gone is retired, and may be expected back', async () => {
  const away = (await venue.good('list_nodes')).json.find((one: Json) => !one.this_node);
  const gone = (await venue.good('retire_node', { ...path(away.id), body: { reason: 'sold' } })).json;
  assert.equal(gone.state, 'retired');
  assert.equal(gone.reason, 'sold');
  assert.equal((await venue.good('enrol_node', path(away.id))).json.state, 'expected');
});

// Of the form of a body: test/bad_input.test.ts sends those to every operation. Of accidents: they
// have tests of their own.
const elsewhere = new Set(['busy', 'not-ready', 'overloaded', 'length-required', 'too-large',
  'unsupported-media-type', 'validation', 'bad-request', 'disk-full', 'feed-full', 'rate-limited',
  'backup-place', 'damaged', 'compacted']);

// Where the last writer wins, somebody is asked only when a clock was not to be trusted.
const badClock = new Set(['put_attachments 202', 'patch_attachments 202']);

test('every operation was driven in every way it can go well', () => {
  const seen = new Set([...venue.seen, ...cloud.seen]);
  const missing = [...venue.operations.values()].flatMap((operation) =>
    Object.keys(operation.responses)
      .filter((status) => Number(status) < 400)
      .map((status) => `${operation.id} ${status}`)
      .filter((each) => !seen.has(each) && !badClock.has(each)));
  assert.deepEqual(missing, []);
});

test('every problem that the document names was met', () => {
  const met = new Set([...venue.seen, ...cloud.seen].map((each) => each.split(' ')[1]));
  const named = Object.keys(venue.document.components.responses)
    .flatMap((key) => key.split('.')).filter((one) => one !== 'Problem');
  const missing = named.filter((one) => !met.has(one) && !elsewhere.has(one));
  assert.deepEqual([...new Set(missing)], []);
});

test('no bug was reported on the way, and a node stops well', async () => {
  assert.deepEqual([...venueNode.log, ...cloudNode.log].filter((line) => line.includes('"error"')), []);
  assert.equal(await venueNode.stop(), 0);
});
