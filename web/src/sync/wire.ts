// How an entry is put to the node, and what its answer means.
import type { Problem } from '../api/client.ts';
import { difference, isList } from './lists.ts';
import type { Done, Entry, Identity, Op, Row, Values } from './model.ts';
import { library, problemName } from './model.ts';

const answerMs = 20_000;

export type Outcome =
  | { kind: 'taken'; event: string | null; rows: Row[] }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'later'; waitMs: number; reached: boolean }; // send it again as it is

interface Asked {
  path: string;
  body: unknown; // undefined: none
  method?: 'PATCH' | 'DELETE'; // else POST
  base?: string; // Base-Version, where the body has no place for it
}

export const personHeaders = (by: Identity): Record<string, string> => ({
  'Genlock-User': encodeURIComponent(by.user),
  ...(by.device ? { 'Genlock-Device': encodeURIComponent(by.device) } : {}),
});

export function requestOf(entry: Entry, done: readonly Done[]): Asked | null {
  if (entry.production_id === library) return deviceRequest(entry.ops[0]!);
  const show = `/api/productions/${entry.production_id}`;
  if (entry.undoes !== null) {
    const target = done.find((one) => one.id === entry.undoes);
    return target?.event ? { path: `${show}/undo`, body: { event: target.event } } : null;
  }
  const first = entry.ops[0];
  if (first?.op === 'create' && first.table === 'productions')
    return { path: '/api/productions', body: { ...first.row, id: first.id } };
  const ops = entry.ops.map(({ op, table, id, row, before, base_version }) => ({
    op, table, id,
    ...(op === 'create' ? { row } : op === 'update' ? { row: changes(row, before) } : {}),
    ...(base_version && (op === 'update' || op === 'delete') ? { base_version } : {}),
  }));
  return { path: `${show}/batch`, body: { label: entry.label, ops } };
}

// Of the outputs of a source only what changed goes out, as of the lists of a device.
const changes = (row: Values = {}, before: Values = {}): Values =>
  (isList(row.outputs) ? { ...row, outputs: difference(before.outputs, row.outputs) } : row);

// A device is written by itself; taking an edit back is an edit, with what its author had seen.
function deviceRequest({ op, id, row, before, base_version }: Op): Asked {
  const path = `/api/equipment/${id}`;
  const base = base_version ? { base: base_version } : {};
  switch (op) {
    case 'create':
      return { path: '/api/equipment', body: { ...row, id } };
    case 'update':
      return {
        path, method: 'PATCH', ...base,
        body: Object.fromEntries(Object.entries(row ?? {}).map(([column, value]) =>
          [column, isList(value) ? difference(before?.[column], value) : value])),
      };
    case 'delete':
      return { path, method: 'DELETE', body: undefined, ...base };
    case 'restore':
      return { path: `${path}/restore`, body: undefined };
  }
}

const problem = (status: number, name: string, detail: string): Problem => ({
  type: `/problems/${name}`, title: detail, status, detail, instance: '', request_id: '',
});

// Statuses that say: not now.
const transient = new Set([408, 429, 500, 502, 503, 504, 507]);

export async function send(entry: Entry, done: readonly Done[], ask: typeof fetch): Promise<Outcome> {
  const asked = requestOf(entry, done);
  if (!asked) return { kind: 'refused', problem: problem(410, 'gone', 'There is nothing left to undo.') };
  let response: Response;
  let answer: unknown;
  try {
    response = await ask(asked.path, {
      method: asked.method ?? 'POST',
      headers: {
        ...(asked.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(asked.base ? { 'Base-Version': asked.base } : {}),
        'Idempotency-Key': entry.id,
        ...personHeaders(entry.by),
        ...(entry.keep_both ? { Prefer: 'conflict=record' } : {}),
      },
      ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
      signal: AbortSignal.timeout(answerMs),
    });
    answer = await response.json();
  } catch {
    return { kind: 'later', waitMs: 1_000, reached: false };
  }
  const result = outcome(response.status, answer, Number(response.headers.get('Retry-After')));
  // What was done to a device can be taken back without the event's id.
  return result.kind === 'taken' && entry.production_id === library ? { ...result, event: entry.id } : result;
}

export function outcome(status: number, answer: unknown, retryAfterS: number): Outcome {
  if (status < 300) {
    const taken = answer as { event?: string | null; results?: { row: Row }[]; id?: string };
    const rows = taken.results?.map((result) => result.row) ?? (taken.id ? [answer as Row] : []);
    return { kind: 'taken', event: taken.event ?? null, rows };
  }
  const refused = answer as Problem;
  if (transient.has(status) || problemName(refused) === 'busy')
    return { kind: 'later', waitMs: Math.max(1, retryAfterS || 0) * 1_000, reached: true };
  return { kind: 'refused', problem: refused };
}
