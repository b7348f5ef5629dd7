// Every screen, on what `./dev up` starts and with something to see: what axe judges and what the
// screenshots show.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Json } from '../api.ts';
import { repository } from '../node.ts';
import { call, source, until } from './show.ts';

export interface Screen {
  name: string;
  path: string;
  ready(page: Page): Promise<unknown>;
}

export const demoShow = 'e24b8cfc-783a-4a26-bc4c-c3359b2f36ba';

export const longName = 'Meridian Health Group Global Leadership Summit 2027, Regional Broadcast and Overflow Rooms';

export const screens: Screen[] = [
  { name: 'shows', path: '/', ready: async (page) => {
    await page.getByRole('link', { name: /Global Leadership Summit 2026/ }).waitFor();
    for (const who of ['Ben', 'Cleo']) await call(new URL(page.url()).origin, 'PUT', `/api/productions/${demoShow}/presence`, {}, who);
    await page.getByText('Ben and Cleo are in it').waitFor();
  } },
  { name: 'sources', path: `/shows/${demoShow}/sources`, ready: (page) => page.getByText('CAM 3', { exact: true }).first().waitFor() },
  { name: 'sends', path: `/shows/${demoShow}/sends`, ready: (page) => page.getByText('SCREEN 1A', { exact: true }).first().waitFor() },
  { name: 'connections', path: `/shows/${demoShow}/connections`, ready: (page) => page.getByText('ROUTER 01').first().waitFor() },
  { name: 'devices', path: `/shows/${demoShow}/devices`, ready: (page) => page.getByText('CARBONITE', { exact: true }).first().waitFor() },
  { name: 'flow', path: `/shows/${demoShow}/flow`, ready: (page) => page.locator('.flow-picture [data-node]').first().waitFor() },
  { name: 'flow-path', path: `/shows/${demoShow}/flow?q=MVR%20QUAD%202`, ready: async (page) => {
    await page.getByLabel('Find a source or a send').press('Enter');
    await page.getByRole('region', { name: 'The chosen path' }).getByRole('heading', { name: 'MVR QUAD 2' }).waitFor();
    await page.getByLabel('Only this path').check();
    await page.locator('.react-flow__node.lit').first().waitFor();
  } },
  { name: 'flow-connect', path: `/shows/${demoShow}/flow?q=CAM%203`, ready: async (page) => {
    await page.getByLabel('Find a source or a send').press('Enter');
    await page.getByRole('button', { name: 'Connect ..' }).click();
    await page.getByRole('dialog').getByRole('status').waitFor();
  } },
  { name: 'flow-list', path: `/shows/${demoShow}/flow?view=list`, ready: (page) => page.getByRole('region', { name: 'Signal paths' }).getByRole('button', { name: /^CAM 3/ }).waitFor() },
  { name: 'flow-empty', path: '/shows/EMPTY/flow', ready: (page) => page.getByText('Nothing to draw yet').waitFor() },
  { name: 'sheet-empty', path: '/shows/EMPTY/sources', ready: (page) => page.getByText('No sources yet').waitFor() },
  { name: 'sheet-then', path: `/shows/${demoShow}/sources?as_of=THEN&compare=now`, ready: (page) => page.getByText(/^Since then:/).waitFor() },
  { name: 'rewind', path: `/shows/${demoShow}/sources?as_of=THEN`, ready: async (page) => {
    await page.getByRole('button', { name: 'Make it this again ..' }).click();
    await page.locator('[data-rewound]').first().waitFor();
  } },
  { name: 'row-history', path: `/shows/${demoShow}/history?type=sources&row=FIRST`, ready: (page) => page.locator('[data-event]').filter({ hasText: 'Cleo Winther' }).first().waitFor() },
  { name: 'print', path: `/shows/${demoShow}/print?of=device`, ready: (page) => page.getByRole('heading', { name: /^ROUTER 01/ }).waitFor() },
  { name: 'health', path: '/health', ready: (page) => page.getByText('Backup', { exact: true }).waitFor() },
  { name: 'history', path: `/shows/${demoShow}/history`, ready: (page) => page.locator('[data-event]').filter({ hasText: 'Cleo Winther' }).first().waitFor() },
  { name: 'go-to', path: `/shows/${demoShow}/sources`, ready: async (page) => {
    await page.getByText('CAM 3', { exact: true }).first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('option').first().waitFor();
  } },
  { name: 'keys', path: `/shows/${demoShow}/sources`, ready: async (page) => {
    await page.getByText('CAM 3', { exact: true }).first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  } },
  { name: 'equipment', path: '/equipment', ready: (page) => page.getByText('290 devices').waitFor() },
  { name: 'device', path: '/equipment/DEVICE', ready: (page) => page.getByRole('link', { name: /^Slot 1/ }).click().then(() => page.getByText('Input 2').waitFor()) },
  { name: 'device-used', path: '/equipment/ROUTER?about=used', ready: (page) => page.getByRole('dialog').getByRole('link', { name: /^ROUTER 01/ }).waitFor() },
  { name: 'device-history', path: '/equipment/ROUTER?about=history', ready: async (page) => {
    await page.getByRole('dialog').locator('[data-event]').first().waitFor();
    await page.getByText('Reading what happened to its cards and ports').waitFor({ state: 'detached', timeout: 60_000 });
  } },
  { name: 'import', path: '/import', ready: async (page) => {
    await page.getByLabel('File to import').setInputFiles(join(repository, 'tests/data/localstorage-export.json'));
    await page.getByRole('button', { name: 'See what would happen' }).click();
    await page.getByRole('heading', { name: 'What would happen' }).waitFor();
  } },
  { name: 'conflicts', path: '/conflicts', ready: (page) => page.getByRole('button', { name: 'Take this' }).first().waitFor() },
  { name: 'conflicts-several', path: '/conflicts', ready: async (page) => {
    await page.getByRole('button', { name: /^Choose all/ }).click();
    await page.getByRole('button', { name: 'Mix both' }).first().click();
    await page.getByRole('button', { name: 'The venue’s ..' }).click();
    await page.getByRole('dialog').locator('[data-bulk]').first().waitFor();
  } },
  { name: 'nodes', path: '/nodes', ready: async (page) => {
    await page.getByRole('img', { name: /^Code for/ }).waitFor();
    const url = new URL(page.url()).origin;
    await call(url, 'POST', '/api/sync/stop');
    const rows = (await call(url, 'GET', `/api/productions/${demoShow}/sources?limit=6`)).json as Json[];
    for (const row of rows) await call(url, 'PATCH', `/api/sources/${row.id}`, { note: `Checked ${Date.now()}` }, 'Ana');
    await page.getByText(/^Cloud: [6-9] edits to send/).waitFor();
    await page.waitForTimeout(4_000); // a plateau in the plot
    await call(url, 'POST', '/api/sync/start');
    await page.getByText(/^Cloud: nothing waits now; [6-9] edits at the most/).waitFor();
  } },
  { name: 'before-show', path: `/nodes/before?shows=${demoShow}`, ready: async (page) => {
    await page.evaluate("fetch('/api/sync/start', { method: 'POST' })"); // held by the screen below, the last time
    await until(async () => {
      const mend = page.getByRole('button', { name: 'Back up now' });
      if (await mend.isVisible()) await mend.click({ timeout: 2_000 }).catch(() => {});
      return page.locator('#main').innerText();
    }, (text) => text.includes('You can pull the cable'), 60_000);
    await page.getByRole('heading', { name: 'Check' }).evaluate((heading) => heading.scrollIntoView({ block: 'start' }));
  } },
  { name: 'certificate', path: `/nodes/before?shows=${demoShow}`, ready: async (page) => {
    await page.getByRole('link', { name: 'Certificate' }).click({ timeout: 60_000 });
    await page.getByRole('heading', { name: 'Downloaded and checked' }).waitFor();
  } },
  { name: 'after-show', path: '/nodes/after', ready: async (page) => {
    await page.evaluate("fetch('/api/sync/start', { method: 'POST' })");
    await page.getByRole('button', { name: 'Hold sync while I look' }).click();
    await page.getByText('Sync is held').waitFor();
    const row = (await call(new URL(page.url()).origin, 'GET', `/api/productions/${demoShow}/sources?limit=1&order=name.desc`)).json[0];
    await call(new URL(page.url()).origin, 'PATCH', `/api/sources/${row.id}`, { note: `Checked at the venue ${Date.now()}` }, 'Ana');
    await page.getByText('No row was changed on both sides').waitFor();
  } },
];

// Conflicts, long names, other shows. Puts ids into the path of a screen: of a show without a row, of a device with cards, of an
// event before all that.
export async function furnish(url: string): Promise<(path: string) => string> {
  const then = (await call(url, 'GET', `/api/productions/${demoShow}/history?limit=1`)).json[0].event;
  const [first, second] = (await call(url, 'GET', `/api/productions/${demoShow}/sources?limit=2`)).json;
  for (const [row, values] of [[first, { h_res: 3840, v_res: 2160 }], [second, { standard: '4K' }]] as const) {
    const base = row._meta.etag;
    await call(url, 'PATCH', `/api/sources/${row.id}`, values, 'Ben');
    await call(url, 'PATCH', `/api/sources/${row.id}`, { h_res: 2560, v_res: 1440 }, 'Cleo Winther', { 'Base-Version': base, Prefer: 'conflict=record' });
  }
  await until(() => source(url, first.id), (row) => row._meta.conflicts > 0);
  await call(url, 'POST', `/api/productions/${demoShow}/moments`, { name: 'After the rehearsal' }, 'Ana');
  const life = (await call(url, 'GET', `/api/productions/${demoShow}/sends?limit=1`)).json[0];
  await call(url, 'PATCH', `/api/sends/${life.id}`, { note: 'Centre screen, hung from truss 3; see the rigging plan before it is moved' }, 'Ben');
  await call(url, 'POST', '/api/productions', { client: 'Meridian Health Group', show_name: longName, status: 'planning', venue: 'Lakefront Arena and Convention Centre, North Entrance', room: 'Rooms 101 to 117', load_in: '2027-02-11T07:00:00Z' });
  const empty = (await call(url, 'POST', '/api/productions', { client: 'Acme', show_name: 'Spring gala', status: 'planning', load_in: '2026-12-03T08:00:00Z' })).json.id;
  const device = await until(async () => (await call(url, 'GET', '/api/equipment?model=ilike.Korona*')).json[0], (row) => row?.cards.length > 0);
  const router = (await call(url, 'GET', '/api/equipment?model=eq.Videohub%20120x120%2012G')).json[0];
  return (path) => path.replace('EMPTY', empty).replace('DEVICE', device.id).replace('ROUTER', router.id).replace('THEN', then).replace('FIRST', first.id);
}
