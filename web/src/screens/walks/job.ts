// Long work of the node that this tab asked for: it is found again after a reload, and asked for once more where
// the link was cut or the node has forgotten it.
import { api, as, Refused, taken } from '../../api/queries.ts';
import type { Schemas } from '../../api/client.ts';
import type { Identity } from '../../sync/model.ts';

export type Job = Schemas['Job'];
export type Work = 'download' | 'upload';

const lookMs = 300;
const mostWaitMs = 15_000;
const keyOf = (work: Work, showId: string) => `genlock.${work}.${showId}`;

export interface Told {
  job: Job | null; // as it was last heard of
  trouble: string | null; // why it does not go on; it is tried again
}

const cut = (job: Job): boolean => job.state === 'failed' && /overloaded|peer-unreachable|not-ready/.test(job.error?.type ?? '');

async function begin(work: Work, id: string, by: Identity | null): Promise<Job> {
  const params = { params: { path: { id }, header: as(by) } };
  const job = taken(work === 'download'
    ? await api.POST('/api/sync/production/{id}/download', params)
    : await api.POST('/api/sync/production/{id}/upload', params));
  sessionStorage.setItem(keyOf(work, id), job.id);
  return job;
}

// null: the node was started anew, and knows nothing of it.
async function look(id: string): Promise<Job | null> {
  const answer = await api.GET('/api/sync/jobs/{id}', { params: { path: { id } } });
  return answer.response.status === 404 ? null : taken(answer);
}

export const remembered = (work: Work, showId: string): boolean => sessionStorage.getItem(keyOf(work, showId)) !== null;
export const forget = (work: Work, showId: string): void => sessionStorage.removeItem(keyOf(work, showId));
export const cancel = (job: Job): Promise<unknown> => api.DELETE('/api/sync/jobs/{id}', { params: { path: { id: job.id } } });

// Follows it to its end: done, cancelled, or failed for a reason that trying again does not mend. Ends without one when
// `signal` says so.
export async function follow(work: Work, showId: string, by: Identity | null, onTold: (told: Told) => void, signal: AbortSignal): Promise<Job | null> {
  let job: Job | null = null;
  for (let missed = 0; !signal.aborted; ) {
    try {
      const id = sessionStorage.getItem(keyOf(work, showId));
      job = id && !(job && cut(job)) ? await look(id) : null;
      job ??= signal.aborted ? null : await begin(work, showId, by);
      if (!job) break;
      const again = cut(job);
      missed = again ? missed + 1 : 0;
      onTold({ job, trouble: again ? job.error!.detail : null });
      if (job.finished_at && !again) return job;
    } catch (error) {
      ++missed;
      onTold({ job, trouble: (error as Error).message });
      if (error instanceof Refused && error.problem.status < 500) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, missed ? Math.min(1_000 * missed, mostWaitMs) : lookMs));
  }
  return null;
}
