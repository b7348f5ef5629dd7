// The nodes that every operation is driven on, and what the tests of all of them use.
import { after, before } from 'node:test';
import { Api, type Answer, type Json } from '../api.ts';
import { startNode, testedRole, type GenlockNode } from '../node.ts';
import { inside, type Kind } from '../samples.ts';

export let cloudNode: GenlockNode, venueNode: GenlockNode;
export let cloud: Api, venue: Api;
export let production: string;

export const etag = (row: Json): string => row._meta.etag;
export const name = (answer: Answer): string => `${answer.status} ${answer.json?.type?.slice(10) ?? ''}`.trim();
// Without synced_at, which changes when the cloud has it.
export const shown = (row: Json): Json =>
  JSON.parse(JSON.stringify(row), (key, value) => (key === 'synced_at' ? null : value));
export const path = (id: string) => ({ path: { id } });

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
export async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`this did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function finished(api: Api, job: Json): Promise<Json> {
  let now = job;
  await until(`the end of ${job.kind}`, async () => {
    now = (await api.good('get_job', path(job.id))).json;
    return now.finished_at !== null;
  });
  return now;
}

export async function make(kind: Kind, more: Json = {}): Promise<Json> {
  const body = { ...kind.full(production), ...more };
  return (await venue.good(kind.create, { path: inside(kind, production), body })).json;
}
