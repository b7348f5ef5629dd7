// The node goes away, in every way that nodes do, and nobody's work with it.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startFragile, type Fragile } from '../node.ts';
import { cell, dist, launch, open } from './browser.ts';
import { call, makeShow, source, sources, until, type Made } from './show.ts';

let browser: Browser;
let node: Fragile;
let show: Made;
before(async () => { browser = await launch(); });
after(() => browser?.close());
beforeEach(async () => {
  node = await startFragile('lan', ['--web', dist]);
  show = await makeShow(node.url, 'Gala', 12);
});
afterEach(() => node.end());

const chip = (page: import('playwright-core').Page) => page.getByTestId('chip').innerText();

test('the node is killed while a tablet types, and started again: every edit arrives, in order', async () => {
  const { page, context, faults } = await open(browser, `${node.url}/shows/${show.id}/sources`, 'Ana');
  await page.getByRole('grid').focus();
  for (let i = 0; i < 12; ++i) {
    if (i === 4) await node.kill();
    await page.keyboard.type(`TYPED ${i}`);
    await page.keyboard.press('Enter');
  }
  await until(() => chip(page), (words) => /^Offline · \d+ waiting$/.test(words));
  await cell(page, 'TYPED 11', 'name').waitFor(); // shown all the same
  assert.ok(await page.locator('.grid-pending').count() > 0);
  await node.start();
  await until(() => sources(node.url, show.id), (rows) => rows.every((row, i) => row.name === `TYPED ${i}`), 15_000);
  await until(() => chip(page), (words) => words === 'Live');
  await page.getByText(/^Reconnected/).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('edits that wait outlive the page: closed, the node comes back, opened, sent', async () => {
  const { page, context } = await open(browser, `${node.url}/shows/${show.id}/sources`, 'Ana');
  await page.getByRole('grid').focus();
  await node.kill();
  await page.keyboard.type('KEPT');
  await page.keyboard.press('Enter');
  await until(() => chip(page), (words) => words === 'Offline · 1 waiting');
  await page.close();
  await node.start();
  assert.equal((await source(node.url, show.sources[0]!)).name, 'CAM 1');
  const again = await context.newPage();
  await again.goto(node.url);
  await until(() => source(node.url, show.sources[0]!), (row) => row.name === 'KEPT');
  const history = (await call(node.url, 'GET', `/api/sources/${show.sources[0]}/history`)).json;
  assert.equal(history[0].by.user, 'Ana');
  assert.equal(history.length, 2); // once
  await context.close();
});

test('where two change the same, the later one is asked: both sides, and what holds is written', async () => {
  const { page, context, faults } = await open(browser, `${node.url}/shows/${show.id}/sources?core=tab`, 'Ana');
  const held = '**/batch';
  const conflictOn = async (i: number, theirs: number, mine: string) => {
    await context.route(held, (route) => route.abort());
    await cell(page, `CAM ${i + 1}`, 'h_res').click();
    await page.keyboard.type(mine);
    await page.keyboard.press('Enter');
    await call(node.url, 'PATCH', `/api/sources/${show.sources[i]}`, { h_res: theirs });
    await context.unroute(held);
    await page.getByText(/waits for you/).first().waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).first().click();
  };
  const decide = async (how: string) => {
    await page.getByRole('link', { name: /^Conflicts/ }).click();
    await page.getByRole('button', { name: how }).click();
    await page.getByRole('button', { name: how }).waitFor({ state: 'detached' });
    await page.goBack();
  };
  await conflictOn(0, 3840, '2560');
  await until(() => chip(page), (words) => words === '1 conflict');
  await page.getByRole('link', { name: /^Conflicts/ }).click();
  const card = page.locator('[data-parked]');
  assert.match(await card.innerText(), /Mine[^]*2560[^]*Ben, office[^]*3840[^]*Before both[^]*1920/);
  await page.goBack();
  await decide('Use mine');
  await until(() => source(node.url, show.sources[0]!), (row) => row.h_res === 2560);

  await conflictOn(1, 3840, '2560');
  await decide('Use theirs');
  assert.equal((await source(node.url, show.sources[1]!)).h_res, 3840);

  await conflictOn(2, 3840, '2560');
  await decide('Keep both');
  await until(() => source(node.url, show.sources[2]!), (row) => row._meta.conflicts === 1);
  await page.getByRole('link', { name: /^Conflicts/ }).click();
  const both = page.locator('[data-conflict]');
  await both.getByRole('button', { name: 'Take this' }).first().waitFor();
  assert.match(await both.innerText(), /3840[^]*2560|2560[^]*3840/);
  await both.locator('.side', { hasText: 'Ben, office' }).getByRole('button', { name: 'Take this' }).click();
  await until(() => source(node.url, show.sources[2]!), (row) => row.h_res === 3840 && row._meta.conflicts === 0);
  await page.getByText('Nobody has to decide anything').waitFor();
  await until(() => chip(page), (words) => words === 'Live');
  assert.deepEqual(faults, []);
  await context.close();
});

test('a value of one\'s own ends a conflict', async () => {
  const id = show.sources[3]!;
  const base = (await source(node.url, id))._meta.etag;
  await call(node.url, 'PATCH', `/api/sources/${id}`, { h_res: 3840, v_res: 2160 });
  await call(node.url, 'PATCH', `/api/sources/${id}`, { h_res: 2560 }, 'Cleo', { 'Base-Version': base, Prefer: 'conflict=record' });
  const { page, context } = await open(browser, `${node.url}/conflicts`, 'Ana');
  await page.getByRole('button', { name: 'Type another value' }).click();
  await page.getByLabel('H res').fill('1280');
  await page.getByLabel('V res').fill('720');
  await page.getByLabel('Rate').fill('50');
  await page.getByRole('button', { name: 'Take what I typed' }).click();
  await until(() => source(node.url, id), (row) => row.h_res === 1280 && row.v_res === 720 && row.rate === 50);
  await context.close();
});

test('without SharedWorker one tab leads, and when it is closed another takes over with what waits', async () => {
  const first = await open(browser, `${node.url}/shows/${show.id}/sources?core=tab`, 'Ana');
  const second = await first.context.newPage();
  await second.goto(`${node.url}/shows/${show.id}/sources?core=tab`);
  await cell(second, 'CAM 1', 'name').click();
  await second.keyboard.type('FROM THE SECOND');
  await second.keyboard.press('Enter');
  await cell(first.page, 'FROM THE SECOND', 'name').waitFor();
  await until(() => source(node.url, show.sources[0]!), (row) => row.name === 'FROM THE SECOND');
  await first.page.close();
  await cell(second, 'CAM 2', 'name').click();
  await second.keyboard.type('FROM THE NEW LEADER');
  await second.keyboard.press('Enter');
  await until(() => source(node.url, show.sources[1]!), (row) => row.name === 'FROM THE NEW LEADER', 12_000);
  await first.context.close();
});
