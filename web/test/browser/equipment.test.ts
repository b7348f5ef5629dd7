// The equipment library: its list, the ports of a device, and what two people do to them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Json } from '../api.ts';
import { repository, startFragile, type Fragile } from '../node.ts';
import { cell, dist, launch, open, paste } from './browser.ts';
import { call, until } from './show.ts';

let browser: Browser;
let node: Fragile;
before(async () => {
  browser = await launch();
  node = await startFragile('lan', ['--web', dist]);
  const devices = JSON.parse(readFileSync(join(repository, 'tests/data/equipment.json'), 'utf8')) as Json[];
  for (const device of devices.filter((one) => one.category === 'router' || one.category === 'cam-switcher')) await call(node.url, 'POST', '/api/equipment', device);
});
after(async () => {
  await browser?.close();
  await node?.end();
});

const read = async (model: string): Promise<Json> => (await call(node.url, 'GET', `/api/equipment?model=eq.${encodeURIComponent(model)}&deleted=true`)).json[0];
const chip = (page: Page) => page.getByTestId('chip').innerText();
const live = (page: Page) => until(() => chip(page), (words) => words === 'Live');
const grid = (page: Page) => page.getByRole('grid').focus();

test('a device is made, gets ports by typing and pasting, is put in order, archived and brought back', async () => {
  const { page, context, faults } = await open(browser, node.url, 'Ana');
  await page.getByRole('link', { name: 'Equipment', exact: true }).click();
  await page.getByText('39 devices').waitFor();
  await page.getByLabel('Search equipment').fill('k-frame');
  await page.getByRole('link', { name: /Korona/ }).waitFor();
  await page.getByRole('button', { name: 'New device' }).click();
  await page.getByLabel('Manufacturer').fill('Acme');
  await page.getByLabel('Model').fill('Matrix 12');
  await page.getByRole('button', { name: 'Make the device' }).click();
  await page.getByRole('heading', { name: 'Acme Matrix 12' }).waitFor();
  await grid(page);
  await page.keyboard.type('12G-SDI');
  await page.keyboard.press('Enter');
  await paste(page, 'Direction\tConnector\tNumber\tLabel\ninput\tHDMI\t1\tPC 1\noutput\tSDI\t0\tPGM');
  await page.getByRole('button', { name: /^Paste/ }).click();
  let row = await until(() => read('Matrix 12'), (one) => one?.io_ports.length === 3);
  assert.deepEqual(row.io_ports.map((one: Json) => [one.port_type, one.io_type, one.port_index, one.label]),
    [['input', '12G-SDI', 0, null], ['input', 'HDMI', 1, 'PC 1'], ['output', 'SDI', 0, 'PGM']]);
  assert.equal(row._meta.by.user, 'Ana');
  await cell(page, 'PGM', 'label').click();
  await page.getByRole('button', { name: 'Move up' }).click();
  row = await until(() => read('Matrix 12'), (one) => one.io_ports[1].label === 'PGM');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await until(() => read('Matrix 12'), (one) => one.io_ports.length === 2);
  await page.keyboard.press('Control+z');
  const back = await until(() => read('Matrix 12'), (one) => one.io_ports.length === 3);
  assert.deepEqual(back.io_ports.map((one: Json) => one.id), row.io_ports.map((one: Json) => one.id));
  await page.getByRole('button', { name: 'Archive' }).click();
  await until(() => read('Matrix 12'), (one) => one.is_deleted);
  await page.getByLabel('Which').selectOption('archived');
  await page.getByRole('button', { name: 'Bring back Acme Matrix 12' }).click();
  row = await until(() => read('Matrix 12'), (one) => !one.is_deleted);
  assert.equal(row.io_ports.length, 3);
  assert.deepEqual(faults, []);
  await context.close();
});

test('cards come and go; ports of two people come together, also of one who was offline', async () => {
  const korona = await read('Korona K-Frame');
  const { page, context, faults } = await open(browser, `${node.url}/equipment/${korona.id}?core=tab`, 'Ana');
  await page.getByRole('link', { name: /^Slot 1/ }).click();
  await cell(page, 'Input 2', 'label').click();
  await live(page);
  await node.kill();
  await page.keyboard.type('PROMPTER');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Card', exact: true }).click();
  await page.getByLabel('Label of the card').fill('Spare');
  await page.keyboard.press('Enter');
  await until(() => chip(page), (words) => words === 'Offline · 3 waiting');
  assert.ok(await page.getByRole('link', { name: /^Slot 3 Spare/ }).isVisible());
  await node.start();
  const row = await until(() => read('Korona K-Frame'), (one) => one.cards[2]?.label === 'Spare', 15_000);
  assert.deepEqual(row.cards.map((one: Json) => [one.slot_number, one.io.length]), [[1, 4], [2, 4], [3, 0]]);
  assert.deepEqual(row.cards[0].io.map((one: Json) => one.label), ['Input 1', 'PROMPTER', 'Input 3', 'Input 4']);
  await live(page);

  // Somebody else adds a port and writes on another while this one types on a third.
  await context.route('**/api/equipment/*', (route) => route.abort());
  await page.getByRole('link', { name: /^Slot 1/ }).click();
  await cell(page, 'Input 3', 'label').click();
  await page.keyboard.type('JIB');
  await page.keyboard.press('Enter');
  const [first, ...rest] = row.cards[0].io as Json[];
  await call(node.url, 'PATCH', `/api/equipment/${korona.id}`, { cards: row.cards.map((one: Json, i: number) => (i ? { id: one.id } : {
    id: one.id, io: [{ id: first.id, label: 'CRANE' }, ...rest.map(({ id }) => ({ id })), { port_type: 'input', io_type: 'SDI', port_index: 4, label: 'Input 5' }],
  })) });
  await context.unroute('**/api/equipment/*');
  const both = await until(() => read('Korona K-Frame'), (one) => one.cards[0].io.some((each: Json) => each.label === 'JIB'), 15_000);
  assert.deepEqual(both.cards[0].io.map((one: Json) => one.label), ['CRANE', 'PROMPTER', 'JIB', 'Input 4', 'Input 5']);
  await cell(page, 'CRANE', 'label').waitFor();
  await live(page);

  // The same label by both: nobody's is lost, the later one is asked.
  await context.route('**/api/equipment/*', (route) => route.abort());
  await cell(page, 'JIB', 'label').click();
  await page.keyboard.type('JIB MINE');
  await page.keyboard.press('Enter');
  await call(node.url, 'PATCH', `/api/equipment/${korona.id}`, { cards: both.cards.map((one: Json, i: number) => (i ? { id: one.id } : {
    id: one.id, io: both.cards[0].io.map((each: Json) => ({ id: each.id, ...(each.label === 'JIB' ? { label: 'JIB THEIRS' } : {}) })),
  })) });
  await context.unroute('**/api/equipment/*');
  await page.getByText(/waits for you/).first().waitFor({ timeout: 15_000 });
  await page.getByRole('link', { name: /^Conflicts/ }).click();
  await page.getByRole('button', { name: 'Use mine' }).click();
  const decided = await until(() => read('Korona K-Frame'), (one) => one.cards[0].io[2].label === 'JIB MINE');
  assert.equal(decided.cards[0].io.length, 5);
  await live(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a conflict on a port is marked in the list and on the device, named in Conflicts, and decided there', async () => {
  const made = (await call(node.url, 'POST', '/api/equipment', { category: 'router', manufacturer: 'Acme', model: 'Split', io_ports: [{ port_type: 'input', io_type: 'SDI', port_index: 0, label: 'Feed' }] })).json;
  const [{ id }] = made.io_ports;
  const path = `/api/equipment/${made.id}`;
  await call(node.url, 'PATCH', path, { io_ports: [{ id, io_type: 'HDMI' }] });
  await call(node.url, 'PATCH', path, { io_ports: [{ id, io_type: '12G-SDI' }] }, 'Cleo', { 'Base-Version': made._meta.etag, Prefer: 'conflict=record' });
  const { page, context, faults } = await open(browser, `${node.url}/equipment?q=split`, 'Ana');
  await page.getByText('1 to decide').waitFor();
  await page.getByRole('link', { name: /Split/ }).click();
  await page.getByRole('img', { name: 'conflict', exact: true }).first().waitFor();
  await page.getByRole('link', { name: '1 to decide', exact: true }).click(); // not the list's link, which says this and more
  await page.getByText('Port Feed of Acme Split').waitFor();
  await page.getByRole('button', { name: 'Take this' }).first().click();
  await page.getByText('Nobody has to decide anything').waitFor();
  assert.equal((await read('Split'))._meta.conflicts + (await read('Split')).io_ports[0]._meta.conflicts, 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a device says where it is used and what happened to it; a copy has all its cards and ports', async () => {
  const korona = await read('Korona K-Frame');
  const show = (await call(node.url, 'POST', '/api/productions', { client: 'Acme', show_name: 'Tour', status: 'planning' })).json.id;
  await call(node.url, 'POST', `/api/productions/${show}/sources`, { type: 'CAM', name: 'CAM 9', note: 'into the Grass Valley Korona K-Frame' });
  const { page, context, faults } = await open(browser, `${node.url}/equipment/${korona.id}`, 'Ana');
  const ask = async (what: string) => {
    await page.getByRole('button', { name: /^What to do with Grass Valley/ }).click();
    await page.getByRole('menuitem', { name: what, exact: true }).click();
  };
  const dialog = page.getByRole('dialog', { name: /Korona/ });
  await ask('Where it is used');
  await dialog.getByRole('region', { name: 'Tour' }).getByRole('link', { name: 'CAM 9' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await ask('History');
  await dialog.locator('[data-event]').filter({ hasText: 'Ben made the device' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await ask('Duplicate');
  await page.getByRole('heading', { name: 'Grass Valley Korona K-Frame (copy)' }).waitFor();
  const copy = await until(() => read('Korona K-Frame (copy)'), (one) => one !== undefined);
  const shape = (device: Json) => device.cards.map((one: Json) => [one.slot_number, one.label, one.io.map((port: Json) => [port.port_type, port.io_type, port.port_index, port.label])]);
  assert.deepEqual(shape(copy), shape(await read('Korona K-Frame')));
  assert.notEqual(copy.cards[0].io[0].id, korona.cards[0].io[0].id);
  await live(page);
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await until(() => read('Korona K-Frame (copy)'), (one) => one.is_deleted);
  assert.deepEqual(faults, []);
  await context.close();
});

test('the history of a device with many ports is read part by part', async () => {
  const ports = Array.from({ length: 30 }, (_, i) => ({ port_type: i % 2 ? 'output' : 'input', io_type: 'SDI', port_index: Math.floor(i / 2), label: `Port ${i + 1}` }));
  const device = (await call(node.url, 'POST', '/api/equipment', { category: 'router', manufacturer: 'Acme', model: 'Many 30', io_architecture: 'direct', io_ports: ports })).json;
  // The list goes by place: what stands last there is beyond what is asked for first.
  const last = device.io_ports.find((port: Json) => port.label === 'Port 30');
  await call(node.url, 'PATCH', `/api/equipment/${device.id}`, { io_ports: device.io_ports.map((port: Json) => ({ ...port, _meta: undefined, ...(port.id === last.id ? { io_type: 'HDMI' } : {}) })) }, 'Cleo');
  const { page, context, faults } = await open(browser, `${node.url}/equipment/${device.id}?about=history`, 'Ana');
  const dialog = page.getByRole('dialog', { name: /Many 30/ });
  await dialog.getByText('Changes of 6 more cards and ports were not asked for yet.').waitFor();
  assert.equal(await dialog.getByText('HDMI').count(), 0);
  await dialog.getByRole('button', { name: 'Look at the next 6' }).click();
  await dialog.locator('[data-event]').filter({ hasText: 'Cleo changed' }).getByText('HDMI').waitFor();
  assert.equal(await dialog.getByText('were not asked for yet').count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});
