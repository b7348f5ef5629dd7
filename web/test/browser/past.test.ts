// Looking back and going back: the history of a row, named moments, a show made again what it was.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startNode, type GenlockNode } from '../node.ts';
import { cell, dist, launch, open, violations } from './browser.ts';
import { call, makeFlow, makeShow, source, sources, until } from './show.ts';

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

const sheet = (show: string, name = 'sources') => `${node.url}/shows/${show}/${name}`;
const deeds = (page: Page) => page.locator('[data-event]');

test('a row has its own history, reached from its sheet; a history can be of one person', async () => {
  const show = await makeShow(node.url, 'Rows', 3);
  await call(node.url, 'PATCH', `/api/sources/${show.sources[0]}`, { name: 'CAM ROOF' });
  await call(node.url, 'PATCH', `/api/sources/${show.sources[0]}`, { note: 'wet' }, 'Cleo');
  await call(node.url, 'PATCH', `/api/sources/${show.sources[1]}`, { note: 'dry' });
  const { page, context, faults } = await open(browser, sheet(show.id), 'Ana');
  await cell(page, 'SRC 1', 'name').click();
  await page.getByRole('button', { name: 'More for this sheet' }).click();
  await page.getByRole('menuitem', { name: 'History of this row' }).click();
  await page.getByRole('heading', { name: 'Source SRC 1 CAM ROOF' }).waitFor();
  await until(() => deeds(page).count(), (count) => count === 3);
  assert.deepEqual(await violations(page), []);
  await page.getByLabel('By whom').selectOption('Cleo');
  await until(() => deeds(page).count(), (count) => count === 1);
  assert.match(await deeds(page).innerText(), /Cleo changed source[^]*Note empty wet/);
  assert.match(page.url(), /by=Cleo/); // so that the view can be sent to somebody
  await page.getByLabel('By whom').selectOption('');
  await deeds(page).nth(1).getByRole('button', { name: 'Make it this again' }).waitFor();
  await page.getByRole('button', { name: 'Everything in the show' }).click();
  await until(() => deeds(page).count(), (count) => count === 5);
  await page.getByLabel('By whom').selectOption('Ana');
  await page.getByRole('heading', { name: 'Nothing of that kind has happened' }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a moment gets a name; the show is made what it was then after a look, and that is taken back', async () => {
  const show = await makeFlow(node.url, 'Evening', 3);
  const { page, context, faults } = await open(browser, sheet(show.id, 'history'), 'Ana');
  await page.getByRole('button', { name: 'Name this moment' }).click();
  await page.getByRole('button', { name: 'Name it' }).click();
  await page.getByText('A moment needs a name').waitFor();
  await page.getByLabel('What is it?').fill('Doors');
  await page.getByRole('button', { name: 'Name it' }).click();
  await page.getByRole('article').filter({ hasText: 'Ana named this moment' }).getByText('“Doors”').waitFor();
  await call(node.url, 'PATCH', `/api/sources/${show.sources[0]}`, { name: 'OTHER' });
  await call(node.url, 'DELETE', `/api/sources/${show.sources[1]}`);
  await call(node.url, 'POST', `/api/productions/${show.id}/sources`, { type: 'CAM', name: 'JIB' });
  await call(node.url, 'PATCH', `/api/sends/${show.sends[2]}`, { note: 'moved' });
  const names = async () => (await sources(node.url, show.id)).map((row) => row.name).sort().join();

  // From any time of its life the named moment is one choice away.
  await page.goto(`${sheet(show.id)}?as_of=${new Date().toISOString()}`);
  await page.getByText('To look at, not to change.').waitFor();
  await page.getByLabel('Moment', { exact: true }).selectOption({ label: 'Doors' });
  await page.getByText('Ana called it “Doors”.').waitFor();
  await cell(page, 'CAM 1', 'name').waitFor();
  await page.getByRole('button', { name: 'Make it this again ..' }).click();
  const dialog = page.getByRole('dialog', { name: 'Make the show what it was: Doors' });
  await dialog.getByText('3 rows to change, 1 to bring back, 1 to delete.').waitFor(); // a connection has its source again
  assert.match(await dialog.locator(`[data-rewound="${show.sources[0]}"]`).innerText(), /Name OTHER CAM 1/);
  assert.deepEqual(await violations(page), []);
  await dialog.getByLabel('Sends').uncheck();
  await dialog.getByText('2 rows to change, 1 to bring back, 1 to delete.').waitFor();
  assert.equal(await names(), 'CAM 3,JIB,OTHER', 'looking changes nothing');

  // Somebody changes the show meanwhile: it is looked at again before anything is done.
  await call(node.url, 'PATCH', `/api/sources/${show.sources[2]}`, { note: 'late' });
  await dialog.getByRole('button', { name: 'Make it this again, 4 rows' }).click();
  await page.getByText('The show has changed meanwhile.').waitFor();
  assert.equal(await names(), 'CAM 3,JIB,OTHER');
  await dialog.getByText('3 rows to change, 1 to bring back, 1 to delete.').waitFor();
  await dialog.getByRole('button', { name: 'Make it this again, 5 rows' }).click();
  await until(names, (now) => now === 'CAM 1,CAM 2,CAM 3');
  assert.equal((await call(node.url, 'GET', `/api/sends/${show.sends[2]}`)).json.note, 'moved');
  await cell(page, 'CAM 2', 'name').waitFor(); // and it is now again
  await page.getByRole('status').filter({ hasText: 'As it was: Doors.' }).getByRole('button', { name: 'Undo' }).click();
  await until(names, (now) => now === 'CAM 3,JIB,OTHER');
  assert.deepEqual(faults, []);
  await context.close();
});

test('the life of a show is pulled along with the keyboard; what one did to many rows is taken back in the history', async () => {
  const show = await makeShow(node.url, 'Life', 2);
  const ops = show.sources.map((id) => ({ op: 'update', table: 'sources', id, row: { note: 'all' } }));
  await call(node.url, 'POST', `/api/productions/${show.id}/batch`, { label: 'Notes', ops }, 'Ana', { 'Genlock-Device': "Ana's tablet" });
  await new Promise((resolve) => setTimeout(resolve, 2_500)); // a step along a life is a second at least
  const { page, context, faults } = await open(browser, `${sheet(show.id)}?as_of=${new Date().toISOString()}`, 'Ana');
  const life = page.getByLabel('Time in the life of the show');
  await life.focus();
  const was = new URL(page.url()).searchParams.get('as_of')!;
  await page.keyboard.press('ArrowLeft');
  await until(async () => new URL(page.url()).searchParams.get('as_of')!, (now) => now < was);
  await page.goto(sheet(show.id, 'history'));
  await deeds(page).first().getByRole('button', { name: 'Take it back' }).click();
  await until(() => source(node.url, show.sources[0]!), (row) => row.note === null);
  await until(() => deeds(page).first().innerText(), (text) => text.includes('Undo: Notes'));
  assert.equal(await deeds(page).last().getByRole('button', { name: 'Take it back' }).count(), 0, 'Ben’s is his');
  assert.deepEqual(faults, []);
  await context.close();
});
