// A real node: the program itself in a process of its own, on a free port, with data that is
// thrown away.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const program =
  process.env.GENLOCK_PROGRAM ??
  fileURLToPath(new URL('../../build/dev/genlock', import.meta.url));
const startMs = 40_000; // with sanitizers, on a busy machine; the demo imports 1,171 rows
const stopMs = 10_000;

// A test of one node is of a LAN node, or told otherwise (*_cloud.test.ts).
export const testedRole = process.env.GENLOCK_TESTED_ROLE === 'cloud' ? 'cloud' : 'lan';

// The top of the repository.
export const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface Running {
  // What it told the operator so far, a line each.
  readonly log: string[];
  running(): boolean;
  // SIGTERM, until it has ended. Its exit code.
  stop(): Promise<number | null>;
}

export interface GenlockNode extends Running {
  readonly url: string;
}

// What `./dev up` starts: two nodes that sync, with equipment and a show.
export interface Demo extends Running {
  readonly cloud: string; // URLs
  readonly venue: string;
  readonly folder: string; // of their data
}

const ended = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', (code) => resolve(code)));

async function stop(child: ChildProcess, folder: string): Promise<number | null> {
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), stopMs);
  const code = await ended(child);
  clearTimeout(hard);
  rmSync(folder, { recursive: true, force: true });
  return code;
}

// Runs the program with arguments that `of` gives for a new folder, until it has printed `ready`.
async function start(of: (folder: string) => string[], ready: RegExp):
Promise<Running & { said: RegExpExecArray; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'genlock-web-'));
  const child = spawn(program, of(folder), { stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(...text.split('\n')));
  const said = await new Promise<RegExpExecArray>((resolve, reject) => {
    let output = '';
    const late = setTimeout(() => reject(new Error(`no answer: ${log.join('\n')}`)), startMs);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${log.join('\n')}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = ready.exec(output);
      if (!found) return;
      clearTimeout(late);
      resolve(found);
    });
  });
  return {
    said,
    folder,
    log,
    running: () => child.exitCode === null && child.signalCode === null,
    stop: () => stop(child, folder),
  };
}

export async function startNode(role: 'cloud' | 'lan', more: string[] = []): Promise<GenlockNode> {
  const node = await start(
    (folder) => ['serve', '--role', role, '--data', join(folder, 'data'), '--listen', '127.0.0.1:0',
      '--name', role === 'cloud' ? 'Office' : 'Truck', ...more],
    /^listening on (\S+)$/m,
  );
  return { ...node, url: node.said[1] as string };
}

// A node that can be killed, and started again on its data and port.
export interface Fragile {
  readonly url: string;
  readonly data: string; // its directory
  kill(): Promise<void>; // SIGKILL: nothing is finished
  start(): Promise<void>;
  end(): Promise<void>; // and its data is thrown away
}

export async function startFragile(role: 'cloud' | 'lan', more: string[] = []): Promise<Fragile> {
  const folder = mkdtempSync(join(tmpdir(), 'genlock-web-'));
  let port = '0';
  let child: ChildProcess | null = null;
  const startOnce = async (): Promise<string> => {
    child = spawn(program, ['serve', '--role', role, '--data', join(folder, 'data'), '--listen',
      `127.0.0.1:${port}`, '--name', 'Truck', ...more], { stdio: ['ignore', 'pipe', 'ignore'] });
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      child!.once('error', reject);
      child!.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
      child!.stdout!.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const found = /^listening on (\S+)$/m.exec(output);
        if (found) resolve(found[1]!);
      });
    });
    port = new URL(url).port;
    return url;
  };
  const kill = async () => {
    if (!child) return;
    child.kill('SIGKILL');
    await ended(child);
    child = null;
  };
  const url = await startOnce();
  return {
    url,
    data: join(folder, 'data'),
    kill,
    start: async () => void (await startOnce()),
    end: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function startDemo(): Promise<Demo> {
  const demo = await start(
    (folder) => ['demo', 'up', '--dir', join(folder, 'demo'), '--samples',
      join(repository, 'tests/data'), '--cloud-port', '0', '--lan-port', '0'],
    /^cloud +(\S+)[^]*^venue +(\S+) .*$/m,
  );
  return { ...demo, cloud: demo.said[1] as string, venue: demo.said[2] as string, folder: join(demo.folder, 'demo') };
}
