// Deciding: by signal path, several at once, mixed column by column, and taken back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Json } from '../api.ts';
import { startNode, type GenlockNode } from '../node.ts';
import { dist, launch, open } from './browser.ts';
import { call, makeFlow, source, until } from './show.ts';

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

// Ben's values and Cleo's, of whom neither knew of the other.
async function disagree(path: string, ben: Json, cleo: Json): Promise<void> {
  const base = (await call(node.url, 'GET', path)).json._meta.etag;
  await call(node.url, 'PATCH', path, ben, 'Ben');
  await call(node.url, 'PATCH', path, cleo, 'Cleo', { 'Base-Version': base, Prefer: 'conflict=record' });
}
const pending = async (show: string): Promise<Json[]> => (await call(node.url, 'GET', `/api/sync/conflicts?resolution=eq.pending&production_id=eq.${show}`)).json;
const section = (page: Page, show: string) => page.getByRole('region', { name: show, exact: true });
const conflicts = `/conflicts`;

test('conflicts that touch the same screen stand together, and each side says what would be fed', async () => {
  const show = await makeFlow(node.url, 'Paths', 4);
  await disagree(`/api/sources/${show.sources[0]}`, { h_res: 3840, v_res: 2160 }, { h_res: 1280, v_res: 720 });
  await disagree(`/api/connections/${show.connections[0]}`, { source_id: show.sources[2] }, { source_id: show.sources[3] });
  const { page, context, faults } = await open(browser, node.url + conflicts, 'Ana');
  const here = section(page, 'Paths');
  const routing = here.getByRole('article', { name: /^Connection/ });
  const side = (who: string) => routing.locator('.side', { hasText: who }).innerText();
  await until(() => side('Ben'), (text) => text.includes('LED 1 can show SRC 3 CAM 3'));
  await until(() => side('Cleo'), (text) => text.includes('LED 1 can show SRC 4 CAM 4'));
  await here.getByRole('heading', { name: /^On the way to .*LED 1/ }).waitFor();
  assert.equal(await page.getByRole('checkbox', { checked: true }).count(), 0, 'nothing is chosen beforehand');
  assert.equal(await page.getByRole('radio', { checked: true }).count(), 0);
  await routing.locator('.side', { hasText: 'Ben' }).getByRole('button', { name: 'Take this' }).click();
  await until(async () => (await call(node.url, 'GET', `/api/connections/${show.connections[0]}`)).json, (row) => row.source_id === show.sources[2] && row._meta.conflicts === 0);
  for (const one of await pending(show.id)) await call(node.url, 'POST', `/api/sync/conflicts/${one.id}/resolve`, { resolution: 'manual', pick: 'a' }, 'Ben', { 'If-Match': one._meta.etag });
  assert.deepEqual(faults, []);
  await context.close();
});

test('several get one choice after a preview; what failed says why and stays', async () => {
  const show = await makeFlow(node.url, 'Several', 3);
  for (const id of show.sources) await disagree(`/api/sources/${id}`, { h_res: 3840 }, { h_res: 1280 });
  const { page, context, faults } = await open(browser, node.url + conflicts, 'Ana');
  const here = section(page, 'Several');
  await here.getByRole('button', { name: 'Choose all 3' }).click();
  await here.getByText('3 chosen.').waitFor();
  await here.getByRole('button', { name: 'The venue’s ..' }).click();
  const dialog = page.getByRole('dialog');
  await until(() => dialog.innerText(), (text) => /SRC 1 CAM 1[^]*H res 1280 3840/.test(text));
  assert.equal((await pending(show.id)).length, 3, 'a preview decides nothing');
  // Meanwhile somebody else writes a third version of one of them.
  const base = (await pending(show.id)).find((one) => one.record_id === show.sources[1])!;
  await call(node.url, 'POST', `/api/sync/conflicts/${base.id}/resolve`, { resolution: 'manual', value: { ...base.sides[0].value, h_res: 2560 } }, 'Ben', { 'If-Match': base._meta.etag });
  await dialog.getByRole('button', { name: 'Decide 3' }).click();
  await page.getByRole('dialog', { name: '2 of 3 decided' }).waitFor();
  await dialog.locator(`[data-bulk="${base.id}"]`).getByText(/^Not decided:/).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  for (const [i, wide] of [[0, 3840], [1, 2560], [2, 3840]] as const) await until(() => source(node.url, show.sources[i]!), (row) => row.h_res === wide && row._meta.conflicts === 0);
  await here.waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
  await context.close();
});

test('the latest of each, and a decision that is taken back and made again the other way', async () => {
  const show = await makeFlow(node.url, 'Latest', 2);
  for (const id of show.sources) await disagree(`/api/sources/${id}`, { rate: 50 }, { rate: 25 });
  const id = (await pending(show.id)).find((one) => one.record_id === show.sources[0])!.id;
  const { page, context, faults } = await open(browser, node.url + conflicts, 'Ana');
  const here = section(page, 'Latest');
  for (const name of ['SRC 1 CAM 1', 'SRC 2 CAM 2']) await here.getByLabel(`Choose ${name}`).check();
  await here.getByRole('button', { name: 'The latest ..' }).click();
  await page.getByRole('button', { name: 'Decide 2' }).click();
  await page.getByRole('dialog', { name: '2 of 2 decided' }).getByRole('button', { name: 'Close' }).last().click();
  await until(() => source(node.url, show.sources[0]!), (row) => row.rate === 25 && row._meta.conflicts === 0);
  const decided = page.locator(`[data-decided="${id}"]`); // other shows have a camera of that name, too
  await decided.getByRole('button', { name: 'Take the other' }).click();
  await until(() => source(node.url, show.sources[0]!), (row) => row.rate === 50);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a decision of one’s own is taken back: the row shows what it showed before', async () => {
  const show = await makeFlow(node.url, 'Back', 1);
  await disagree(`/api/sends/${show.sends[0]}`, { h_res: 3840 }, { h_res: 1280 });
  const { page, context, faults } = await open(browser, node.url + conflicts, 'Ana');
  const width = async () => (await call(node.url, 'GET', `/api/sends/${show.sends[0]}`)).json.h_res;
  const before = await width();
  await section(page, 'Back').locator('.side', { hasText: before === 3840 ? 'Cleo' : 'Ben' }).getByRole('button', { name: 'Take this' }).click();
  await until(width, (now) => now !== before);
  await page.getByRole('article', { name: 'Decided: Send LED 1' }).getByRole('button', { name: 'Undo the decision' }).click();
  await until(width, (now) => now === before);
  assert.deepEqual(faults, []);
  await context.close();
});

test('so is one about a device of the library', async () => {
  const device = (await call(node.url, 'POST', '/api/equipment', { category: 'router', manufacturer: 'Acme', model: 'Undone 9', io_architecture: 'card-based', card_slots: 4 })).json.id;
  await disagree(`/api/equipment/${device}`, { card_slots: 6 }, { card_slots: 8 });
  const slots = async (): Promise<number> => (await call(node.url, 'GET', `/api/equipment/${device}`)).json.card_slots;
  const before = await slots();
  const { page, context, faults } = await open(browser, node.url + conflicts, 'Ana');
  await page.getByRole('article', { name: /Undone 9/ }).locator('.side', { hasText: before === 6 ? 'Cleo' : 'Ben' }).getByRole('button', { name: 'Take this' }).click();
  await until(slots, (now) => now === 14 - before);
  await page.getByRole('article', { name: /^Decided: Device .*Undone 9/ }).getByRole('button', { name: 'Undo the decision' }).click();
  await until(slots, (now) => now === before);
  assert.deepEqual(faults, []);
  await context.close();
});

test('both versions are mixed, column by column; nothing is picked beforehand', async () => {
  const show = await makeFlow(node.url, 'Mixed', 1);
  await disagree(`/api/sources/${show.sources[0]}`, { h_res: 3840, v_res: 2160 }, { h_res: 1280, v_res: 720 });
  const { page, context, faults } = await open(browser, node.url + conflicts, 'Ana');
  const here = section(page, 'Mixed');
  await here.getByRole('button', { name: 'Mix both' }).click();
  const take = here.getByRole('button', { name: 'Take this mixture' });
  assert.ok(await take.isDisabled());
  await here.getByRole('group', { name: 'H res' }).getByLabel(/^3840/).check();
  assert.ok(await take.isDisabled());
  await here.getByRole('group', { name: 'V res' }).getByLabel(/^720/).check();
  await here.getByText(/^It becomes: .*H res 3840, V res 720/).waitFor();
  await take.click();
  await until(() => source(node.url, show.sources[0]!), (row) => row.h_res === 3840 && row.v_res === 720 && row._meta.conflicts === 0);
  assert.deepEqual(faults, []);
  await context.close();
});
