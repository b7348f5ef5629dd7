// The padlock of a show: filled where this node holds it, so that people here go on and others wait;
// with the holder's name where another does. Only the holder opens it here.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Lock, LockOpen } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { api, as, taken } from '../../api/queries.ts';
import type { Production } from '../../api/client.ts';
import { exact } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import { useSession, useSessionState } from '../../sync/use.ts';

export function LockButton({ production }: { production: Production }) {
  const session = useSession();
  const { identity, link, status } = useSessionState((state) => state.core);
  const [asking, setAsking] = useState(false);
  const lock = production._meta.lock;
  const params = { path: { id: production.id }, header: { ...as(identity), 'Idempotency-Key': newId() } };
  const say = useMutation({
    networkMode: 'always',
    mutationFn: async (reason: string | null) => (reason === null
      ? taken(await api.DELETE('/api/productions/{id}/lock', { params }))
      : taken(await api.POST('/api/productions/{id}/lock', { params, body: { reason, until: null } }))),
    onError: (error) => session.notify(error.message, 'bad'),
  });
  const disabled = link !== 'live' || say.isPending;
  if (lock && lock.node.id !== status?.node.id) return (
    <span className="tag" style={{ minHeight: 32 }} title={[lock.reason, `${lock.by.user ?? 'Somebody'}, ${exact(lock.at)}`].filter(Boolean).join(' · ')}>
      <Lock size={14} aria-hidden /> Locked by {lock.node.name ?? 'another node'}
    </span>
  );
  if (lock) return (
    <Button variant="filled" color="signal" leftSection={<Lock size={16} />} disabled={disabled} onClick={() => say.mutate(null)}
      title={[lock.reason, lock.by.user].filter(Boolean).join(' · ')}>Locked here · unlock</Button>
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setAsking(false);
    say.mutate(String(new FormData(event.currentTarget).get('reason') ?? '').trim() || 'show day');
  };
  return (
    <>
      <Button variant="default" leftSection={<LockOpen size={16} />} disabled={disabled} onClick={() => setAsking(true)}>Lock</Button>
      {asking && (
        <Modal opened onClose={() => setAsking(false)} title="Lock the show" closeButtonProps={{ 'aria-label': 'Close' }}>
          <form onSubmit={submit}>
            <Stack>
              <Text size="sm">Everybody at {status?.node.name ?? 'this node'} goes on working. Elsewhere the show can be read, not changed, until it is unlocked here.</Text>
              <TextInput name="reason" label="Why" placeholder="show day" maxLength={200} data-autofocus />
              <Group justify="flex-end">
                <Button variant="default" onClick={() => setAsking(false)}>Cancel</Button>
                <Button type="submit">Lock the show</Button>
              </Group>
            </Stack>
          </form>
        </Modal>
      )}
    </>
  );
}
