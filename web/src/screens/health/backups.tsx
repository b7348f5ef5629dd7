// Backups of this node: what there are, one more now, and whether one would really restore.
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { DatabaseBackup } from 'lucide-react';
import type { Schemas } from '../../api/client.ts';
import { api, as, keys, queryClient, Refused, taken } from '../../api/queries.ts';
import { ago, exact, plural } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { bytesWords } from './words.ts';

type Backup = Schemas['Backup'];
type Job = Schemas['Job'];

const lookMs = 400;
const reasons: Record<Backup['reason'], string> = { manual: 'By hand', schedule: 'By the clock', lock: 'Before a lock', download: 'After a download' };

// To its end. ERRORS: Refused, also of a job that failed.
async function finished(job: Job): Promise<Job> {
  while (!job.finished_at) {
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    job = taken(await api.GET('/api/sync/jobs/{id}', { params: { path: { id: job.id } } }));
  }
  if (job.error) throw new Refused(job.error);
  return job;
}

export function Backups() {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const { data, error } = useQuery({ queryKey: keys.backups, queryFn: async () => taken(await api.GET('/api/backups', {})) });
  const settle = {
    networkMode: 'always' as const,
    onError: (refused: Error) => session.notify(refused.message, 'bad'),
    onSettled: () => Promise.all([keys.backups, keys.health].map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  };
  const make = useMutation({
    ...settle,
    mutationFn: async () => finished(taken(await api.POST('/api/backups', { params: { header: { ...as(identity), 'Idempotency-Key': newId() } } }))),
    onSuccess: () => session.notify('The backup is made.'),
  });
  const prove = useMutation({
    ...settle,
    mutationFn: async (id: string) => finished(taken(await api.POST('/api/backups/{id}/verify', { params: { path: { id }, header: as(identity) } }))),
    onSuccess: (job) => {
      const whole = (job.result as { ok?: boolean } | null)?.ok === true;
      session.notify(whole ? 'It was restored beside this node, and is whole.' : 'This backup would not restore: make another one now.', whole ? 'good' : 'bad');
    },
  });
  const disabled = link !== 'live' || make.isPending || prove.isPending;
  return (
    <>
      <div className="head">
        <h2 className="grow">Backups</h2>
        <Button variant="default" leftSection={<DatabaseBackup size={16} />} disabled={disabled} onClick={() => make.mutate()}>{make.isPending ? 'Making it' : 'Back up now'}</Button>
      </div>
      <div className="panel">
        {error && !data && <span className="dim">{error.message}</span>}
        {data?.length === 0 && <span className="dim">There is none yet. One is made by the clock, before a show is locked and after a download.</span>}
        {data && data.length > 0 && (
          <table className="data">
            <thead><tr><th>Made</th><th>Why</th><th>Holds</th><th>Would it restore?</th></tr></thead>
            <tbody>{data.map((one) => (
              <tr key={one.id}>
                <td title={exact(one.created_at)}>{ago(one.created_at)}</td><td>{reasons[one.reason]}</td>
                <td>{plural(one.events, 'edit')}<div className="dim small">{bytesWords(one.size_bytes)}</div></td>
                <td>{one.status === 'unverified' ? (
                  <Button variant="default" disabled={disabled} loading={prove.isPending && prove.variables === one.id}
                    onClick={() => prove.mutate(one.id)} aria-label={`Prove it: the backup of ${exact(one.created_at)}`}>Prove it</Button>
                ) : one.status === 'ok' ? `Yes, proved ${ago(one.verified_at)}` : <span className="differs">No: {one.detail}</span>}</td>
              </tr>
            ))}</tbody>
          </table>
        )}
      </div>
    </>
  );
}
