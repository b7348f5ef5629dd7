// What is left to do with a show that is over and in the cloud: it is unlocked, and leaves the list.
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Archive, LockOpen } from 'lucide-react';
import { api, as, keys, queryClient, taken, useShows } from '../../api/queries.ts';
import { newId } from '../../sync/ids.ts';
import { useSession, useSessionState } from '../../sync/use.ts';

export function Finish({ id }: { id: string }) {
  const session = useSession();
  const { identity, link, status } = useSessionState((state) => state.core);
  const show = useShows().data?.find((one) => one.id === id);
  const unlock = useMutation({
    networkMode: 'always',
    mutationFn: async () => taken(await api.DELETE('/api/productions/{id}/lock', { params: { path: { id }, header: { ...as(identity), 'Idempotency-Key': newId() } } })),
    onError: (error) => session.notify(`Not unlocked: ${error.message}`, 'bad'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.shows }),
  });
  if (!show) return null;
  const mine = show._meta.lock !== null && show._meta.lock?.node.id === status?.node.id;
  const archive = () => {
    session.edit(id, `Archive ${show.show_name}`, [{ op: 'update', table: 'productions', id, base_version: show._meta.etag, row: { status: 'archived' }, before: { status: show.status } }]);
    session.notify(`${show.show_name}: archived.`, 'good', id);
  };
  return (
    <div className="walk-go">
      {mine && <Button variant="default" leftSection={<LockOpen size={16} />} disabled={link !== 'live' || unlock.isPending} onClick={() => unlock.mutate()} aria-label={`Unlock ${show.show_name}`}>Unlock</Button>}
      {show.status === 'archived' ? <span className="dim">It is archived.</span>
        : <Button variant="default" leftSection={<Archive size={16} />} onClick={archive} aria-label={`Archive ${show.show_name}`}>Archive</Button>}
      <span className="dim small">What is done here goes over with the next exchange.</span>
    </div>
  );
}
