// A cloud, a node at the venue that serves the app, and a browser, for all tests of a file.
import { after, before } from 'node:test';
import type { Browser } from 'playwright-core';
import { startNode, type GenlockNode } from '../node.ts';
import { dist, launch } from './browser.ts';

interface Pair {
  cloud: GenlockNode;
  venue: GenlockNode;
  browser: Browser;
}

// There when the first test begins.
export function startPair(): Pair {
  const pair = {} as Pair;
  before(async () => {
    pair.cloud = await startNode('cloud');
    pair.venue = await startNode('lan', ['--web', dist, '--peer', pair.cloud.url, '--sync-interval-ms', '200']);
    pair.browser = await launch();
  });
  after(async () => {
    await pair.browser?.close();
    await pair.venue?.stop();
    await pair.cloud?.stop();
  });
  return pair;
}
