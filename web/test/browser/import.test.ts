// Files into a node, from the browser: what would happen first, then that.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Json } from '../api.ts';
import { repository, startNode, type GenlockNode } from '../node.ts';
import { dist, launch, open } from './browser.ts';
import { call, makeShow, sources } from './show.ts';

let browser: Browser;
let node: GenlockNode;
before(async () => {
  browser = await launch();
  node = await startNode('lan', ['--web', dist]);
});
after(async () => {
  await browser?.close();
  await node?.stop();
});

const choose = (page: Page, files: string | { name: string; mimeType: string; buffer: Buffer }) => page.getByLabel('File to import').setInputFiles(files);
const dry = async (page: Page) => {
  await page.getByRole('button', { name: 'See what would happen' }).click();
  await page.getByRole('heading', { name: 'What would happen' }).waitFor();
};
const list = async (path: string): Promise<Json[]> => (await call(node.url, 'GET', path)).json;

test('the old app’s storage: a dry run writes nothing, the import all it said; again there is nothing to take', async () => {
  const { page, context, faults } = await open(browser, node.url, 'Ana');
  await page.getByRole('link', { name: 'Import' }).click();
  await choose(page, join(repository, 'tests/data/localstorage-export.json'));
  await dry(page);
  await page.getByText('1 show, 21 sources, 21 sends, 4 connections, 219 devices, 15 attachments would be taken.').waitFor();
  await page.getByText(/^Checklist/).waitFor();
  assert.deepEqual(await list('/api/productions'), []);
  await page.getByRole('button', { name: 'Import it' }).click();
  await page.getByRole('heading', { name: 'What was done' }).waitFor();
  const [show] = await list('/api/productions');
  assert.deepEqual([show.show_name, show._meta.by.user], ['Annual Conference 2024', 'Ana']);
  assert.equal((await list('/api/equipment')).length, 219);
  await dry(page);
  await page.getByText(/are here already, just the same\.$/).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Import it' }).isDisabled());
  await page.getByRole('link', { name: 'Shows', exact: true }).click();
  await page.getByRole('link', { name: /^Annual Conference 2024/ }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a list as CSV: its columns are named by hand; a line that does not fit is told with its reason', async () => {
  const made = await makeShow(node.url, 'Gala', 1);
  const { page, context, faults } = await open(browser, `${node.url}/import`, 'Ana');
  await choose(page, { name: 'cams.csv', mimeType: 'text/csv', buffer: Buffer.from('Titel;type;h res;Alt\nCAM 11;camera;1920;x\nCAM 12;camera;wide;y\n') });
  assert.ok(await page.getByRole('button', { name: 'See what would happen' }).isDisabled());
  await page.getByLabel('Of the show').selectOption(made.id);
  await page.getByLabel('Titel').selectOption('name');
  await page.getByLabel('Alt').selectOption('leave');
  await dry(page);
  await page.getByText('1 source would be taken.').waitFor();
  await page.getByText('1 row can’t be taken; the reasons are below.').waitFor();
  await page.getByRole('cell', { name: 'line 3' }).waitFor();
  await page.getByRole('button', { name: 'Import it' }).click();
  await page.getByRole('heading', { name: 'What was done' }).waitFor();
  assert.deepEqual((await sources(node.url, made.id)).map((row) => [row.name, row.h_res]), [['CAM 1', 1920], ['CAM 11', 1920]]);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a file that is none is refused with the place, and one that is too large before it is sent', async () => {
  const { page, context } = await open(browser, `${node.url}/import`, 'Ana');
  const library = readFileSync(join(repository, 'tests/data/equipment.json'));
  await choose(page, { name: 'half.json', mimeType: 'application/json', buffer: library.subarray(0, 5_000) });
  await page.getByRole('button', { name: 'See what would happen' }).click();
  await page.getByRole('alert').getByText(/line \d+, column \d+/).waitFor();
  // As a file: through the browser's protocol so much takes long on a busy machine.
  const folder = mkdtempSync(join(tmpdir(), 'genlock-web-'));
  const huge = join(folder, 'huge.json');
  writeFileSync(huge, Buffer.alloc(17 * 1_024 * 1_024, 32));
  await choose(page, huge);
  await page.getByRole('alert').getByText(/up to 16 MiB/).waitFor();
  assert.equal(await page.getByRole('button', { name: 'See what would happen' }).count(), 0);
  await context.close();
  rmSync(folder, { recursive: true });
});
