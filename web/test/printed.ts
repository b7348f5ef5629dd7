// A page of commands as a reader of it meets them: what it prints, what one bash then says, and
// where the two differ.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from './api.ts';

export interface Command {
  text: string; // as printed, without its "$ "
  line: number; // of the page
  sample: string[]; // what the page prints below it, a line each; JSON goes on in lines that are indented
}

export interface Ran {
  code: number;
  output: string[]; // lines of stdout, then those of stderr
  statuses: number[]; // of each answer that curl had, in order
}

const runMs = 120_000; // all of a page, with sanitizers on a busy machine
const ended = '\x1e'; // around the exit code of a command, and where its stderr ends
const status = '\x1f'; // before a status

// --- the page -----------------------------------------------------------------------------------

// A command goes on behind a backslash, and within quotes.
const open = (text: string): boolean => text.endsWith('\\') || text.split("'").length % 2 === 0;

export function commandsOf(page: string): Command[] {
  const commands: Command[] = [];
  let last: Command | undefined;
  let inBlock = false;
  page.split('\n').forEach((text, at) => {
    if (text.startsWith('```')) {
      inBlock = !inBlock;
      last = undefined;
    } else if (inBlock && last && last.sample.length === 0 && open(last.text)) {
      last.text += `\n${text}`;
    } else if (inBlock && text.startsWith('$ ')) {
      commands.push((last = { text: text.slice(2), line: at + 1, sample: [] }));
    } else if (inBlock && last && text) {
      const before = last.sample.length - 1;
      const goesOn = text.startsWith(' ') && json.test(last.sample[before] ?? '');
      if (goesOn) last.sample[before] += text.trim();
      else last.sample.push(text);
    }
  });
  return commands;
}

// --- bash ---------------------------------------------------------------------------------------

// Runs all of them in one bash in `folder`, whatever becomes of any of them. curl is told nothing
// but to say its statuses, and to end.
export async function runAll(commands: string[], folder: string): Promise<Ran[]> {
  const home = mkdtempSync(join(tmpdir(), 'genlock-page-'));
  writeFileSync(join(home, '.curlrc'),
    `silent\nshow-error\nmax-time = 30\nwrite-out = "%{stderr}${status}%{http_code}\\n"\n`);
  const tell = `tell() { printf '${ended}%s${ended}' "$1"; printf '${ended}' >&2; }`;
  const script = commands.map((each) => `${each}\ntell $?\n`).join('');
  const bash = spawn('bash', ['-c', `${tell}\n${script}`], {
    cwd: folder,
    env: { ...process.env, CURL_HOME: home, NO_PROXY: '*', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: runMs,
  });
  let output = '';
  let errors = '';
  bash.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  bash.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await new Promise((resolve, reject) => bash.once('error', reject).once('close', resolve));
  rmSync(home, { recursive: true });
  const [said, told] = [output.split(ended), errors.split(ended)];
  return commands.map((_, at) => ran(said[2 * at], said[2 * at + 1], told[at]));
}

function ran(output = '', code = 'none: bash did not come so far', errors = ''): Ran {
  const lines = errors.split('\n');
  return {
    code: Number(code),
    output: [...output.split(/\r?\n/), ...lines.filter((line) => !line.startsWith(status))],
    statuses: lines.filter((line) => line.startsWith(status)).map((line) => Number(line.slice(1))),
  };
}

// --- where they differ --------------------------------------------------------------------------

// undefined: it went as the page says. Each printed line is there, in their order; the exit code
// is 0 unless the page prints curl's error; each status is 2xx, but for the last if the page prints
// another.
export function fault(command: Command, ran: Ran): string | undefined {
  const printed = command.sample.join('\n');
  const code = Number(/^curl: \((\d+)\)/m.exec(printed)?.[1] ?? 0);
  if (ran.code !== code) return `ended with ${ran.code}`;
  if (!code && ran.output.some((line) => line.startsWith('curl: ('))) return 'curl failed';
  const last = Number(/^HTTP\/1\.1 (\d+)/m.exec(printed)?.[1] ?? 0) || problemOf(command.sample);
  const before = last ? ran.statuses.slice(0, -1) : ran.statuses;
  if (last && ran.statuses.at(-1) !== last) return `the last status is not ${last}`;
  if (before.some((one) => one < 200 || one > 299)) return 'a status is not 2xx';
  let from = 0;
  for (const line of command.sample) {
    const at = ran.output.findIndex((real, index) => index >= from && same(line, real));
    if (at < 0) return `nobody said: ${line}`;
    from = at + 1;
  }
  return undefined;
}

const problemOf = (sample: string[]): number =>
  Number(/^\{"type":"\/problems\/.*?"status":(\d+)/.exec(sample[0] ?? '')?.[1] ?? 0);

// JSON, by itself or behind a word such as "data: ".
const json = /^((?:\w+: )?)([{[].*)$/;

function same(sample: string, real: string): boolean {
  const [printed, told] = [json.exec(sample), json.exec(real)];
  if (!printed || !told || printed[1] !== told[1]) return alike(sample, real);
  try {
    return holds(JSON.parse(whole(printed[2] ?? '')), JSON.parse(told[2] ?? ''));
  } catch {
    return false; // one of them is no JSON
  }
}

// A sample as JSON: ".." for what was left out becomes a member or an item of that name.
function whole(sample: string): string {
  const inside: string[] = [];
  return sample.replace(/"(?:[^"\\]|\\.)*"|[[\]{}]|(:?)\.\./g, (token, colon) => {
    if (token === '{' || token === '[') inside.push(token);
    if (token === '}' || token === ']') inside.pop();
    if (!token.endsWith('..') || token.startsWith('"')) return token;
    if (colon) return ':".."';
    return inside.at(-1) === '{' ? '"..":0' : '".."';
  });
}

// Members and items that are printed are there, and no others where nothing was left out. Numbers
// need only be numbers.
function holds(sample: Json, real: Json): boolean {
  if (sample === '..') return real !== undefined;
  if (typeof sample === 'number') return typeof real === 'number';
  if (typeof sample === 'string') return typeof real === 'string' && alike(sample, real);
  if (Array.isArray(sample)) {
    const items = sample.filter((item) => item !== '..');
    return Array.isArray(real) && items.every((item, at) => holds(item, real[at])) &&
      (items.length < sample.length || items.length === real.length);
  }
  if (sample === null || typeof sample !== 'object') return sample === real;
  if (real === null || typeof real !== 'object') return false;
  const { '..': more, ...members } = sample;
  return Object.entries(members).every(([name, value]) => holds(value, real[name])) &&
    (more !== undefined || Object.keys(real).every((name) => name in members));
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
// What differs with each run, and stands for any of its kind: event ids, ids, times, digests, ports,
// cursors.
const kinds = [`${uuid}\\.${uuid}\\.\\d+`, uuid, '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z',
  '[0-9a-f]{32}', '127\\.0\\.0\\.1:\\d+', '[0-9a-f]{8}\\.\\d+'];
const special = new RegExp(`(${[...kinds, '\\.\\.'].join('|')})`);

function alike(sample: string, real: string): boolean {
  const pattern = sample.split(special).map((piece) => {
    if (piece === '..') return '[^]*';
    return kinds.find((kind) => new RegExp(`^${kind}$`).test(piece)) ??
      piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${pattern.join('')}$`).test(real);
}
