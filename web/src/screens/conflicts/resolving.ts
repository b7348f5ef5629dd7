// Decisions on the node: one, many, and taking one back.
import { api, as, keys, queryClient, Refused, taken } from '../../api/queries.ts';
import type { Conflict } from '../../api/client.ts';
import { newId } from '../../sync/ids.ts';
import type { Identity } from '../../sync/model.ts';
import { problemName } from '../../sync/model.ts';
import type { BulkChoice, Plan } from './bulk.ts';

export type Choice = { pick: string } | { value: Record<string, unknown> };

export interface Outcome {
  id: string;
  wrong: string | null; // null: decided
}

const bulkItems = 500; // the most that the node takes at once
const lookedAt = 50; // decisions of a row, to find one among

export const resolveOne = async (conflict: Conflict, choice: Choice, identity: Identity | null) =>
  taken(await api.POST('/api/sync/conflicts/{id}/resolve', {
    params: { path: { id: conflict.id }, header: { ...as(identity), 'If-Match': conflict._meta.etag, 'Idempotency-Key': newId() } },
    body: { resolution: 'manual', ...choice },
  }));

const wordsOf = (problem: { type?: string; title?: string; detail?: string } | null | undefined): string =>
  (problemName(problem as never) === 'precondition-failed' ? 'it has changed meanwhile: look again' : problem?.detail || problem?.title || 'the node did not take it');

// Each by itself: what can't be decided keeps nothing else from it.
export async function resolveMany(plans: readonly Plan[], choice: BulkChoice, identity: Identity | null, onStep: (done: number) => void): Promise<Outcome[]> {
  const possible = plans.filter(({ side }) => side !== null);
  const outcomes: Outcome[] = plans.filter(({ side }) => side === null).map(({ conflict }) => ({ id: conflict.id, wrong: 'there is no such version' }));
  if (choice === 'latest') {
    for (const { conflict, side } of possible) {
      outcomes.push(await resolveOne(conflict, { pick: side!.key }, identity)
        .then(() => ({ id: conflict.id, wrong: null }), (error: unknown) => ({ id: conflict.id, wrong: error instanceof Refused ? wordsOf(error.problem) : 'the node is out of reach' })));
      onStep(outcomes.length);
    }
  } else {
    for (let at = 0; at < possible.length; at += bulkItems) {
      const items = possible.slice(at, at + bulkItems).map(({ conflict }) => ({ id: conflict.id, etag: conflict._meta.etag }));
      try {
        const { results } = taken(await api.POST('/api/sync/conflicts/resolve', { params: { header: { ...as(identity), 'Idempotency-Key': newId() } }, body: { resolution: choice, items } }));
        outcomes.push(...results.map(({ id, status, problem }) => ({ id, wrong: status < 300 ? null : wordsOf(problem) })));
      } catch (error) {
        outcomes.push(...items.map(({ id }) => ({ id, wrong: error instanceof Refused ? wordsOf(error.problem) : 'the node is out of reach' })));
      }
      onStep(outcomes.length);
    }
  }
  refresh();
  return outcomes;
}

export const refresh = (): void => {
  void queryClient.invalidateQueries({ queryKey: keys.conflicts });
};

// The node's own undo: the row is as it was before the decision, unless somebody changed it since.
export async function undoDecision(decided: Conflict, identity: Identity | null): Promise<void> {
  if (decided.table_name === 'equipment_specs') return undoOfDevice(decided, identity);
  const id = decided.production_id!;
  const history = taken(await api.GET('/api/productions/{id}/history', {
    params: { path: { id }, query: { op: 'eq.resolve', record_id: `eq.${decided.record_id}`, limit: lookedAt } as never },
  }));
  const event = history.find(({ at }) => at === decided.resolved_at)?.event;
  if (!event) throw new Error('the history has no such decision');
  taken(await api.POST('/api/productions/{id}/undo', { params: { path: { id }, header: { ...as(identity), 'Idempotency-Key': newId() } }, body: { event } }));
  refresh();
}

// What somebody decided of a device, by the same rule; the library has no undo of its own on the node.
async function undoOfDevice(decided: Conflict, identity: Identity | null): Promise<void> {
  const path = { id: decided.record_id };
  const history = taken(await api.GET('/api/equipment/{id}/history', { params: { path, query: { op: 'eq.resolve', limit: lookedAt } as never } }));
  const event = history.find(({ at }) => at === decided.resolved_at);
  if (!event) throw new Error('the history has no such decision');
  if (event.by.user !== (identity?.user ?? null)) throw new Error(`${event.by.user ?? 'somebody else'} decided it, and takes it back`);
  const row = taken(await api.GET('/api/equipment/{id}', { params: { path } })) as unknown as Record<string, unknown> & { _meta: { etag: string } };
  if (event.changes.some(({ column, to }) => JSON.stringify(row[column] ?? null) !== JSON.stringify(to ?? null))) throw new Error('it was changed since');
  const body = Object.fromEntries(event.changes.map(({ column, from }) => [column, from ?? null]));
  taken(await api.PATCH('/api/equipment/{id}', { params: { path, header: { ...as(identity), 'Base-Version': row._meta.etag, 'Idempotency-Key': newId() } }, body: body as never }) as never);
  refresh();
}

const collections = ['sources', 'sends', 'connections', 'equipment'] as const;
export const collectionOf = (table: string) => collections.find((one) => one === (table === 'equipment_specs' ? 'equipment' : table));

// Deciding again is an edit of the row as it is now.
export async function takeInstead(decided: Conflict, value: Record<string, unknown>, identity: Identity | null): Promise<void> {
  const collection = collectionOf(decided.table_name)!;
  const path = { id: decided.record_id };
  const row = taken(await api.GET(`/api/${collection}/{id}`, { params: { path } })) as { _meta: { etag: string } };
  taken(await api.PATCH(`/api/${collection}/{id}`, { params: { path, header: { ...as(identity), 'Base-Version': row._meta.etag, 'Idempotency-Key': newId() } }, body: value as never }) as never);
  refresh();
}
