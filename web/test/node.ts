// A real node: the program itself in a process of its own, on a free port, with data that is
// thrown away.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program =
  process.env.GENLOCK_PROGRAM ??
  fileURLToPath(new URL('../../build/dev/genlock', import.meta.url));
const startMs = 20_000; // with sanitizers, on a busy machine
const stopMs = 10_000;

export interface GenlockNode {
  readonly url: string;
  // What it told the operator so far, a line each.
  readonly log: string[];
  running(): boolean;
  // SIGTERM, until it has ended. Its exit code.
  stop(): Promise<number | null>;
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

export async function startNode(role: 'cloud' | 'lan', more: string[] = []): Promise<GenlockNode> {
  const folder = mkdtempSync(join(tmpdir(), 'genlock-web-'));
  const child = spawn(
    program,
    ['serve', '--role', role, '--data', join(folder, 'data'), '--listen', '127.0.0.1:0',
      '--name', role === 'cloud' ? 'Office' : 'Truck', ...more],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(...text.split('\n')));
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`no answer: ${log.join('\n')}`)), startMs);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${log.join('\n')}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const line = /^listening on (\S+)$/m.exec(said);
      if (!line?.[1]) return;
      clearTimeout(late);
      resolve(line[1]);
    });
  });
  return {
    url,
    log,
    running: () => child.exitCode === null && child.signalCode === null,
    stop: () => stop(child, folder),
  };
}
