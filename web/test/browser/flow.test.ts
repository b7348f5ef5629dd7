// The signal flow of a show: drawn from its rows, traced, and kept by the feed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Json } from '../api.ts';
import { startDemo, startNode, type Demo, type GenlockNode } from '../node.ts';
import { dist, launch, open, violations } from './browser.ts';
import { pdfPages } from './pdf.ts';
import { demoShow } from './screens.ts';
import { call, makeFlow, makeShow, until } from './show.ts';

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

const flow = (show: string, search = '') => `${node.url}/shows/${show}/flow${search}`;
const card = (page: Page, name: string) => page.locator('.flow-picture [data-node]', { has: page.getByText(name, { exact: true }) });
const lit = (page: Page) => page.locator('.react-flow__node.lit').count();
const paths = (page: Page) => page.getByRole('list', { name: 'Paths' });

test('a source that is pressed lights its whole path; the choice stands in the address', async () => {
  const show = await makeFlow(node.url, 'Paths', 4);
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana');
  await card(page, 'SRC 2 CAM 2').click();
  await until(() => lit(page), (count) => count === 3);
  await until(() => paths(page).innerText(), (text) => /CAM 2[^]*ROUTER A in In 2, out Out 2[^]*LED 2, SDI/.test(text));
  await page.waitForURL((url) => url.searchParams.get('path') === `source:${show.sources[1]}`);
  await page.reload();
  await until(() => lit(page), (count) => count === 3);
  await page.getByLabel('Only this path').check();
  await until(() => page.locator('.flow-picture [data-node]').count(), (count) => count === 3);
  await page.getByRole('button', { name: 'Show all' }).click();
  await until(() => page.locator('.flow-picture').getAttribute('data-nodes'), (count) => count === '9');
  assert.equal(await lit(page), 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test('by keyboard alone: found by its name, traced, and along the signal with the arrows', async () => {
  const show = await makeFlow(node.url, 'Keys', 3);
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana');
  await card(page, 'LED 3').waitFor();
  await page.getByLabel('Find a source or a send').focus();
  await page.keyboard.type('led 3');
  await page.getByRole('heading', { name: '1 found' }).waitFor();
  await page.keyboard.press('Enter');
  await until(() => lit(page), (count) => count === 3);
  await card(page, 'LED 3').focus();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-node') ?? '');
  await page.keyboard.press('ArrowLeft');
  await until(focused, (key) => key.startsWith('device:'));
  await page.keyboard.press('ArrowLeft');
  await until(focused, (key) => key === `source:${show.sources[2]}`);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('path') === `source:${show.sources[2]}`);
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => !url.searchParams.has('path'));
  assert.deepEqual(faults, []);
  await context.close();
});

test('what others change is drawn as it comes, and warnings come and go with it', async () => {
  const show = await makeFlow(node.url, 'Live', 3);
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana');
  await page.getByRole('heading', { name: 'No warnings' }).waitFor();
  await call(node.url, 'DELETE', `/api/sources/${show.sources[0]}`);
  await page.getByRole('button', { name: /its source \(CAM 1\) is not there any more/ }).waitFor();
  await page.getByRole('button', { name: 'Nothing feeds LED 1' }).click();
  await page.waitForURL((url) => url.searchParams.get('path') === `send:${show.sends[0]}`);
  await page.getByRole('region', { name: 'The chosen path' }).getByRole('heading', { name: 'LED 1' }).waitFor();
  await call(node.url, 'POST', `/api/sources/${show.sources[0]}/restore`);
  await page.getByRole('heading', { name: 'No warnings' }).waitFor();
  await call(node.url, 'PATCH', `/api/sends/${show.sends[0]}`, { name: 'LED WALL' });
  await card(page, 'LED WALL').waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a port used twice, a format that nothing converts: told in words, and marked on the nodes', async () => {
  const show = await makeFlow(node.url, 'Wrong', 3);
  await call(node.url, 'PATCH', `/api/sends/${show.sends[1]}`, { h_res: 3840, v_res: 2160 });
  const [path] = (await call(node.url, 'GET', `/api/productions/${show.id}/connections?limit=1`)).json;
  await call(node.url, 'POST', '/api/connections', { production_id: show.id, source_id: show.sources[2], destination_type: 'router', destination_id: path.intermediate_id, signal_path: [
    { kind: 'source', id: show.sources[2], name: 'CAM 3' }, { kind: 'router', id: path.intermediate_id, name: 'ROUTER A', in: 'In 1' }] });
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana');
  await page.getByRole('button', { name: 'In 1 of ROUTER A is taken twice: SRC 1 CAM 1 and SRC 3 CAM 3' }).waitFor();
  await page.getByRole('button', { name: /SRC 2 CAM 2 is 1920 × 1080 59.94; LED 2 is set to 3840 × 2160 59.94/ }).waitFor();
  await page.getByRole('button', { name: /^LED 2 .*1 warning/ }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test('a node leads to its row; what waits here and what is to decide is marked on it', async () => {
  const show = await makeFlow(node.url, 'Marks', 2);
  const base = (await call(node.url, 'GET', `/api/sources/${show.sources[0]}`)).json._meta.etag;
  await call(node.url, 'PATCH', `/api/sources/${show.sources[0]}`, { h_res: 3840 });
  await call(node.url, 'PATCH', `/api/sources/${show.sources[0]}`, { h_res: 2560 }, 'Cleo', { 'Base-Version': base, Prefer: 'conflict=record' });
  const { page, context, faults } = await open(browser, flow(show.id, '?core=tab'), 'Ana');
  await page.getByRole('button', { name: /^SRC 1 CAM 1 .*1 to decide/ }).waitFor();
  await page.getByRole('link', { name: 'Open LED 2' }).click();
  await page.waitForURL((url) => url.pathname.endsWith('/sends') && url.searchParams.get('row') === show.sends[1]);
  await page.locator(`[data-row="${show.sends[1]}"] [aria-selected=true]`).waitFor();
  await page.getByRole('grid').getByText('LED 2', { exact: true }).waitFor();
  // An edit that the node has not answered yet.
  let go = () => {};
  const answered = new Promise<void>((done) => { go = done; });
  await context.route('**/api/productions/*/batch', async (route) => {
    await answered;
    await route.continue();
  });
  await page.getByRole('grid').getByText('LED 2', { exact: true }).click();
  await page.keyboard.type('LED TWO');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Signal flow' }).click();
  await page.getByRole('button', { name: /^LED TWO .*waiting on this device/ }).waitFor();
  go();
  await page.getByRole('button', { name: /^LED TWO (?!.*waiting)/ }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

const nodeOf = (page: Page, key: string) => page.locator(`.react-flow__node[data-id="${key}"]`);
// From the middle of the one to the middle of the other, as a hand does it.
async function pull(page: Page, from: Locator, to: Locator, by = { x: 0, y: 0 }): Promise<void> {
  const [a, b] = [(await from.boundingBox())!, (await to.boundingBox())!];
  await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
  await page.mouse.down();
  for (let i = 1; i <= 8; ++i) await page.mouse.move(a.x + a.width / 2 + ((b.x + b.width / 2 + by.x - a.x - a.width / 2) * i) / 8, a.y + a.height / 2 + ((b.y + b.height / 2 + by.y - a.y - a.height / 2) * i) / 8);
  await page.mouse.up();
}
const connections = async (show: string): Promise<Json[]> => (await call(node.url, 'GET', `/api/productions/${show}/connections?limit=100`)).json;

test('a line from port to port is a connection, one to undo; what can not be is refused in words', async () => {
  const show = await makeFlow(node.url, 'Draw', 3);
  const [cam, dark] = [await call(node.url, 'POST', `/api/productions/${show.id}/sources`, { type: 'CAM', name: 'NEW CAM' }), await call(node.url, 'POST', `/api/productions/${show.id}/sends`, { type: 'LED', name: 'NEW LED' })];
  const [source, send] = [`source:${cam.json.id}`, `send:${dark.json.id}`];
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana');
  await card(page, 'NEW LED').waitFor();
  const router = (await page.locator('[data-node^="device:"]').getAttribute('data-node'))!;
  const dialog = page.getByRole('dialog', { name: /^Connect / });

  await pull(page, nodeOf(page, source).locator('.react-flow__handle-right'), nodeOf(page, router).locator('.react-flow__handle-left'));
  await dialog.getByRole('status').getByText('ROUTER A in In 4').waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog.getByLabel('Input of ROUTER A').fill('In 2');
  await dialog.getByText('In 2 of ROUTER A is taken twice').waitFor();
  assert.ok(await dialog.getByRole('button', { name: 'Connect', exact: true }).isDisabled());
  await dialog.getByLabel('Input of ROUTER A').fill('In 4');
  await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
  const made = await until(() => connections(show.id), (rows) => rows.length === 4);
  assert.equal(made.find((row) => row.source_id === cam.json.id)?.destination_type, 'router');

  // It ends at the router: what is drawn from there takes it on.
  await pull(page, nodeOf(page, router).locator('.react-flow__handle-right'), nodeOf(page, send));
  await dialog.getByRole('status').getByText('ROUTER A in In 4, out Out 4').waitFor();
  await page.keyboard.press('Enter');
  await until(() => connections(show.id), (rows) => rows.length === 4 && rows.some((row) => row.source_id === cam.json.id && row.destination_id === dark.json.id && row.intermediate_output === 'Out 4'));
  await page.getByRole('button', { name: 'Undo: Connect ROUTER A with NEW LED' }).click();
  await until(() => connections(show.id), (rows) => rows.some((row) => row.source_id === cam.json.id && row.destination_type === 'router'));
  await page.keyboard.press('Control+z');
  await until(() => connections(show.id), (rows) => rows.length === 3);

  await pull(page, nodeOf(page, router).locator('.react-flow__handle-right'), nodeOf(page, source));
  await page.getByText('Nothing goes into NEW CAM: it is a source').waitFor();
  assert.equal(await dialog.count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});

// Where a line can be pressed: at a part of its length.
const onLine = (page: Page, key: string, part: number) => page.locator(`.react-flow__edge[data-id="${key}"] .react-flow__edge-path`).evaluate((line: SVGPathElement, at) => {
  const { x, y } = line.getPointAtLength(line.getTotalLength() * at).matrixTransform(line.getScreenCTM()!);
  return { x, y };
}, part);
const chosenOne = (page: Page) => page.getByRole('region', { name: 'The chosen path' });

test('a line that is pressed is taken away by Delete, and undone; of several the panel says which', async () => {
  const show = await makeFlow(node.url, 'Away', 3);
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana');
  await card(page, 'LED 3').waitFor();
  const router = (await page.locator('[data-node^="device:"]').getAttribute('data-node'))!;
  const press = async (key: string) => {
    const { x, y } = await onLine(page, key, 0.5);
    await page.mouse.click(x, y);
  };
  await press(`${router} send:${show.sends[1]}`);
  await chosenOne(page).getByRole('heading', { name: 'ROUTER A to LED 2' }).waitFor();
  await until(() => lit(page), (count) => count === 3);
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Delete');
  await until(() => connections(show.id), (rows) => rows.length === 2 && !rows.some((row) => row.destination_id === show.sends[1]));
  await page.getByRole('button', { name: 'Nothing feeds LED 2' }).waitFor();
  await page.keyboard.press('Control+z');
  await until(() => connections(show.id), (rows) => rows.length === 3);
  await page.getByRole('heading', { name: 'No warnings' }).waitFor();

  await call(node.url, 'POST', '/api/connections', { production_id: show.id, source_id: show.sources[0], intermediate_type: 'router', intermediate_id: router.slice('device:'.length), intermediate_input: 'In 1', intermediate_output: 'Out 9',
    destination_type: 'send', destination_id: show.sends[2], signal_path: [{ kind: 'source', id: show.sources[0], name: 'CAM 1' }, { kind: 'router', id: router.slice('device:'.length), name: 'ROUTER A', in: 'In 1', out: 'Out 9' }, { kind: 'send', id: show.sends[2], name: 'LED 3' }] });
  await press(`source:${show.sources[0]} ${router}`);
  await chosenOne(page).getByText('2 connections go this way').waitFor();
  await page.keyboard.press('Delete');
  await page.getByText('take them away one by one').waitFor();
  await chosenOne(page).getByRole('button', { name: 'Take away SRC 1 CAM 1 > ROUTER A > LED 3' }).click();
  await until(() => connections(show.id), (rows) => rows.length === 3 && rows.some((row) => row.destination_id === show.sends[0]));
  assert.deepEqual(faults, []);
  await context.close();
});

test('a connection is taken away with a finger, and with the keyboard alone', async () => {
  const show = await makeFlow(node.url, 'Away too', 2);
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana', { viewport: { width: 1024, height: 768 }, hasTouch: true });
  await card(page, 'LED 2').waitFor();
  const router = (await page.locator('[data-node^="device:"]').getAttribute('data-node'))!;
  const { x, y } = await onLine(page, `${router} send:${show.sends[1]}`, 0.5);
  await page.touchscreen.tap(x, y);
  await chosenOne(page).getByRole('button', { name: /^Take away / }).tap();
  await until(() => connections(show.id), (rows) => rows.length === 1);
  await page.getByRole('button', { name: /^Undo: Take away SRC 2 CAM 2/ }).tap();
  await until(() => connections(show.id), (rows) => rows.length === 2);

  await card(page, 'SRC 1 CAM 1').focus();
  await page.keyboard.press('Enter');
  await chosenOne(page).getByRole('button', { name: /CAM 1.*ROUTER A.*LED 1/ }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('path')?.startsWith('connection:') ?? false);
  await page.keyboard.press('Delete');
  await until(() => connections(show.id), (rows) => rows.length === 1 && rows[0].destination_id === show.sends[1]);
  assert.deepEqual(faults, []);
  await context.close();
});

test('by keyboard: a connection is drawn, and nodes are moved; where they stand is one person’s, until it is laid out anew', async () => {
  const show = await makeFlow(node.url, 'Hand', 2);
  await call(node.url, 'POST', `/api/productions/${show.id}/sends`, { type: 'LED', name: 'NEW LED' });
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana');
  const at = (key: string) => nodeOf(page, key).evaluate((one) => one.style.transform);
  const [first, second] = [`source:${show.sources[0]}`, `source:${show.sources[1]}`];
  await card(page, 'SRC 2 CAM 2').focus();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Connect SRC 2 CAM 2' });
  await dialog.getByLabel('To').focus();
  assert.match(await dialog.getByLabel('To').locator('option:checked').innerText(), /^NEW LED/); // nothing feeds it
  await dialog.getByRole('button', { name: 'Connect', exact: true }).focus();
  await page.keyboard.press('Enter');
  await until(() => connections(show.id), (rows) => rows.length === 3);
  await page.getByRole('heading', { name: 'No warnings' }).waitFor();

  const laid = [await at(first), await at(second)];
  await card(page, 'SRC 1 CAM 1').focus();
  for (let i = 0; i < 3; ++i) await page.keyboard.press('Shift+ArrowUp');
  await until(() => at(first), (now) => now !== laid[0]);
  await pull(page, card(page, 'SRC 2 CAM 2'), card(page, 'SRC 2 CAM 2'), { x: 60, y: 90 });
  await until(() => at(second), (now) => now !== laid[1]);
  assert.equal(await lit(page), 0); // a pull is no press
  const moved = [await at(first), await at(second)];
  await page.reload();
  await card(page, 'SRC 1 CAM 1').waitFor();
  assert.deepEqual([await at(first), await at(second)], moved);
  assert.deepEqual((await connections(show.id)).length, 3);
  await page.getByRole('button', { name: 'Lay out anew' }).click();
  await until(async () => [await at(first), await at(second)], (now) => now.join() === laid.join());
  assert.deepEqual(faults, []);
  await context.close();
});

test('the picture is kept as a file: a PNG with all of it', async () => {
  const show = await makeFlow(node.url, 'File', 30);
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana');
  await page.locator('.flow-picture [data-node]').first().waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Keep the picture as a file' }).click()]);
  assert.equal(file.suggestedFilename(), 'File signal flow.png');
  const bytes = readFileSync(await file.path());
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  assert.ok(width > 1_500 && height > 30 * 60 * 2, `${width} x ${height}`);
  assert.deepEqual(faults, []);
  await context.close();
});

test('on a small screen, and for who listens, the paths are a list', async () => {
  const show = await makeFlow(node.url, 'Small', 3);
  const { page, context, faults } = await open(browser, flow(show.id), 'Ana', { viewport: { width: 700, height: 900 } });
  const list = page.getByRole('region', { name: 'Signal paths' });
  await until(() => list.innerText(), (text) => /CAM 1[^]*ROUTER A in In 1, out Out 1[^]*LED 1, SDI/.test(text));
  await list.getByRole('button', { name: /^SRC 2 CAM 2/ }).click();
  await until(() => paths(page).innerText(), (text) => text.includes('LED 2') && !text.includes('LED 1'));
  await page.getByRole('button', { name: 'Picture' }).click();
  await until(() => lit(page), (count) => count === 3);
  assert.deepEqual(faults, []);
  await context.close();
});

test('on paper: the picture, over as many pages as it needs, and all paths as text; light, and without buttons', async () => {
  const [short, long] = [await makeFlow(node.url, 'Paper', 2), await makeFlow(node.url, 'Long paper', 40)];
  const { page, context, faults } = await open(browser, flow(short.id), 'Ana');
  const printed = async (show: string, last: string) => {
    await page.goto(flow(show));
    await page.locator(`.flow-picture[data-nodes] [data-node]`).first().waitFor();
    await page.getByRole('heading', { name: 'No warnings' }).waitFor();
    const pages = pdfPages(await page.pdf({ preferCSSPageSize: true })).map((words) => words.normalize('NFKC')); // without spaces
    assert.ok(pages.at(-1)!.includes(last), pages.at(-1));
    return pages;
  };
  const one = await printed(short.id, 'CAM2›ROUTERAinIn2,outOut2›LED2,SDI');
  assert.equal(one.length, 2);
  assert.match(one[0]!, /ROUTERA.*Paper·Signalflow/);
  const many = await printed(long.id, 'CAM40›ROUTERAinIn40');
  const strips = many.filter((text) => /·part\dof\d/.test(text));
  assert.ok(strips.length >= 3 && strips.every((text, i) => text.includes(`·part${i + 1}of${strips.length}`)), strips.join('\n'));
  for (let n = 1; n <= 40; ++n) assert.ok(strips.some((text) => text.includes(`LED${n}1920×1080`)), `LED ${n}`);

  await page.evaluate(() => void dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  await until(() => page.locator('main').innerText(), (text) => text.includes('ROUTER A in In 2, out Out 2') && !text.includes('No warnings'));
  assert.deepEqual(await page.locator('.flow-print').evaluate((one) => [getComputedStyle(document.documentElement).colorScheme, getComputedStyle(one.querySelector('.panel')!).backgroundColor, getComputedStyle(one).color, document.querySelectorAll('.flow-print button').length]),
    ['light', 'rgb(255, 255, 255)', 'rgb(0, 0, 0)', 0]);
  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => void dispatchEvent(new Event('afterprint')));
  await until(() => page.locator('.flow-print').count(), (count) => count === 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a show without rows says what makes the picture', async () => {
  const show = await makeShow(node.url, 'Nothing', 0);
  const { page, context } = await open(browser, flow(show.id), 'Ana');
  await page.getByText('Nothing to draw yet').waitFor();
  await context.close();
});

test('the large show: opened, traced, found and moved in', async (t) => {
  process.env.GENLOCK_WEB = dist;
  const demo: Demo = await startDemo();
  try {
    const { page, context, faults } = await open(browser, `${demo.venue}/shows/${demoShow}/sources`, 'Ana');
    await page.getByText('CAM 3', { exact: true }).first().waitFor();
    const opening = async () => {
      const at = Date.now();
      await page.getByRole('link', { name: 'Signal flow' }).click();
      await page.locator('.flow-picture [data-node]').first().waitFor();
      return Date.now() - at;
    };
    const cold = await opening();
    await page.getByRole('link', { name: /^Sources/ }).click();
    await page.getByRole('grid').waitFor();
    const warm = await opening();
    const picture = page.locator('.flow-picture');
    assert.deepEqual([await picture.getAttribute('data-nodes'), await picture.getAttribute('data-edges')], ['292', '314']);
    assert.ok((await page.locator('.flow-picture [data-node]').count()) < 150, 'only what is on screen is in the page');
    const frames = await page.evaluate(async () => {
      const pane = document.querySelector('.react-flow__pane')!;
      const times: number[] = [];
      for (let i = 0; i < 40; ++i) {
        const at = performance.now();
        pane.dispatchEvent(new WheelEvent('wheel', { deltaY: i % 2 ? 60 : -60, clientX: 500, clientY: 500, bubbles: true, cancelable: true }));
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        times.push(performance.now() - at);
      }
      return times.sort((a, b) => a - b);
    });
    await page.getByLabel('Find a source or a send').fill('MVR QUAD 2');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'The chosen path' }).getByRole('heading', { name: 'MVR QUAD 2' }).waitFor();
    await page.getByLabel('Fit all').click();
    t.diagnostic(`signal flow of 292 nodes: ${cold} ms the first time, ${warm} ms again (to hold: 1000); a step of zoom p50 ${frames[20]!.toFixed(0)} ms, p95 ${frames[37]!.toFixed(0)} ms`);
    assert.ok(cold < 60_000 && frames[20]! < 10_000, 'far off');
    assert.deepEqual(faults, []);
    await context.close();
  } finally {
    delete process.env.GENLOCK_WEB;
    await demo.stop();
  }
});
