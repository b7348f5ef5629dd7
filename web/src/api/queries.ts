// What is read without the feed's rows: lists and pages that the core says are stale. Requests are
// made whatever the browser thinks of the network.
import { QueryClient, useQuery } from '@tanstack/react-query';
import type { Identity } from '../sync/model.ts';
import { personHeaders } from '../sync/wire.ts';
import { apiClient, type Problem } from './client.ts';

export const api = apiClient(location.origin);

export const queryClient = new QueryClient({
  defaultOptions: { queries: { networkMode: 'always', retry: 1, staleTime: 30_000, refetchOnWindowFocus: false } },
});

// An answer that was no success, as an error with words for people.
export class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }
}

export function taken<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.error !== undefined || answer.data === undefined) throw new Refused(answer.error as Problem);
  return answer.data;
}

export const as = (identity: Identity | null): Record<string, string> => (identity ? personHeaders(identity) : {});

export const keys = {
  shows: ['productions'],
  conflicts: ['sync_conflicts'],
  log: ['sync_log'],
  node: ['node'],
  health: ['health'],
  backups: ['backups'],
  catalog: ['catalog'],
} as const;

export const useShows = () => useQuery({
  queryKey: keys.shows,
  queryFn: async () => taken(await api.GET('/api/productions', {})),
});

export const useConflicts = () => useQuery({
  queryKey: keys.conflicts,
  queryFn: async () => taken(await api.GET('/api/sync/conflicts', { params: { query: { resolution: 'eq.pending' } } })),
});

// Called with what the feed says has changed; '*': all may have.
export function invalidate(tables: string[], production_id: string | null): void {
  if (production_id) void queryClient.invalidateQueries({ queryKey: ['history', production_id] });
  if (tables.includes('*')) return void queryClient.invalidateQueries();
  for (const table of tables) void queryClient.invalidateQueries({ queryKey: [table] });
}
