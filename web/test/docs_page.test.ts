// The page /api/docs, as a browser runs it: it shows every operation of the node that serves it,
// finds them, and opens them with all that the document says.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Window } from 'happy-dom';
import { Api, ask } from './api.ts';
import { startNode, type GenlockNode } from './node.ts';

let node: GenlockNode;
let api: Api;
let window: Window;

before(async () => {
  node = await startNode('cloud');
  api = await Api.of(node.url);
  window = new Window({
    url: `${node.url}/api/docs`,
    settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true },
  });
  const { text } = await ask(node.url, 'GET', '/api/docs');
  window.document.write(text);
  await window.happyDOM.waitUntilComplete();
});

after(async () => {
  await window?.happyDOM.close();
  await node?.stop();
});

const all = (selector: string) => [...window.document.querySelectorAll(selector)];
const text = (selector: string) => all(selector).map((one) => one.textContent).join('\n');

test('each operation has a place of its own and a line in the list', () => {
  assert.equal(all('details.op').length, api.operations.size);
  assert.equal(all('nav a').length, api.operations.size);
  for (const [id, { path }] of api.operations) {
    const box = window.document.getElementById(id);
    assert.ok(box?.textContent?.includes(path), id);
  }
  assert.match(text('#version'), /Version \d/);
});

test('what is opened shows parameters, body, answers, and the pages of its errors', () => {
  for (const id of api.operations.keys()) {
    const box = window.document.getElementById(id) as unknown as { open: boolean; textContent: string } & EventTarget;
    box.open = true;
    box.dispatchEvent(new window.Event('toggle') as unknown as Event);
    assert.match(box.textContent, /Answers/, id);
  }
  const put = window.document.getElementById('put_sources');
  for (const word of ['If-Match', 'SourceEdit', 'field-conflict', 'curl -X PUT'])
    assert.ok(put?.textContent?.includes(word), word);
  assert.ok(put?.querySelector('a[href="/problems/gone"]'));
  const nest = put?.querySelector('details.nest') as unknown as { open: boolean; textContent: string } & EventTarget;
  nest.open = true;
  nest.dispatchEvent(new window.Event('toggle') as unknown as Event);
  assert.match(nest.textContent, /h_res.*1\.\.32768/s);
});

test('search hides what does not fit', () => {
  const box = window.document.querySelector('#search') as unknown as { value: string } & EventTarget;
  box.value = 'delete sources';
  box.dispatchEvent(new window.Event('input') as unknown as Event);
  const shown = all('details.op').filter((one) => !one.hasAttribute('hidden'));
  assert.deepEqual(shown.map((one) => one.id), ['delete_sources']);
  box.value = '';
  box.dispatchEvent(new window.Event('input') as unknown as Event);
  assert.equal(all('details.op[hidden]').length, 0);
});

test('light and dark are a click apart', () => {
  const before = window.document.documentElement.getAttribute('data-theme');
  (window.document.querySelector('#theme') as unknown as { click(): void }).click();
  const now = window.document.documentElement.getAttribute('data-theme');
  assert.deepEqual([before, now].sort(), ['dark', 'light']);
});
