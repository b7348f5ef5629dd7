// Every operation of the document, driven on real nodes: a LAN node (or a cloud node:
// operations_cloud.test.ts) that syncs with a cloud node. Each answer is held against its schema (test/api.ts); an operation, or a way for it to go
// well, that nobody drives fails the last test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloud, cloudNode, venue, venueNode } from './operations/crew.ts';
import './operations/rows.ts';
import './operations/shows.ts';
import './operations/upkeep.ts';
import './operations/sync.ts';

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
