// docs/api.md and README.md do what they say: each command on them, in order, in one bash, against
// the two nodes that they ask their reader to start; and below each stands what is really answered.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { program, repository, startDemo, type Demo } from './node.ts';
import { commandsOf, fault, runAll } from './printed.ts';

let demo: Demo;

before(async () => {
  demo = await startDemo();
});

after(async () => {
  await demo?.stop();
});

// What is wrong with a page, a text for each command that did not go as it says.
async function faults(page: string, nodes = demo): Promise<string[]> {
  const here = page
    .replaceAll('http://127.0.0.1:3000', nodes.cloud)
    .replaceAll('http://127.0.0.1:3001', nodes.venue)
    .replaceAll('build/genlock ', `'${program}' `)
    .replaceAll('build/demo', nodes.folder);
  const commands = commandsOf(here);
  const all = await runAll(commands.map((each) => each.text), repository);
  return commands.flatMap((command, at) => {
    const ran = all[at];
    const wrong = ran && fault(command, ran);
    return wrong ? `line ${command.line}: $ ${command.text}\n${wrong}\n` +
      `${ran.statuses.join(' ')} ${ran.output.join('\n').slice(0, 2000)}` : [];
  });
}

// On nodes of its own: it edits the show as it was imported.
test('every command of README.md goes as it is printed', async () => {
  const page = readFileSync(join(repository, 'README.md'), 'utf8');
  assert.equal(commandsOf(page).length, 4);
  // The venue's edit is in the cloud a moment later, as the page says.
  const own = await startDemo();
  const wrong = await faults(page.replace('$ build/genlock status', '$ sleep 1; build/genlock status'), own);
  await own.stop();
  assert.equal(wrong.length, 0, wrong.join('\n\n'));
});

test('every command of docs/api.md goes as it is printed', async () => {
  const page = readFileSync(join(repository, 'docs/api.md'), 'utf8');
  const commands = commandsOf(page);
  const run = commands.map((each) => each.text).join('\n').split('curl ').length;
  const printed = page.split('```').filter((_, at) => at % 2 === 1).join('\n').split('curl ').length;
  assert.equal(run, printed, 'a curl in a block is not run: its line does not begin with "$ "');
  assert.ok(commands.length > 50);
  const wrong = await faults(page);
  assert.equal(wrong.length, 0, wrong.join('\n\n'));
});

test('a page that says something else is found out', async () => {
  const url = 'http://127.0.0.1:3001';
  const none = `${url}/api/sources/018f6b1e-0000-7000-8000-00000000dead`;
  const block = (...lines: string[]) => faults(['```', ...lines, '```'].join('\n'));
  const good = [
    [`$ curl ${url}/healthz`, '{"status":"ok"}'],
    [`$ curl ${none}`, '{"type":"/problems/not-found","title":..,"status":404,..}'],
    [`$ curl -i \\`, `    '${none}'`, 'HTTP/1.1 404 Not Found', '{..}'],
    [`$ ONE=1`, `$ echo $ONE two`, '1 two'],
  ];
  for (const lines of good) assert.deepEqual(await block(...lines), []);
  const bad = [
    [`$ curl ${none}`],
    [`$ curl ${none}`, '{..}'],
    [`$ curl ${none}`, '{"type":"/problems/gone","status":410,..}'],
    [`$ curl -i ${url}/healthz`, 'HTTP/1.1 202 Accepted'],
    [`$ ETAG=$(curl -s ${none} | sed p)`],
    [`$ curl ${url}/healthz`, '{"ready":true}'],
    [`$ curl ${url}/healthz`, '{"status":"ok","more":1}'],
    [`$ curl ${url}/healthz`, '{}'],
    [`$ curl ${url}/healthz`, '{"status":"ok"}', 'more'],
    [`$ curl http://127.0.0.1:1/healthz`],
    [`$ curl http://127.0.0.1:1/healthz | cat`],
    ['$ false'],
    ['$ exit'],
  ];
  for (const lines of bad) assert.equal((await block(...lines)).length, 1, lines.join('\n'));
});
