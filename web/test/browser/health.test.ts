// Backups and what happened to the data, from the tablet.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startFragile, type Fragile } from '../node.ts';
import { dist, launch, open, violations } from './browser.ts';
import { makeShow } from './show.ts';

let browser: Browser;
let node: Fragile;
before(async () => {
  node = await startFragile('lan', ['--web', dist]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await node?.end();
});

test('a backup is made by hand, and proved to restore', async () => {
  await makeShow(node.url, 'Gala', 3);
  const { page, context, faults } = await open(browser, `${node.url}/health`, 'Ana');
  await page.getByRole('button', { name: 'Back up now' }).click();
  const row = page.getByRole('row', { name: /By hand/ });
  await row.getByRole('button', { name: /^Prove it/ }).click();
  await row.getByText(/^Yes, proved/).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test('what a node says of itself is given as a file, without rows', async () => {
  const { page, context, faults } = await open(browser, `${node.url}/health`, 'Ana');
  const file = page.waitForEvent('download');
  await page.getByRole('button', { name: 'For who helps' }).click();
  const given = JSON.parse(readFileSync(await (await file).path(), 'utf8'));
  assert.equal(given.node.name, 'Truck');
  assert.deepEqual(Object.keys(given).sort(), ['backups', 'device', 'health', 'log', 'node', 'nodes', 'sync']);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a directory that was copied is told of until somebody confirms it', async () => {
  await node.kill();
  rmSync(join(node.data, 'PLACE')); // as after a copy
  await node.start();
  const { page, context, faults } = await open(browser, `${node.url}/health`, 'Ana');
  const told = page.getByRole('region', { name: 'What happened to the data' });
  await told.getByRole('button', { name: 'I know of it' }).click();
  await told.waitFor({ state: 'detached' });
  await page.getByText('Nothing happened to it.').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});
