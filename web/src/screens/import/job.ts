// A file on its way into the node: sent, and its job followed to the end.
import { as, Refused } from '../../api/queries.ts';
import type { Problem, Schemas } from '../../api/client.ts';
import { newId } from '../../sync/ids.ts';
import type { Identity } from '../../sync/model.ts';
import { mapOf, type Choice, type CsvTable } from './csv.ts';
import type { Report } from './report.ts';

export const mostBytes = 16 * 1_024 * 1_024; // what the node takes

const lookMs = 250;
const misses = 20; // answers that may fail to come, one after the other

export interface CsvPlan {
  table: CsvTable;
  production_id: string; // '': none
  heads: readonly string[];
  chosen: readonly Choice[];
}

export interface Order {
  file: File;
  csv: CsvPlan | null;
  update: boolean;
}

export type Told = Schemas['Job'];

export function addressOf({ file, csv, update }: Order, dryRun: boolean): string {
  const query = new URLSearchParams({ name: file.name });
  if (dryRun) query.set('dry_run', 'true');
  if (update) query.set('update', 'true');
  if (csv) {
    query.set('table', csv.table);
    if (csv.table !== 'equipment') query.set('production_id', csv.production_id);
    const map = mapOf(csv.heads, csv.chosen);
    if (map) query.set('map', map);
  }
  return `/api/import?${query}`;
}

async function answered<T>(response: Response): Promise<T> {
  const answer: unknown = await response.json();
  if (!response.ok) throw new Refused(answer as Problem);
  return answer as T;
}

// `onJob` hears of every step. ERRORS: Refused, also for a job that failed.
export async function run(order: Order, dryRun: boolean, by: Identity | null, onJob: (job: Told) => void): Promise<Report> {
  let job = await answered<Told>(await fetch(addressOf(order, dryRun), {
    method: 'POST', body: order.file,
    headers: { 'Content-Type': order.csv ? 'text/csv' : 'application/json', 'Idempotency-Key': newId(), ...as(by) },
  }));
  for (let missed = 0; ;) {
    onJob(job);
    if (job.finished_at) break;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    try {
      job = await answered<Told>(await fetch(`/api/sync/jobs/${job.id}`));
      missed = 0;
    } catch (error) {
      // A node that is out of reach for a moment goes on with the import.
      if (error instanceof Refused || ++missed > misses) throw error;
    }
  }
  if (job.error) throw new Refused(job.error);
  if (job.state === 'cancelled') throw new Error('It was stopped; what was taken until then stays.');
  return job.result as Report;
}

export const cancel = (job: Told): Promise<unknown> => fetch(`/api/sync/jobs/${job.id}`, { method: 'DELETE' });
