// Real Chromium (Debian's) on real nodes that serve the built app.
import { accessSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

export const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
const waitMs = 20_000;
// GENLOCK_SLOW_MS=1500: each part of the app comes so much later, as on a machine with other work. What
// passes only with a fast one fails.
const slowMs = Number(process.env.GENLOCK_SLOW_MS ?? 0);

export function launch(): Promise<Browser> {
  accessSync(program);
  return chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}

export interface Tab {
  context: BrowserContext;
  page: Page;
  faults: string[]; // what the page complained of
}

// A browser of somebody: storage of its own, and they have said who they are.
export async function open(browser: Browser, url: string, user: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(url).origin });
  if (slowMs) {
    await context.route('**/assets/*', async (route) => {
      await new Promise((done) => setTimeout(done, slowMs));
      await route.continue();
    });
  }
  const page = await context.newPage();
  page.setDefaultTimeout(waitMs);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // A node that is gone is what some tests are about.
    if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) faults.push(message.text());
  });
  await page.goto(url);
  await page.getByLabel('Your name').fill(user);
  await page.getByLabel('This device').fill(`${user}'s tablet`);
  await page.getByRole('button', { name: 'Start' }).click();
  return { context, page, faults };
}

const axeSource = readFileSync(fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');

interface Violation {
  id: string;
  nodes: { target: string[]; failureSummary: string }[];
}

// What axe finds on the page, a line each. Past the page's policy, as the devtools do it.
// `colours`: only those.
export async function violations(page: Page, colours = false): Promise<string[]> {
  if (!(await page.evaluate('typeof axe !== "undefined"'))) await page.evaluate(axeSource);
  const found = await page.evaluate(`axe.run(document, ${colours ? '{ runOnly: ["color-contrast"] }' : '{}'}).then((result) => result.violations)`) as Violation[];
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary.replaceAll('\n', ' ')}`));
}

// The cell of a column in the row that has `text`.
export const cell = (page: Page, text: string, column: string) =>
  page.locator('.grid-line', { has: page.getByText(text, { exact: true }) }).first().locator(`[data-column="${column}"]`);

// As from a spreadsheet: onto the clipboard, then Ctrl+V.
export async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((block) => navigator.clipboard.writeText(block), text);
  await page.keyboard.press('Control+V');
}
