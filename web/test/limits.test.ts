// What the document allows a row to hold is taken and given back: each column at both ends of its
// range, as long as it may be, as each of its words, and null.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api, type Json } from './api.ts';
import { startNode, testedRole, type GenlockNode } from './node.ts';
import { inside, kinds } from './samples.ts';

let node: GenlockNode;
let api: Api;
let production: string;

before(async () => {
  node = await startNode(testedRole);
  api = await Api.of(node.url);
  const body = { client: 'Acme', show_name: 'Gala' };
  production = (await api.good('create_production', { body })).json.id;
});

after(async () => {
  await node?.stop();
});

// Values that a column takes, all its extremes among them.
function extremes(schema: Json): Json[] {
  const types = [schema.type ?? []].flat();
  const values: Json[] = [...(schema.enum ?? [])];
  if (types.includes('null')) values.push(null);
  if (types.includes('boolean')) values.push(true, false);
  if (types.includes('integer') || types.includes('number'))
    values.push(schema.minimum ?? schema.exclusiveMinimum + 1e-9, schema.maximum);
  if (schema.maxLength && !schema.pattern)
    values.push('x'.repeat(schema.maxLength), 'é'.repeat(schema.maxLength / 2), ' ');
  if (schema.pattern) values.push('z'.repeat(schema.maxLength), '0');
  if (schema.format === 'date-time') values.push('1970-01-01T00:00:00.001Z', '9999-12-31T23:59:59.999Z');
  return values;
}

for (const kind of kinds)
  test(`${kind.name}: every column at its limits`, async () => {
    const body = kind.full(production);
    const row = (await api.good(kind.create, { path: inside(kind, production), body })).json;
    const edit = api.at(api.operation(`put_${kind.name}`).body);
    let tried = 0;
    for (const [column, schema] of Object.entries<Json>(edit.properties)) {
      if (schema.readOnly || schema.items || ['id', 'is_deleted', 'production_id'].includes(column)) continue;
      for (const value of extremes(schema)) {
        const request = { path: { id: row.id }, body: { [column]: value } };
        const { json } = await api.good(`put_${kind.name}`, request);
        assert.deepEqual(json[column], value, column);
        ++tried;
      }
    }
    assert.ok(tried > (kind.name === 'attachments' ? 5 : 20), `${tried}`);
  });
