// axe has nothing to say about any screen, dark or light; and the numbers of the app.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { startDemo, startNode, type Demo } from '../node.ts';
import { cell, dist, launch, open, paste, violations } from './browser.ts';
import { demoShow, furnish, screens } from './screens.ts';
import { makeShow } from './show.ts';

let browser: Browser;
let demo: Demo;
let pathOf: (path: string) => string;
before(async () => {
  process.env.GENLOCK_WEB = dist; // the demo's nodes take it from there, as `./dev up` gives it
  demo = await startDemo();
  browser = await launch();
  pathOf = await furnish(demo.venue);
});
after(async () => {
  delete process.env.GENLOCK_WEB;
  await browser?.close();
  await demo?.stop();
});

test('axe finds nothing on any screen, dark and light', async () => {
  const { page, context, faults } = await open(browser, demo.venue, 'Ana');
  for (const screen of screens) {
    await page.goto(demo.venue + pathOf(screen.path));
    await screen.ready(page);
    assert.deepEqual(await violations(page), [], `${screen.name}, dark`);
    await page.evaluate(() => document.documentElement.setAttribute('data-mantine-color-scheme', 'light'));
    assert.deepEqual(await violations(page, true), [], `${screen.name}, light`);
  }
  await page.goto(demo.venue);
  await page.getByRole('button', { name: 'New show' }).click();
  await page.locator('input[name=show_name]').waitFor();
  assert.deepEqual(await violations(page), [], 'the form of a show');
  await page.goto(`${demo.venue}/shows/${demoShow}/sources`);
  await cell(page, 'CAM 3', 'outputs').dblclick();
  await page.getByRole('button', { name: 'Add an output' }).waitFor();
  assert.deepEqual(await violations(page), [], 'the outputs of a source');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More for this sheet' }).click();
  await page.getByRole('menuitem', { name: 'Number the labels' }).click();
  await page.getByLabel('First number').waitFor();
  assert.deepEqual(await violations(page), [], 'the numbers of labels');
  await page.goto(`${demo.venue}/equipment`);
  await page.getByRole('button', { name: 'New device' }).click();
  await page.locator('input[name=model]').waitFor();
  assert.deepEqual(await violations(page), [], 'the form of a device');
  const bothThemes = async (what: string) => {
    for (const theme of ['dark', 'light']) {
      await page.evaluate((value) => document.documentElement.setAttribute('data-mantine-color-scheme', value), theme);
      assert.deepEqual(await violations(page), [], `${what}, ${theme}`);
    }
  };
  await page.goto(`${demo.venue}${pathOf('/shows/EMPTY/sources')}`);
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await page.getByRole('dialog', { name: 'Lock the show' }).waitFor();
  await bothThemes('the dialog of the lock');
  await page.keyboard.press('Escape');
  await page.getByText('+ New source').click();
  await paste(page, 'Name\tType\tH res\nA\tCAM\twide\nB\tCAM\t1920');
  await page.getByText("1 cell can't be taken").waitFor();
  await bothThemes('the preview of a paste');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^You: / }).click();
  await page.getByRole('menuitem', { name: 'Change name or device' }).click();
  await page.getByLabel('Your name').waitFor();
  await bothThemes('who one is');
  assert.deepEqual(faults, []);
  await context.close();
});

test('fingers: what can be pressed is at least 44 px high', async () => {
  const { page, context } = await open(browser, demo.venue, 'Ana', { viewport: { width: 1024, height: 768 }, hasTouch: true });
  for (const screen of screens) {
    await page.goto(demo.venue + pathOf(screen.path));
    await screen.ready(page);
    const small = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('main button, main select, main input:not([type=radio], [type=checkbox], [role=switch]), main label:has(input[type=radio], input[type=checkbox]):not([class*=Switch]), nav a, nav button, [role=dialog] button, [role=dialog] section a')]
      .filter((one) => !one.closest('.grid, .react-flow__viewport') && one.offsetParent).filter((one) => one.getBoundingClientRect().height < 42)
      .map((one) => `${one.tagName} ${one.textContent ?? ''} ${one.getBoundingClientRect().height}`));
    assert.deepEqual(small, [], screen.name);
  }
  await context.close();
});

test('the shell and the first screen are at most 250 kB, as they go over the wire', (t) => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const first = readdirSync(join(dist, 'assets')).filter((name) => html.includes(name) || name.startsWith('worker-')).filter((name) => /\.(js|css)$/.test(name));
  const kb = first.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, 'assets', name))).length, 0) / 1_000;
  t.diagnostic(`shell and first screen: ${kb.toFixed(0)} kB gzip (to hold: 250)`);
  assert.ok(first.length >= 3 && kb <= 250, `${kb} kB: ${first.join()}`);
});

const heldKeyMs = 33;

interface Typed {
  paints: number[]; // ms from the key until its frame was drawn, in order of size
  cpu: number; // ms of the page's main thread for each key: the same on a busy machine
}

// Three letters and Enter, 25 rows down. Keys that come without a pause go before whatever notes that a
// frame was drawn, so what they give is no time that somebody waits.
async function typed(page: Page, everyMs: number): Promise<Typed> {
  const meter = await page.context().newCDPSession(page);
  await meter.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskMs = async () => (await meter.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value * 1_000;
  await page.evaluate(() => {
    const paints: number[] = [];
    const listen = () => {
      const at = performance.now();
      requestAnimationFrame(() => {
        const channel = new MessageChannel(); // after the frame was drawn
        channel.port1.onmessage = () => paints.push(performance.now() - at);
        channel.port2.postMessage(0);
      });
    };
    addEventListener('keydown', listen, true);
    Object.assign(window, { paints: () => (removeEventListener('keydown', listen, true), paints) });
  });
  const before = await taskMs();
  for (let i = 0; i < 100; ++i) {
    const due = Date.now() + everyMs;
    await page.keyboard.press(i % 4 === 3 ? 'Enter' : 'abc'[i % 4]!);
    await new Promise((done) => setTimeout(done, due - Date.now()));
  }
  const cpu = (await taskMs() - before) / 100;
  const paints = await page.evaluate(() => (window as unknown as { paints(): number[] }).paints());
  return { paints: paints.sort((a, b) => a - b), cpu };
}

test('numbers: a key to paint in 2,000 rows, and opening the large show', async (t) => {
  const node = await startNode('lan', ['--web', dist]);
  await makeShow(node.url, 'Large', 2_000);
  const { page, context } = await open(browser, node.url, 'Ana');
  const rows = () => page.getByText('CAM 3', { exact: true }).first().waitFor();
  const opening = async () => {
    const at = Date.now();
    await page.getByRole('link', { name: /^Large/ }).click();
    await rows();
    return Date.now() - at;
  };
  await page.getByRole('link', { name: /^Large/ }).waitFor();
  const cold = await opening();
  await page.goBack();
  const warm = await opening();
  await page.getByRole('grid').focus();
  const pressed = await typed(page, heldKeyMs);
  const flatOut = await typed(page, 0);
  for (const [how, { paints, cpu }] of [['as a held key repeats', pressed], ['as fast as the page takes them', flatOut]] as const) {
    const part = (of: number) => paints[Math.floor(paints.length * of)]!.toFixed(0);
    t.diagnostic(`key to paint, 2,000 rows, keys ${how}: p50 ${part(0.5)} ms, p95 ${part(0.95)} ms${how.startsWith('as a') ? ' (to hold: 50)' : ''}; ${cpu.toFixed(1)} ms of the processor a key`);
  }
  t.diagnostic(`load of the machine: ${loadavg()[0]!.toFixed(1)}`);
  t.diagnostic(`opening 2,000 rows: ${cold} ms the first time, ${warm} ms again (to hold: 1500, 300)`);
  assert.ok(pressed.cpu < 30 && cold < 10_000, 'far off');
  await context.close();
  await node.stop();
});
