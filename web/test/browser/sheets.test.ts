// A sheet as a whole: its order, its labels, the outputs of a source, on paper, as a file, and as it was.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Json } from '../api.ts';
import { startFragile, startNode, type Fragile, type GenlockNode } from '../node.ts';
import { cell, dist, launch, open, paste, violations } from './browser.ts';
import { pdfPages } from './pdf.ts';
import { call, makeShow, source, sources, until } from './show.ts';

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
const names = (rows: Json[]) => rows.map((row) => row.name).join();
const byName = (show: string, wanted: string) => until(() => sources(node.url, show), (rows) => names(rows) === wanted, 20_000);
const menu = async (page: Page, item: string | RegExp) => {
  await page.getByRole('button', { name: 'More for this sheet' }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
const number = (page: Page, index: number) => page.locator(`[data-number="${index}"]`);

test('rows are put in order by pulling their number, by keys, and by hand in the menu; one undo each', async () => {
  const show = await makeShow(node.url, 'Order', 6);
  const { page, context, faults } = await open(browser, sheet(show.id), 'Ana');
  await cell(page, 'CAM 5', 'name').waitFor();
  const pull = async (from: number, to: number) => {
    const [a, b] = [(await number(page, from).boundingBox())!, (await number(page, to).boundingBox())!];
    await page.mouse.move(a.x + 10, a.y + a.height / 2);
    await page.mouse.down();
    await page.mouse.move(a.x + 10, (a.y + b.y) / 2, { steps: 3 });
    await page.mouse.move(a.x + 10, b.y + 4, { steps: 3 });
    await page.locator('.grid-drop').waitFor();
  };
  await pull(4, 1);
  await page.mouse.up();
  const rows = await byName(show.id, 'CAM 1,CAM 5,CAM 2,CAM 3,CAM 4,CAM 6');
  assert.deepEqual(rows.filter((row) => row.version > 1).map((row) => row.name), ['CAM 5']); // nobody else's row is touched
  await page.keyboard.press('Control+z');
  await byName(show.id, 'CAM 1,CAM 2,CAM 3,CAM 4,CAM 5,CAM 6');

  await pull(0, 3);
  await page.keyboard.press('Escape'); // not after all
  await page.mouse.up();
  await cell(page, 'CAM 1', 'name').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Alt+ArrowDown');
  await byName(show.id, 'CAM 3,CAM 1,CAM 2,CAM 4,CAM 5,CAM 6');
  await page.keyboard.press('Alt+ArrowDown'); // the same rows, still selected
  await byName(show.id, 'CAM 3,CAM 4,CAM 1,CAM 2,CAM 5,CAM 6');
  await menu(page, /^Move up/);
  await byName(show.id, 'CAM 3,CAM 1,CAM 2,CAM 4,CAM 5,CAM 6');

  await page.getByLabel('Search sources').fill('cam 4'); // what is not shown is in between
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await page.waitForURL((url) => url.search.includes('sort=name'));
  await cell(page, 'CAM 4', 'name').click();
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByLabel('Search sources').fill('');
  await cell(page, 'CAM 6', 'name').click();
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByText('The sheet is sorted by Name').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a finger pulls a number, and two people who pull different rows both get their order', async () => {
  const show = await makeShow(node.url, 'Fingers', 5);
  const { page, context, faults } = await open(browser, sheet(show.id), 'Ana', { viewport: { width: 1024, height: 768 }, hasTouch: true });
  await cell(page, 'CAM 5', 'name').waitFor();
  const [from, to] = [(await number(page, 3).boundingBox())!, (await number(page, 0).boundingBox())!];
  const touch = await context.newCDPSession(page);
  const at = (y: number) => [{ x: from.x + 12, y }];
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(from.y + 12) });
  for (let i = 1; i <= 6; ++i) await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(from.y + 12 + (to.y - from.y - 8) * (i / 6)) });
  await page.locator('.grid-drop').waitFor();
  const last = show.sources[4]!;
  await call(node.url, 'PATCH', `/api/sources/${last}`, { sort_order: 'Zz' });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await until(() => sources(node.url, show.id), (rows) => ['CAM 5,CAM 4,CAM 1,CAM 2,CAM 3', 'CAM 4,CAM 5,CAM 1,CAM 2,CAM 3'].includes(names(rows)), 20_000);
  assert.deepEqual(faults, []);
  await context.close();
});

test('labels are numbered in the order of the rows, after a look at it, with one undo', async () => {
  const show = await makeShow(node.url, 'Labels', 4);
  await call(node.url, 'PATCH', `/api/sources/${show.sources[3]}`, { sort_order: 'Zz' });
  const { page, context, faults } = await open(browser, sheet(show.id), 'Ana');
  await cell(page, 'CAM 4', 'name').waitFor();
  await menu(page, 'Number the labels');
  await page.getByLabel('First number').fill('10');
  const plan = page.getByRole('region', { name: 'What the labels would be' });
  await until(() => plan.innerText(), (text) => /SRC 4\s+SRC 10\s+CAM 4\s+SRC 1\s+SRC 11\s+CAM 1/.test(text));
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Change 4 labels' }).click();
  const labels = (rows: Json[]) => rows.map((row) => row.label).join();
  await until(() => sources(node.url, show.id), (rows) => labels(rows) === 'SRC 10,SRC 11,SRC 12,SRC 13');
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await until(() => sources(node.url, show.id), (rows) => labels(rows) === 'SRC 4,SRC 1,SRC 2,SRC 3');
  assert.deepEqual(faults, []);
  await context.close();
});

test('the outputs of a source: added, renamed, taken away with what hung on them, typed, and of two people', async () => {
  const show = await makeShow(node.url, 'Outputs', 2);
  const [first, second] = show.sources as [string, string];
  const made = (await call(node.url, 'PATCH', `/api/sources/${first}`, { outputs: [{ connector: 'SDI', output_index: 1 }, { connector: 'SDI', output_index: 2 }] })).json;
  const connection = (await call(node.url, 'POST', '/api/connections', { production_id: show.id, source_id: first, source_output_id: made.outputs[1].id, destination_type: 'send' })).json;
  const { page, context, faults } = await open(browser, sheet(show.id), 'Ana');
  await cell(page, 'CAM 1', 'outputs').dblclick();
  await page.getByText('1 connection').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Add an output' }).click();
  await page.getByLabel('Connector').nth(2).fill('HDMI');
  await page.getByLabel('Connector').first().fill('12G-SDI');
  // Somebody else writes on an output that stays, while the dialog is open.
  await call(node.url, 'PATCH', `/api/sources/${first}`, { outputs: [{ id: made.outputs[0].id, label: 'PGM' }, { id: made.outputs[1].id }] });
  await page.getByRole('button', { name: 'Remove SDI 2' }).click();
  await page.getByText('1 connection uses what you take away').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  const outputs = (row: Json) => row.outputs.map((one: Json) => [one.output_index, one.connector, one.label]);
  const row = await until(() => source(node.url, first), (one) => one.outputs.length === 2 && one.outputs[1].connector === 'HDMI', 20_000);
  assert.deepEqual(outputs(row), [[1, '12G-SDI', 'PGM'], [3, 'HDMI', null]]);
  assert.equal(row.outputs[0].id, made.outputs[0].id);
  const read = async () => (await call(node.url, 'GET', `/api/connections/${connection.id}`)).json;
  assert.equal((await read()).source_output_id, null);
  await page.keyboard.press('Control+z');
  await until(read, (one) => one.source_output_id === made.outputs[1].id, 20_000);

  await cell(page, 'CAM 2', 'outputs').click();
  await page.keyboard.type('SDI x2, HDMI');
  await page.keyboard.press('Enter');
  await until(() => source(node.url, second), (one) => one.outputs.map((each: Json) => `${each.connector} ${each.output_index}`).join() === 'SDI 1,SDI 2,HDMI 3');
  await page.getByText('SDI ×2, HDMI').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a note has room for lines, and keeps them', async () => {
  const show = await makeShow(node.url, 'Notes', 1);
  const { page, context, faults } = await open(browser, sheet(show.id), 'Ana');
  await cell(page, 'CAM 1', 'note').click();
  await page.keyboard.type('Hung from truss 3');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('see the rigging plan');
  assert.ok((await page.getByRole('textbox', { name: 'Note' }).boundingBox())!.width >= 320);
  await page.keyboard.press('Enter');
  await until(() => source(node.url, show.sources[0]!), (row) => row.note === 'Hung from truss 3\nsee the rigging plan');
  assert.deepEqual(faults, []);
  await context.close();
});

test('CSV of what is shown, and of all; it comes in again as it went out', async () => {
  const show = await makeShow(node.url, 'Files', 24);
  await call(node.url, 'PATCH', `/api/sources/${show.sources[0]}`, { note: 'say "go",\nthen wait' });
  const { page, context, faults } = await open(browser, `${sheet(show.id)}?type=PTZ&sort=-name`, 'Ana');
  await cell(page, 'CAM 24', 'name').waitFor();
  const save = async (item: RegExp) => {
    const waits = page.waitForEvent('download');
    await menu(page, item);
    const file = await waits;
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
  };
  const shown = await save(/^CSV as shown, 6 sources/);
  assert.equal(shown.name, 'Files sources.csv');
  assert.deepEqual(shown.text.split('\r\n').slice(0, 3).map((line) => line.split(',').slice(0, 3).join()), ['﻿Label,Name,Type', 'SRC 24,CAM 24,PTZ', 'SRC 20,CAM 20,PTZ']);
  const all = await save(/^CSV of all 24 sources/);
  assert.match(all.text, /"say ""go"",\nthen wait"/);
  const fresh = await makeShow(node.url, 'Again', 0);
  const job = (await call(node.url, 'POST', `/api/import?table=sources&production_id=${fresh.id}`, undefined, 'Ben', { 'Content-Type': 'text/csv' }, all.text)).json;
  await until(async () => (await call(node.url, 'GET', `/api/sync/jobs/${job.id}`)).json.state, (state) => state === 'done');
  const rows = await sources(node.url, fresh.id);
  assert.deepEqual([rows.length, rows[0].label, rows[0].note, rows[23].h_res], [24, 'SRC 1', 'say "go",\nthen wait', 1920]);
  assert.deepEqual(faults, []);
  await context.close();
});

test('on paper: the rows of the view, heads with show, time and node, and page numbers; the app is not', async () => {
  const show = await makeShow(node.url, 'Paper', 120);
  const send = (await call(node.url, 'POST', `/api/productions/${show.id}/sends`, { name: 'SCREEN 1A', type: 'LED', output_connector: 'DP' })).json;
  await call(node.url, 'POST', '/api/connections', { production_id: show.id, source_id: show.sources[6], destination_type: 'send', destination_id: send.id,
    intermediate_type: 'router', intermediate_input: 'In 7', intermediate_output: 'Out 3' });
  const { page, context, faults } = await open(browser, sheet(show.id), 'Ana');
  await cell(page, 'CAM 1', 'name').waitFor();
  await menu(page, 'Print or PDF');
  await page.getByRole('heading', { name: 'Paper', exact: true }).waitFor();
  await page.getByText('120 sources. As of').waitFor();
  const pages = pdfPages(await page.pdf({ preferCSSPageSize: true }));
  assert.ok(pages.length >= 3 && pages.length <= 8, `${pages.length} pages`);
  const text = pages.join('');
  for (let n = 1; n <= 120; ++n) assert.ok(text.includes(`SRC${n}CAM${n}`), `row ${n}`);
  pages.forEach((one, i) => {
    assert.ok(one.includes('Paper·Sources') && one.includes('fromTruck') && one.includes(`Page${i + 1}of${pages.length}`), `the head of page ${i + 1}: ${one.slice(0, 200)}`);
    assert.ok(one.includes('SecondarydeviceOutputs') || one.includes('LabelName'), `the titles on page ${i + 1}`);
  });
  assert.ok(!text.includes('Equipment') && !text.includes('Backtotheshow'));

  await page.getByLabel('What to print').selectOption('device');
  await page.getByRole('heading', { name: 'Router 2' }).waitFor();
  assert.match(await page.getByRole('table', { name: 'Router' }).innerText(), /In\s+In 7\s+SRC 7 CAM 7\s+1920×1080 59.94\s+Out\s+Out 3\s+SCREEN 1A/);
  await page.getByLabel('What to print').selectOption('location');
  assert.match(await page.getByRole('table', { name: 'SCREEN' }).innerText(), /SCREEN 1A, DP\s+SRC 7 CAM 7\s+Router: In 7 → Out 3/);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a show as it was: read only, marked, compared with now, and back', async () => {
  const show = await makeShow(node.url, 'Then', 3);
  const first = (await call(node.url, 'GET', `/api/productions/${show.id}/history?limit=1`)).json[0].event;
  await call(node.url, 'PATCH', `/api/sources/${show.sources[0]}`, { h_res: 3840 });
  await call(node.url, 'DELETE', `/api/sources/${show.sources[1]}`);
  await call(node.url, 'POST', `/api/productions/${show.id}/sources`, { type: 'CAM', name: 'JIB' });
  const { page, context, faults } = await open(browser, sheet(show.id, 'history'), 'Ana');
  await page.locator(`[data-event="${first}"]`).getByRole('link', { name: 'The show then' }).click();
  await page.getByText('To look at, not to change.').waitFor();
  await cell(page, 'CAM 2', 'name').waitFor();
  assert.equal(await cell(page, 'CAM 1', 'h_res').innerText(), '1920');
  await until(() => page.getByTestId('since').innerText(), (words) => /1 source changed, 1 deleted \(SRC 2 CAM 2\), 1 made \(.*JIB\)/.test(words), 20_000);
  await cell(page, 'CAM 1', 'h_res').click();
  await page.keyboard.type('1');
  await page.getByText('This is the show as it was. Go back to now to change it.').waitFor();
  await paste(page, '2560');
  await page.getByRole('switch', { name: 'Compare with now' }).click();
  await until(() => cell(page, 'CAM 1', 'h_res').innerText(), (text) => /1920\s*→ 3840/.test(text));
  await until(() => cell(page, 'CAM 2', 'name').innerText(), (text) => /CAM 2\s*→ deleted/.test(text));
  assert.deepEqual(await violations(page), []);
  assert.equal((await source(node.url, show.sources[0]!)).h_res, 3840);

  // Another time: typed. Then it is now again, where typing counts.
  await page.getByLabel('As of').fill('2020-01-01T00:00:00');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: "The show can't be read as of then" }).waitFor();
  await page.getByRole('button', { name: 'Back to now' }).click();
  await cell(page, 'JIB', 'name').waitFor();
  assert.equal(await page.getByText('To look at, not to change.').count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a show that was made while the node is away can be worked in before it is there', async () => {
  const away: Fragile = await startFragile('lan', ['--web', dist]);
  try {
    const { page, context, faults } = await open(browser, away.url, 'Ana');
    await page.getByRole('button', { name: 'New show' }).waitFor();
    const other = await makeShow(away.url, 'Here', 1); // so that the parts of a sheet are loaded
    await page.getByRole('link', { name: /^Here/ }).click();
    await cell(page, 'CAM 1', 'name').waitFor();
    await page.getByRole('link', { name: 'Shows', exact: true }).click();
    await away.kill();
    await page.getByRole('button', { name: 'New show' }).click();
    await page.locator('input[name=show_name]').fill('Made offline');
    await page.getByLabel('Client').fill('Acme');
    await page.getByRole('button', { name: 'Make the show' }).click();
    await page.getByRole('link', { name: /^Made offline/ }).click();
    await page.getByRole('heading', { name: 'Made offline' }).waitFor();
    await page.getByRole('grid').click();
    await page.getByRole('grid').focus();
    await page.keyboard.type('CAM A');
    await page.keyboard.press('Enter');
    await cell(page, 'CAM A', 'name').waitFor();
    await away.start();
    const made = await until(async () => (await call(away.url, 'GET', '/api/productions')).json as Json[], (shows) => shows.length === 2, 20_000);
    const id = made.find((one) => one.id !== other.id)!.id;
    await until(() => sources(away.url, id), (rows) => names(rows) === 'CAM A', 20_000);
    await until(() => page.getByTestId('chip').innerText(), (words) => words === 'Live', 20_000);
    await call(away.url, 'PATCH', `/api/sources/${(await sources(away.url, id))[0].id}`, { name: 'CAM B' });
    await cell(page, 'CAM B', 'name').waitFor(); // and it is told of what others do
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    await away.end();
  }
});
