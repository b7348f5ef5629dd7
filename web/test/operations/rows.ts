// Rows of each kind: made, changed, raced for, deleted, brought back, told of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, Request } from '../api.ts';
import { inside, kinds, uuid, type Kind } from '../samples.ts';
import { etag, make, name, path, production, shown, venue } from './crew.ts';

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
