// The document itself: valid by an outside judge, and TypeScript that is made of it compiles
// strictly, with all that is in web/.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { ask } from './api.ts';
import { startNode } from './node.ts';

const run = promisify(execFile);
const web = fileURLToPath(new URL('..', import.meta.url));
const tool = (name: string) => `${web}node_modules/.bin/${name}`;
const documentPath = `${web}generated/openapi.json`;

before(async () => {
  const node = await startNode('cloud');
  const { text } = await ask(node.url, 'GET', '/api/openapi.json');
  await node.stop();
  mkdirSync(`${web}generated`, { recursive: true });
  writeFileSync(documentPath, text);
  const types = await openapiTS(JSON.parse(text));
  writeFileSync(`${web}generated/api.d.ts`, `// Made from openapi.json.\n${astToString(types)}`);
});

// Output of a tool that failed.
const said = (error: { stdout?: string; stderr?: string }): string => `${error.stdout}${error.stderr}`;

test('openapi.json has no fault and no warning', async () => {
  const options = { cwd: web, env: { ...process.env, REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' } };
  const { stdout, stderr } = await run(tool('redocly'),
    ['lint', documentPath, '--max-problems', '20', '--format', 'stylish'], options)
    .catch((error) => assert.fail(said(error)));
  assert.doesNotMatch(stdout + stderr, /warning/i);
});

test('what is made from it, and all that uses it, compiles', async () => {
  await run(tool('tsc'), ['--noEmit'], { cwd: web }).catch((error) => assert.fail(said(error)));
});
