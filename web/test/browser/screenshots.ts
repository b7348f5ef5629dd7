// npm run screenshots: every screen at 1280x800 and as a tablet of 1024x768, dark, and the first ones
// light, into screenshots/ (or the folder that is named); of those screens alone that are named after it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDemo } from '../node.ts';
import { dist, launch, open } from './browser.ts';
import { furnish, screens } from './screens.ts';

const [folder = 'screenshots', ...only] = process.argv.slice(2);
const settleMs = 250;
mkdirSync(folder, { recursive: true });
process.env.GENLOCK_WEB = dist;
const demo = await startDemo();
const browser = await launch();
try {
  const pathOf = await furnish(demo.venue);
  for (const [width, height, hasTouch] of [[1280, 800, false], [1024, 768, true]] as const) {
    const { page, context } = await open(browser, demo.venue, 'Ana', { viewport: { width, height }, hasTouch });
    for (const scheme of ['dark', 'light']) {
      await page.evaluate((value) => localStorage.setItem('mantine-color-scheme-value', value), scheme);
      for (const screen of screens.filter(({ name }) => !only.length || only.includes(name))) {
        await page.goto(demo.venue + pathOf(screen.path));
        await screen.ready(page);
        await page.waitForTimeout(settleMs);
        const file = join(folder, `${screen.name}-${width}-${scheme}.png`);
        await page.screenshot({ path: file });
        console.log(file);
      }
    }
    await context.close();
  }
} finally {
  await browser.close();
  await demo.stop();
}
