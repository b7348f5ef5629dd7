// Between nodes: sync, bundles, who belongs to the fleet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api, type Json } from '../api.ts';
import { startNode, testedRole } from '../node.ts';
import { uuid } from '../samples.ts';
import { cloud, cloudNode, finished, name, path, production, until, venue } from './crew.ts';

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
