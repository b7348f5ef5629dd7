// Getting about by keyboard, and the light of the screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startNode, type GenlockNode } from '../node.ts';
import { cell, dist, launch, open, violations } from './browser.ts';
import { makeShow, source, until } from './show.ts';

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

test('/ goes to the search, ? tells the keys, Ctrl+K leads anywhere; in a text they are letters', async () => {
  const show = await makeShow(node.url, 'Keyboard gala', 3);
  const { page, context, faults } = await open(browser, `${node.url}/shows/${show.id}/sources`, 'Ana');
  await cell(page, 'CAM 1', 'name').click();
  await page.keyboard.press('/');
  await page.keyboard.type('CAM 2');
  await until(() => page.locator('.grid-line:not(.grid-new)').count(), (count) => count === 1);
  await page.getByLabel('Search sources').fill('');
  await cell(page, 'CAM 1', 'note').dblclick();
  await page.keyboard.type('a/b?');
  await page.keyboard.press('Enter');
  await until(() => source(node.url, show.sources[0]!), (row) => row.note === 'a/b?');
  await page.getByRole('grid').focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).getByText('Fill down').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  const where = page.getByRole('combobox', { name: 'Where to' });
  await where.fill('sen');
  await page.getByRole('option', { name: /Sends\s*Keyboard gala/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Enter');
  await page.getByText('No sends yet').waitFor();
  await page.keyboard.press('Control+k');
  await where.fill('nothing is called that');
  await page.getByText('Nothing is called that.').waitFor();
  await where.fill('equ');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Equipment', exact: true }).waitFor();
  await page.keyboard.press('Control+k');
  await where.fill('keyboard');
  await page.getByRole('option', { name: /Keyboard gala/ }).click();
  await cell(page, 'CAM 1', 'name').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('the screen is dark, dimmer or light; the device remembers it', async () => {
  const show = await makeShow(node.url, 'Dim', 3);
  const { page, context, faults } = await open(browser, `${node.url}/shows/${show.id}/sources`, 'Ana');
  const pageLight = () => page.evaluate(() => {
    const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/\d+/g)!.map(Number);
    return r! + g! + b!;
  });
  const choose = async (what: RegExp) => {
    await page.getByRole('button', { name: /^You: / }).click();
    await page.getByRole('menuitem', { name: what }).click();
  };
  await cell(page, 'CAM 1', 'name').waitFor();
  const dark = await pageLight();
  await choose(/^Dim/);
  const dim = await until(pageLight, (light) => light < dark);
  assert.deepEqual(await violations(page, true), []);
  await page.reload();
  await cell(page, 'CAM 1', 'name').waitFor();
  assert.equal(await pageLight(), dim);
  for (const path of ['/', '/nodes', '/health', `/shows/${show.id}/history`, '/conflicts']) {
    await page.goto(node.url + path);
    await page.getByRole('heading').first().waitFor();
    assert.deepEqual(await violations(page, true), [], `${path}, dim`);
  }
  await choose(/^Light/);
  await until(pageLight, (light) => light > 700);
  await choose(/^Dark/);
  await until(pageLight, (light) => light === dark);
  assert.deepEqual(faults, []);
  await context.close();
});
