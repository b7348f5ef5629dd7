// The node itself: health, notices, backups, the document and its pages.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Api, type Json } from '../api.ts';
import { startFragile, testedRole } from '../node.ts';
import { finished, name, path, venue } from './crew.ts';

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
