// The typed client against a real node. That this file compiles is half of the test
// (test/document.test.ts): where a line says @ts-expect-error, the types refuse it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiClient, type Problem, type Schemas, type Source } from '../src/api/client.ts';
import { startNode } from './node.ts';

test('a show is made, read and refused with types', async () => {
  const node = await startNode('cloud');
  try {
    const api = apiClient(node.url);
    const made = await api.POST('/api/productions', {
      body: { client: 'Acme', show_name: 'Gala', status: 'planning' },
    });
    assert.ok(made.data);
    const path = { id: made.data.id };
    const created = await api.POST('/api/productions/{id}/sources', {
      params: { path, header: { 'Genlock-User': 'Ana' } },
      body: { type: 'camera', name: 'CAM 1', h_res: 1920, outputs: [{ connector: 'SDI' }] },
    });
    const source: Source | undefined = created.data;
    assert.equal(source?.outputs[0]?.connector, 'SDI');
    const etag: string = source?._meta.etag ?? '';
    assert.ok(etag);

    const refused = await api.PUT('/api/sources/{id}', {
      params: { path: { id: source?.id ?? '' } },
      // @ts-expect-error a number is no name
      body: { name: 7 },
    });
    const problem: Problem | undefined = refused.error;
    assert.equal(problem?.errors?.[0]?.pointer, '/name');

    // @ts-expect-error there is no such status
    await api.PUT('/api/productions/{id}', { params: { path }, body: { status: 'over' } });
    // @ts-expect-error there is no such column
    const body: Schemas['ProductionEdit'] = { colour: 'red' };
    await api.PUT('/api/productions/{id}', { params: { path }, body });
    // @ts-expect-error there is no such route
    await api.GET('/api/nothing');
    // @ts-expect-error a show has a client
    await api.POST('/api/productions', { body: { show_name: 'Gala' } });
  } finally {
    await node.stop();
  }
});
