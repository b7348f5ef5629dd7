// The walks before and after a show, on a tablet at the venue, with a cloud that goes away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Json } from '../api.ts';
import { cell, open, violations } from './browser.ts';
import { startPair } from './pair.ts';
import { pdfPages } from './pdf.ts';
import { call, makeShow, source, sources, until } from './show.ts';

const nodes = startPair();

const region = (page: Page, name: string) => page.getByRole('region', { name });

test('after a show: a dry run foresees the conflict, sending makes it, and both are the same then', async () => {
  const show = await makeShow(nodes.cloud.url, 'Tour', 6);
  await call(nodes.venue.url, 'POST', `/api/sync/production/${show.id}/download`);
  await until(() => sources(nodes.venue.url, show.id), (rows) => rows?.length === 6);
  const { page, context, faults } = await open(nodes.browser, `${nodes.venue.url}/nodes`, 'Ana');
  await page.getByRole('link', { name: 'After a show' }).click();
  await page.getByText('Nothing waits: the cloud has everything').waitFor();
  await page.getByText(/^Tour: the same/).waitFor();
  await page.getByRole('button', { name: 'Hold sync while I look' }).click();
  await page.getByText('Sync is held').waitFor();

  const [both, mine, theirs] = show.sources as [string, string, string];
  await call(nodes.venue.url, 'PATCH', `/api/sources/${both}`, { h_res: 3840, v_res: 2160 }, 'Ana');
  await call(nodes.venue.url, 'PATCH', `/api/sources/${mine}`, { note: 'roof' }, 'Ana');
  await call(nodes.venue.url, 'DELETE', `/api/sources/${show.sources[5]}`, undefined, 'Ana');
  await call(nodes.cloud.url, 'PATCH', `/api/sources/${both}`, { h_res: 1280, v_res: 720 }, 'Ben');
  await call(nodes.cloud.url, 'PATCH', `/api/sources/${theirs}`, { note: 'desk' }, 'Ben');

  const tour = region(page, 'Tour');
  await tour.getByText('Sources: 2 changed, 1 deleted').waitFor();
  await tour.getByRole('button', { name: 'Look again' }).click();
  await tour.getByText('1 conflict will need a decision').waitFor();
  await until(() => tour.innerText(), (text) => /3 edits/.test(text) && /Ana, office: 3 edits of 3 rows/.test(text) && /Ben, office: 2 edits of 2 rows/.test(text)
    && /SRC 1/.test(text) && /3840 × 2160/.test(text) && /1280 × 720/.test(text) && /1 row was changed on both sides/.test(text));
  assert.deepEqual(await violations(page), []);
  assert.equal((await call(nodes.venue.url, 'GET', '/api/sync/conflicts?resolution=eq.pending')).json.length, 0); // a dry run
  assert.equal((await source(nodes.cloud.url, mine)).note, null);

  await page.getByRole('button', { name: 'Send 1 show' }).click();
  await page.getByText('5 edits went over').waitFor();
  await page.getByText('1 conflict to decide.').waitFor();
  await page.getByText(/Both have the same now/).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.equal((await source(nodes.cloud.url, mine)).note, 'roof');
  assert.equal((await source(nodes.venue.url, theirs)).note, 'desk');
  await page.reload(); // what came of it is still told
  await page.getByText('1 conflict to decide.').waitFor();
  const row = async () => (await call(nodes.venue.url, 'GET', `/api/productions/${show.id}`)).json;
  await page.getByRole('button', { name: 'Archive Tour' }).click();
  await until(row, (now) => now.status === 'archived');
  await page.getByText('It is archived.').waitFor();
  await call(nodes.venue.url, 'POST', `/api/productions/${show.id}/lock`, { reason: 'show day' });
  await page.goto(page.url());
  const again = page.getByRole('button', { name: 'Send 1 show' }); // that it was archived and locked waits
  await again.click();
  await page.getByRole('button', { name: 'Unlock Tour' }).click();
  await until(row, (now) => now._meta.lock === null);
  await page.getByRole('link', { name: 'Decide it' }).click();
  await page.locator('[data-conflict] .side', { hasText: 'on Truck' }).getByRole('button', { name: 'Take this' }).click();
  await page.getByText('Nobody has to decide anything').waitFor();
  await call(nodes.venue.url, 'POST', '/api/sync/start');
  await until(() => source(nodes.cloud.url, both), (row) => row.h_res === 3840 && row._meta.conflicts === 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test('before a show: chosen, downloaded, checked, and the cable is pulled', async () => {
  const show = await makeShow(nodes.cloud.url, 'Summit', 40);
  const { page, context, faults } = await open(nodes.browser, `${nodes.venue.url}/nodes`, 'Ana');
  await page.getByRole('link', { name: 'Before a show' }).click();
  await page.getByLabel('Take Summit').check();
  await page.getByRole('button', { name: 'Download and check 1 show' }).click();
  await page.getByText('It is here, and kept up to date.').waitFor();
  await page.getByText(/^The same as on Office: 41 edits|^The same as on Office: 2 edits/).waitFor();
  // The node makes a backup after the download; somebody may have to wait for it, or ask for one.
  await until(async () => {
    const now = page.getByRole('button', { name: 'Back up now' });
    if (await now.isVisible()) await now.click({ timeout: 2_000 }).catch(() => {});
    return page.locator('#main').innerText();
  }, (text) => text.includes('You can pull the cable'), 60_000);
  await page.getByRole('img', { name: /^Code for/ }).waitFor();
  assert.deepEqual(await violations(page), []);

  await page.getByRole('link', { name: 'Certificate' }).click();
  const paper = page.getByRole('article');
  await paper.getByRole('heading', { name: 'Downloaded and checked' }).waitFor();
  const compared = (await call(nodes.venue.url, 'GET', `/api/sync/production/${show.id}/compare`)).json;
  const { digest, events } = compared.streams.find((one: Json) => one.kind === 'production');
  const told = await paper.innerText();
  for (const said of [digest, `${events} edits`, 'Summit', 'Equipment library', 'Ana, on Ana\'s tablet', 'Truck', compared.peer.name]) assert.ok(told.includes(said), `${said} in ${told}`);
  await paper.getByRole('img', { name: /^Code for http/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  const pages = pdfPages(await page.pdf({ preferCSSPageSize: true }));
  assert.equal(pages.length, 1);
  assert.ok(pages[0]!.includes(digest) && !pages[0]!.includes('Print or keep'), pages[0]);
  await page.getByRole('link', { name: 'Before a show' }).click();
  await page.getByText('You can pull the cable').waitFor();

  await nodes.cloud.stop();
  await until(() => page.locator('#main').innerText(), (text) => text.includes('The cable is out'), 30_000);
  await page.reload();
  await until(() => page.locator('#main').innerText(), (text) => text.includes('The cable is out'), 30_000);
  await page.getByText(/It was last the same there/).first().waitFor();
  await page.getByRole('link', { name: 'Certificate' }).waitFor(); // of when it was well
  assert.deepEqual(await violations(page), []);
  await page.getByRole('link', { name: 'Open Summit' }).click();
  await cell(page, 'CAM 1', 'name').click();
  await page.keyboard.type('CAM ROOF');
  await page.keyboard.press('Enter');
  await until(() => source(nodes.venue.url, show.sources[0]!), (row) => row.name === 'CAM ROOF');

  await page.goto(`${nodes.venue.url}/nodes/after`); // what waits is known, what the cloud did is not
  await region(page, 'Summit').getByText('Sources: 1 changed').waitFor();
  await region(page, 'Summit').getByText('The cloud is out of reach, so nobody can know').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});
