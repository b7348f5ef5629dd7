// Two nodes and a cut link, seen from the tablet at the venue.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cell, open, violations } from './browser.ts';
import { startPair } from './pair.ts';
import { call, makeShow, source, until } from './show.ts';

const nodes = startPair();

test('downloaded before the show, cut off, edited on both sides, brought together, decided', async () => {
  const show = await makeShow(nodes.cloud.url, 'Tour', 5);
  const id = show.sources[0]!;
  const { page, context, faults } = await open(nodes.browser, `${nodes.venue.url}/nodes`, 'Ana');
  await page.getByRole('button', { name: 'Download Tour' }).click();
  await page.getByRole('row', { name: /Tour.*Yes, kept up to date/ }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused by somebody').waitFor();

  await page.getByRole('link', { name: 'Shows' }).click();
  await page.getByRole('link', { name: /^Tour/ }).click();
  await cell(page, 'CAM 1', 'h_res').click();
  await page.keyboard.type('3840');
  await page.keyboard.press('Enter');
  await until(() => source(nodes.venue.url, id), (row) => row.h_res === 3840);
  await call(nodes.cloud.url, 'PATCH', `/api/sources/${id}`, { h_res: 2560 });
  await call(nodes.cloud.url, 'PATCH', `/api/sources/${id}`, { note: 'roof' });

  await page.getByRole('link', { name: 'Sync', exact: true }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await until(() => page.getByTestId('chip').innerText(), (words) => words === '1 conflict');
  await page.getByTestId('chip').click();
  const conflict = page.locator('[data-conflict]');
  await until(() => conflict.innerText(), (text) => /Source (SRC 1 )?CAM 1|SRC 1/.test(text) && /on Office/.test(text) && /on Truck/.test(text) && /2560/.test(text) && /3840/.test(text));
  await conflict.locator('.side', { hasText: 'on Truck' }).getByRole('button', { name: 'Take this' }).click();
  await page.getByText('Nobody has to decide anything').waitFor();
  for (const node of [nodes.venue, nodes.cloud])
    await until(() => source(node.url, id), (row) => row.h_res === 3840 && row.note === 'roof' && row._meta.conflicts === 0);
  await until(() => page.getByTestId('chip').innerText(), (words) => words === 'Live');
  assert.deepEqual(faults, []);
  await context.close();
});

test('what waited is drawn as it grows and goes, told in words and as a table', async () => {
  const show = await makeShow(nodes.venue.url, 'Plot', 3);
  const { page, context, faults } = await open(nodes.browser, `${nodes.venue.url}/nodes`, 'Ana');
  const plot = page.getByRole('figure', { name: 'Edits that waited: Office' });
  await plot.getByText('Office: nothing waits now').waitFor();
  const line = () => plot.locator('.lag-line.is-send').getAttribute('d');
  const level = await line();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused by somebody').waitFor();
  for (const id of show.sources) await call(nodes.venue.url, 'PATCH', `/api/sources/${id}`, { note: 'roof' });
  await plot.getByText(/Office: [3-9] edits to send/).waitFor();
  assert.notEqual(await line(), level);
  await page.getByRole('button', { name: 'Go on' }).click();
  await plot.getByText(/Office: nothing waits now; [3-9] edits at the most/).waitFor();
  await plot.getByText('As a table').click();
  await until(() => plot.getByRole('row').allInnerTexts(), (rows) => rows.length > 1 && /\t[3-9]\t0/.test(rows[1]!));
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a show that the cloud has locked can be read here, and an edit of it waits for a person', async () => {
  const show = await makeShow(nodes.cloud.url, 'Locked', 2);
  await call(nodes.venue.url, 'POST', `/api/sync/production/${show.id}/download`);
  await call(nodes.cloud.url, 'POST', `/api/productions/${show.id}/lock`, { reason: 'under review', until: null });
  const production = async () =>
    (await call(nodes.venue.url, 'GET', '/api/productions')).json.find((one: { id: string }) => one.id === show.id);
  await until(production, (one) => one?._meta.lock);
  const { page, context, faults } = await open(nodes.browser, `${nodes.venue.url}/shows/${show.id}/sources`, 'Ana');
  await page.getByText('Locked by Office').waitFor();
  await cell(page, 'CAM 1', 'name').click();
  await page.keyboard.type('CAM ROOF');
  await page.keyboard.press('Enter');
  await page.getByText(/waits for you/).first().waitFor();
  await cell(page, 'CAM 1', 'name').waitFor(); // what was refused is not shown as if it were there
  await page.getByTestId('chip').click();
  await page.getByRole('button', { name: 'Let it go' }).waitFor();
  await call(nodes.cloud.url, 'DELETE', `/api/productions/${show.id}/lock`);
  await until(production, (one) => one?._meta.lock === null);
  await page.getByRole('button', { name: 'Try again' }).click();
  await until(() => source(nodes.cloud.url, show.sources[0]!), (row) => row.name === 'CAM ROOF');
  assert.deepEqual(faults, []);
  await context.close();
});

test('a row says how far it has come: on this device, on the box, in the cloud', async () => {
  const show = await makeShow(nodes.cloud.url, 'Journey', 3);
  await call(nodes.venue.url, 'POST', `/api/sync/production/${show.id}/download`);
  await until(async () => (await call(nodes.venue.url, 'GET', '/api/productions')).json, (rows) => rows.some((one: { id: string }) => one.id === show.id), 20_000);
  const { page, context, faults } = await open(nodes.browser, `${nodes.venue.url}/shows/${show.id}/sources?core=tab`, 'Ana');
  const mark = (i: number, name: string) => page.locator(`[data-row="${show.sources[i]}"]`).getByRole('img', { name, exact: true });
  await mark(2, 'in the cloud').waitFor();
  await call(nodes.venue.url, 'POST', '/api/sync/stop');
  await context.route('**/batch', (route) => route.abort());
  await cell(page, 'CAM 1', 'name').click();
  await page.keyboard.type('CAM ROOF');
  await page.keyboard.press('Enter');
  await mark(0, 'waiting').waitFor();
  await context.unroute('**/batch');
  await mark(0, 'on the box').waitFor();
  assert.equal(await page.locator('[data-number="0"]').getAttribute('title'), 'On the box at the venue, not in the cloud yet');
  await mark(2, 'in the cloud').waitFor(); // nobody touched it
  await call(nodes.venue.url, 'POST', '/api/sync/start');
  await mark(0, 'in the cloud').waitFor();
  assert.equal((await source(nodes.cloud.url, show.sources[0]!)).name, 'CAM ROOF');
  assert.deepEqual(faults, []);
  await context.close();
});

test('a lock of another node is opened over its head with a warning and a reason, which its history keeps', async () => {
  const show = await makeShow(nodes.cloud.url, 'Override', 1);
  await call(nodes.venue.url, 'POST', `/api/sync/production/${show.id}/download`);
  await call(nodes.cloud.url, 'POST', `/api/productions/${show.id}/lock`, { reason: 'under review', until: null });
  const lockAt = async (url: string) => (await call(url, 'GET', '/api/productions')).json.find((one: { id: string }) => one.id === show.id)?._meta.lock;
  await until(() => lockAt(nodes.venue.url), (lock) => lock?.reason === 'under review', 20_000);
  const { page, context, faults } = await open(nodes.browser, `${nodes.venue.url}/shows/${show.id}/sources`, 'Ana');
  await page.getByRole('button', { name: 'Locked by Office' }).click();
  await page.getByText('Office hears of it at the next exchange').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Unlock over their head' }).click();
  await page.getByText('Say why: it stands in the history').waitFor();
  assert.ok(await lockAt(nodes.venue.url));
  await page.getByLabel("Why it can't wait").fill('doors in ten minutes');
  await page.getByRole('button', { name: 'Unlock over their head' }).click();
  await page.getByText('Your name and reason stand in its history').waitFor();
  await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
  for (const node of [nodes.venue, nodes.cloud]) await until(() => lockAt(node.url), (lock) => lock === null, 20_000);
  const told = (await call(nodes.cloud.url, 'GET', `/api/productions/${show.id}/history?op=eq.unlock`)).json[0];
  assert.deepEqual([told.by.user, told.comment], ['Ana', 'doors in ten minutes']);
  await page.getByRole('link', { name: 'History', exact: true }).click();
  await page.getByText('doors in ten minutes').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});
