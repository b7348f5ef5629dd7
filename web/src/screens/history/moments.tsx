// Names for what a show was: an event that changes nothing, which the history and the view of the show
// as it was lead to.
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, as, queryClient, taken } from '../../api/queries.ts';
import { newId } from '../../sync/ids.ts';
import { useSession, useSessionState } from '../../sync/use.ts';

export interface NamedMoment {
  event: string;
  name: string;
  at: string;
}

const mostMoments = 200;

// The latest first.
export const useMoments = (showId: string) => useQuery({
  queryKey: ['history', showId, 'moments'],
  queryFn: async (): Promise<NamedMoment[]> => {
    const items = taken(await api.GET('/api/productions/{id}/history', { params: { path: { id: showId }, query: { limit: mostMoments, op: 'eq.moment' } as { limit: number } } }));
    return items.map(({ event, comment, at }) => ({ event, name: comment ?? 'A moment', at }));
  },
});

export function NameMoment({ showId, onClose }: { showId: string; onClose(): void }) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const [missing, setMissing] = useState(false);
  const put = useMutation({
    networkMode: 'always',
    mutationFn: async (name: string) => taken(await api.POST('/api/productions/{id}/moments', {
      params: { path: { id: showId }, header: { ...as(identity), 'Idempotency-Key': newId() } }, body: { name },
    })),
    onSuccess: ({ name }) => {
      session.notify(`This moment is called “${name}” now.`);
      onClose();
    },
    onError: (error) => session.notify(`Not named: ${error.message}`, 'bad'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['history', showId] }),
  });
  return (
    <Modal opened onClose={onClose} title="Name this moment" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <form noValidate onSubmit={(event) => {
        event.preventDefault();
        const name = String(new FormData(event.currentTarget).get('name') ?? '').trim();
        setMissing(!name);
        if (name) put.mutate(name);
      }}>
        <Stack>
          <p className="dim small" style={{ margin: 0 }}>The show can be looked at as it is now, and made this again, by this name. Nothing changes.</p>
          <TextInput name="name" label="What is it?" placeholder="Doors, After rehearsal" withAsterisk maxLength={200} data-autofocus error={missing ? 'A moment needs a name' : null} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit" disabled={link !== 'live' || put.isPending}>Name it</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
