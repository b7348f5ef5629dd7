// Bad input of every kind to every operation of a real node: each is refused with a problem that
// says where the fault is and what to do, nothing has changed afterwards, and the node lives.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api, ask, type Answer, type Json, type Operation, type Request } from './api.ts';
import { mistakes, type Mistake } from './bad_input.ts';
import { startNode, testedRole, type GenlockNode } from './node.ts';
import { inside, kinds, uuid } from './samples.ts';

let node: GenlockNode;
let api: Api;
// For each operation a request that it would take.
const good: Record<string, Request> = {};

const path = (id: string): Request => ({ path: { id } });

// What a node holds and does: vectors and digests of all streams, sync, and what is remembered of
// work.
async function state(): Promise<Json> {
  const { json } = await api.good('sync_status');
  return { streams: json.streams, state: json.state, conflicts: json.conflicts };
}

async function makeRows(production: string): Promise<void> {
  for (const kind of kinds) {
    const body = kind.full(production);
    const row = (await api.good(kind.create, { path: inside(kind, production), body })).json;
    good[kind.create] = { path: inside(kind, production), body: { id: uuid(), ...body } };
    good[kind.list] = { path: inside(kind, production) };
    for (const verb of ['put', 'patch']) good[`${verb}_${kind.name}`] = { ...path(row.id), body };
    for (const verb of ['delete', 'restore', 'history']) good[`${verb}_${kind.name}`] = path(row.id);
    good[kind.get] = path(row.id);
    const { event } = (await api.good(`history_${kind.name}`, path(row.id))).json[0];
    if (kind.revert) good[`revert_${kind.name}`] = { ...path(row.id), body: { event } };
    if (kind.name === 'sources') good.undo = { ...path(production), body: { event } };
    if (kind.name === 'sources') good.rewind = { ...path(production), body: { to: event, tables: ['sources'], label: 'Back' } };
    if (kind.name === 'equipment') {
      good.history_equipment_io_ports = path(row.io_ports[0].id);
      good.history_equipment_cards = path(row.cards[0].id);
      good.history_equipment_card_io = path(row.cards[0].io[0].id);
    }
    if (kind.name === 'sources') good.history_source_outputs = path(row.outputs[0].id);
  }
}

async function makeConflict(production: string): Promise<void> {
  const source = (good.get_sources as Json).path.id;
  const seen = (await api.good('get_sources', path(source))).json._meta.etag;
  await api.good('put_sources', { ...path(source), body: { h_res: 3840 } });
  const both = await api.good('put_sources', {
    ...path(source), body: { h_res: 2560 },
    headers: { 'Base-Version': seen, Prefer: 'conflict=record' },
  });
  const id = String(both.headers.location).split('/').at(-1) as string;
  const { etag } = (await api.good('get_conflict', path(id))).json._meta;
  good.get_conflict = path(id);
  good.resolve_conflict = { ...path(id), headers: { 'If-Match': etag },
    body: { resolution: 'manual', pick: 'a', comment: 'x' } };
  good.resolve_conflicts = { body: { resolution: 'cloud_wins', items: [{ id, etag }], comment: 'x' } };
  good.batch = { ...path(production), body: { label: 'Paste', ops: [{ op: 'update', table: 'sources',
    id: source, base_version: seen, row: kinds[2]?.full(production) }] } };
}

before(async () => {
  node = await startNode(testedRole);
  api = await Api.of(node.url);
  const production = (await api.good('create_production', {
    body: { client: 'Acme', show_name: 'Gala' },
  })).json.id;
  await makeRows(production);
  await makeConflict(production);
  good.put_presence = { ...path(production), body: { table: 'sources', record_id: (good.get_sources as Json).path.id, column: 'note' },
    headers: { 'Genlock-User': 'Ana' } };
  good.leave = { ...path(production), headers: { 'Genlock-User': 'Ana' } };
  good.duplicate = { ...path(production), body: { id: uuid(), show_name: 'Copy' } };
  good.import = { body: { equipment: [] }, query: { dry_run: 'true' } };
  good.name_moment = { ...path(production), body: { name: 'Doors' } };
  good.lock = { ...path(production), body: { reason: 'show', until: '2099-01-01T00:00:00Z' } };
  for (const id of ['unlock', 'upload_production', 'download_production', 'unsubscribe_production'])
    good[id] = path(production);
  const job = (await api.good('verify')).json.id;
  good.get_job = good.cancel_job = path(job);
  good.acknowledge_notice = path(uuid());
  const self = (await api.good('node')).json.id;
  good.retire_node = { ...path(self), body: { reason: 'sold' } };
  good.enrol_node = path(self);
  good.verify_backup = good.remove_backup = path(uuid());
  good.archive_production = good.bundle_production = path(production);
  good.take_bundle = { bytes: 'no bundle' };
  good.bundle_for_node = { query: { for: 'nobody' } };
  good.problem = { path: { name: 'gone' } };
});

after(async () => {
  await node?.stop();
});

// undefined: it was refused as it should be.
function fault(mistake: Mistake, answer: Answer): string | undefined {
  if (!mistake.status.includes(answer.status)) return `should be ${mistake.status}`;
  if (!String(answer.json?.detail ?? '').includes(' ')) return 'says no remedy';
  const places = (answer.json.errors ?? []).map((one: Json) => one.pointer ?? one.parameter);
  const wanted = mistake.pointer ?? mistake.parameter;
  if (wanted === undefined || places.some((place: string) => covers(place, wanted))) return undefined;
  return `should point to ${wanted}`;
}

// A fault of an object may be told of it or of what is in it.
const covers = (place: string, wanted: string): boolean =>
  place === wanted || place.startsWith(`${wanted}/`);

// What downloads anything, or has no id of its own to be wrong.
const anyId = new Set(['download_production']);

async function misuse(operation: Operation): Promise<string[]> {
  const wrong: string[] = [];
  for (const mistake of mistakes(api, operation, good[operation.id] ?? {})) {
    if (anyId.has(operation.id) && mistake.what.startsWith('the id')) continue;
    const { target, headers, bytes } = api.prepare(operation, mistake.request);
    const answer = await ask(api.url, operation.method, target, headers, bytes);
    const told = fault(mistake, answer);
    if (told) wrong.push(`${operation.method} ${target.slice(0, 200)}: ${mistake.what}: ${told}, ` +
      `is ${answer.status} ${answer.text.slice(0, 400)}`);
    else api.check(operation, answer, `${operation.id}: ${mistake.what}`);
  }
  return wrong;
}

test('every operation refuses every mistake, and nothing has changed', async () => {
  const wrong: string[] = [];
  for (const operation of api.operations.values()) {
    const then = await state();
    wrong.push(...(await misuse(operation)));
    assert.deepEqual(await state(), then, operation.id);
  }
  assert.deepEqual(wrong, []);
});

test('what a method is not for is 405, and told which it is for', async () => {
  const methods = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];
  const paths = new Map<string, string[]>();
  for (const { path: at, method } of api.operations.values())
    paths.set(at, [...(paths.get(at) ?? []), method]);
  for (const [at, known] of paths)
    for (const method of [...methods, 'PROPFIND'].filter((one) => !known.includes(one))) {
      const target = at.replaceAll('{id}', uuid()).replaceAll('{name}', 'gone');
      const answer = await ask(api.url, method, target, { 'Content-Type': 'application/json' },
        method === 'GET' ? undefined : '{}');
      const taken = answer.status === 405 || (method === 'PROPFIND' && answer.status < 500);
      assert.ok(taken, `${method} ${target}: ${answer.status}`);
      if (answer.status === 405)
        for (const one of known) assert.match(String(answer.headers.allow), new RegExp(one));
    }
});

test('an address that is none is 404, whatever comes with it', async () => {
  for (const target of ['/api', '/api/', '/api/nothing', '/api/productions/', '/api//productions',
    '/api/productions/x/y/z', '/api/../productions', '/API/productions', '/problems/x/y'])
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await ask(api.url, method, target, {}, method === 'POST' ? '{' : undefined);
      assert.ok([400, 404].includes(answer.status), `${method} ${target}: ${answer.status}`);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
    }
});

test('rows of a parent that is not there, and references to nothing, are refused', async () => {
  const [source, connection] = [good.create_source as Json, good.create_connection as Json];
  const lost = await api.call('create_source', { ...source, path: { id: uuid() } });
  assert.equal(lost.status, 404);
  for (const column of ['production_id', 'source_id', 'source_output_id']) {
    const answer = await api.call('create_connection', {
      body: { ...connection.body, [column]: uuid() },
    });
    assert.deepEqual(answer.json.errors.map((one: Json) => [one.pointer, one.code]),
      [[`/${column}`, 'reference']]);
  }
});

test('a batch with one bad step writes nothing, whatever its others are', async () => {
  const { path: where } = good.batch as Json;
  const source = (good.get_sources as Json).path.id;
  const fine = { op: 'create', table: 'sends', row: { type: 'monitor', name: 'A' } };
  const row = { type: 'camera', name: 'CAM' };
  const bad: [string, Json, string, string][] = [
    ['an unknown table', { op: 'create', table: 'nodes', row }, '422', '/ops/1/table'],
    ['an unknown op', { op: 'upsert', table: 'sources', row }, '422', '/ops/1/op'],
    ['a row that is not there', { op: 'update', table: 'sources', id: uuid(), row }, '404', ''],
    ['an id that is taken', { op: 'create', table: 'sources', id: source, row }, '409', ''],
    ['a reference to nothing', { op: 'create', table: 'connections', row: { source_id: uuid() } },
      '422', '/ops/1/row/source_id'],
    ['another production', { op: 'create', table: 'sources', row: { ...row, production_id: uuid() } },
      '422', '/ops/1/row/production_id'],
    ['out of range', { op: 'create', table: 'sources', row: { ...row, h_res: 0 } }, '422',
      '/ops/1/row/h_res'],
    ['a base that is none', { op: 'update', table: 'sources', id: source, base_version: 'x', row },
      '4', ''],
  ];
  const then = await state();
  for (const [what, step, status, pointer] of bad) {
    const answer = await api.call('batch', { path: where, body: { ops: [fine, step] } });
    assert.ok(String(answer.status).startsWith(status), `${what}: ${answer.text}`);
    if (pointer) assert.equal(answer.json.errors[0].pointer, pointer, `${what}: ${answer.text}`);
  }
  assert.deepEqual(await state(), then);
});

test('an id that is taken, with other content, is 409', async () => {
  for (const kind of kinds) {
    const { id } = (good[kind.get] as Json).path;
    const request = good[kind.create] as Json;
    const answer = await api.call(kind.create, { ...request, body: { ...request.body, id, label: 'other' } });
    assert.equal(answer.json.type, '/problems/already-exists', answer.text);
  }
  const { json: other } = await api.good('create_production', { body: { client: 'A', show_name: 'B' } });
  const copy = await api.call('duplicate', { ...(good.batch as Json), body: { id: other.id } });
  assert.equal(copy.json.type, '/problems/already-exists', copy.text);
});

test('after all that the node lives, and reported no bug', async () => {
  assert.ok(node.running());
  await api.good('healthz');
  assert.deepEqual(node.log.filter((line) => line.includes('"level":"error"')), []);
  assert.equal(await node.stop(), 0);
});
