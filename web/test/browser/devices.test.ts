// The devices of a show: named in its connections, a sheet of their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Json } from '../api.ts';
import { startNode, type GenlockNode } from '../node.ts';
import { cell, dist, launch, open, paste } from './browser.ts';
import { call, makeFlow, makeShow, until } from './show.ts';

let browser: Browser;
let node: GenlockNode;
before(async () => {
  node = await startNode('lan', ['--web', dist]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await node?.stop();
});

const read = async (show: string): Promise<Json[]> => (await call(node.url, 'GET', `/api/productions/${show}/connections?limit=1000`)).json;

test('a patch that is pasted makes its devices; a name that is typed holds for all of it, and is undone', async () => {
  const show = await makeShow(node.url, 'Patch', 3);
  for (const name of ['WALL', 'MON']) await call(node.url, 'POST', `/api/productions/${show.id}/sends`, { type: 'LED', name });
  const { page, context, faults } = await open(browser, `${node.url}/shows/${show.id}/connections`, 'Ana');
  await page.getByText('+ New connection').click();
  await paste(page, 'Source\tThrough\tKind\tThrough in\tThrough out\tDestination\nCAM 1\tMATRIX\trouter\tIn 1\tOut 1\tWALL\nCAM 2\tMATRIX\trouter\tIn 1\tOut 2\tMON');
  await page.getByRole('button', { name: 'Paste 2 rows' }).click();
  const rows = await until(() => read(show.id), (list) => list.length === 2);
  assert.equal(new Set(rows.map((row) => row.intermediate_id)).size, 1, 'one device, however many rows name it');
  // Both take one input: the rows say so, and so does the device.
  await until(() => page.getByRole('row').filter({ has: page.getByRole('img', { name: /In 1 of MATRIX is taken twice/ }) }).count(), (count) => count === 2);
  await page.getByRole('link', { name: 'Devices', exact: true }).click();
  await cell(page, 'MATRIX', 'inputs').waitFor();
  assert.deepEqual(await Promise.all(['kind', 'inputs', 'outputs', 'connections'].map((column) => cell(page, 'MATRIX', column).innerText())), ['router', '1', '2', '2']);
  assert.match(await cell(page, 'MATRIX', 'look').innerText(), /In 1 of MATRIX is taken twice/);
  await cell(page, 'MATRIX', 'name').dblclick();
  await page.keyboard.type('HUB');
  await page.keyboard.press('Enter');
  const named = (list: Json[]) => list.map((row) => row.signal_path.find((hop: Json) => hop.id === row.intermediate_id).name).join();
  await until(() => read(show.id), (list) => named(list) === 'HUB,HUB');
  await cell(page, 'HUB', 'model').click();
  await page.keyboard.type('Acme 40');
  await page.keyboard.press('Enter');
  await until(() => read(show.id), (list) => list.every((row) => row.signal_path.some((hop: Json) => hop.model === 'Acme 40')));
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await until(() => read(show.id), (list) => named(list) === 'MATRIX,MATRIX');
  await cell(page, 'MATRIX', 'name').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a connection is led through another device by its name; what is imported keeps its ports', async () => {
  const show = await makeFlow(node.url, 'Led', 2);
  const { page, context, faults } = await open(browser, `${node.url}/shows/${show.id}/connections`, 'Ana');
  const through = page.locator(`[data-row="${show.connections[0]}"] [data-column="device"]`);
  await until(() => through.innerText(), (text) => text === 'ROUTER A');
  await through.dblclick();
  await page.keyboard.type('ROUTER B');
  await page.keyboard.press('Enter');
  const first = async () => (await read(show.id)).find((row) => row.id === show.connections[0])!;
  const row = await until(first, (one) => one.signal_path.some((hop: Json) => hop.name === 'ROUTER B'));
  assert.equal(row.intermediate_input, 'In 1');
  assert.equal(row.signal_path.length, 3);
  await page.getByRole('link', { name: 'Devices', exact: true }).click();
  await cell(page, 'ROUTER B', 'kind').waitFor();
  assert.equal(await cell(page, 'ROUTER A', 'connections').innerText(), '1');
  await page.getByRole('link', { name: 'Signal flow' }).click();
  await page.locator('[data-node]').filter({ hasText: 'ROUTER B' }).first().waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a show without devices says how one comes in', async () => {
  const show = await makeShow(node.url, 'Bare', 1);
  const { page, context, faults } = await open(browser, `${node.url}/shows/${show.id}/devices`, 'Ana');
  await page.getByText('No devices yet.').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'connection', exact: true }).click();
  await page.getByRole('grid', { name: /^Connections/ }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});
