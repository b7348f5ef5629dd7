// The padlock of a show: filled where this node holds it, so that people here go on and others wait;
// with the holder's name where another does. The holder opens it; from elsewhere it can be opened over
// their head, with a reason that stands in the history.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Lock, LockOpen } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { api, as, taken } from '../../api/queries.ts';
import type { Production } from '../../api/client.ts';
import { ago, exact } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import { useSession, useSessionState } from '../../sync/use.ts';

type Wish = { do: 'lock' | 'override'; reason: string } | { do: 'unlock' };

export function LockButton({ production }: { production: Production }) {
  const session = useSession();
  const identity = useSessionState((state) => state.core.identity);
  const link = useSessionState((state) => state.core.link);
  const node = useSessionState((state) => state.core.status?.node ?? null);
  const [asking, setAsking] = useState(false);
  const lock = production._meta.lock;
  const say = useMutation({
    networkMode: 'always',
    mutationFn: async (wish: Wish) => {
      const params = { path: { id: production.id }, header: { ...as(identity), 'Idempotency-Key': newId() } };
      const path = '/api/productions/{id}/lock';
      if (wish.do === 'lock') return taken(await api.POST(path, { params, body: { reason: wish.reason, until: null } }));
      return taken(await api.DELETE(path, { params: wish.do === 'unlock' ? params : { ...params, query: { override: 'true', reason: wish.reason } } }));
    },
    onSuccess: (_, wish) => wish.do === 'override' && session.notify('The show is unlocked. Your name and reason stand in its history.'),
    onError: (error) => session.notify(error.message, 'bad'),
  });
  const disabled = link !== 'live' || say.isPending;
  const theirs = lock !== null && lock !== undefined && lock.node.id !== node?.id;
  const send = (wish: Wish) => {
    setAsking(false);
    say.mutate(wish);
  };
  if (lock && !theirs) return (
    <Button variant="filled" color="signal" leftSection={<Lock size={16} />} disabled={disabled} onClick={() => send({ do: 'unlock' })}
      title={[lock.reason, lock.by.user].filter(Boolean).join(' · ')}>Locked here · unlock</Button>
  );
  return (
    <>
      {lock && theirs ? (
        <Button variant="default" className="lock-theirs" leftSection={<Lock size={16} />} disabled={disabled} onClick={() => setAsking(true)}
          title={[lock.reason, `${lock.by.user ?? 'Somebody'}, ${exact(lock.at)}`].filter(Boolean).join(' · ')}>Locked by {lock.node.name ?? 'another node'}</Button>
      ) : (
        <Button variant="default" leftSection={<LockOpen size={16} />} disabled={disabled} onClick={() => setAsking(true)}>Lock</Button>
      )}
      {asking && (lock && theirs
        ? <Override lock={lock} onTake={(reason) => send({ do: 'override', reason })} onClose={() => setAsking(false)} />
        : <Ask node={node?.name ?? 'this node'} onTake={(reason) => send({ do: 'lock', reason })} onClose={() => setAsking(false)} />)}
    </>
  );
}

interface AskProps {
  onTake(reason: string): void;
  onClose(): void;
}

const reasonOf = (event: FormEvent<HTMLFormElement>): string => {
  event.preventDefault();
  return String(new FormData(event.currentTarget).get('reason') ?? '').trim();
};

function Ask({ node, onTake, onClose }: AskProps & { node: string }) {
  return (
    <Modal opened onClose={onClose} title="Lock the show" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <form onSubmit={(event) => onTake(reasonOf(event) || 'show day')}>
        <Stack>
          <Text size="sm">Everybody at {node} goes on working. Elsewhere the show can be read, not changed, until it is unlocked here.</Text>
          <TextInput name="reason" label="Why" placeholder="show day" maxLength={200} data-autofocus />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit">Lock the show</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Override({ lock, onTake, onClose }: AskProps & { lock: NonNullable<Production['_meta']['lock']> }) {
  const [missing, setMissing] = useState(false);
  const holder = lock.node.name ?? 'another node';
  return (
    <Modal opened onClose={onClose} title={`Locked by ${holder}`} closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <form noValidate onSubmit={(event) => {
        const reason = reasonOf(event);
        if (!reason) return setMissing(true);
        onTake(reason);
      }}>
        <Stack>
          <Text size="sm"><strong>{lock.by.user ?? 'Somebody'}</strong> locked the show to {holder} {ago(lock.at)}{lock.reason ? <>: “{lock.reason}”</> : ''}. It is theirs to open; ask them first if you can reach them.</Text>
          <div className="lock-warning" role="note">
            If you open it from here, everybody everywhere can change the show again, also while people at {holder} rely on it. {holder} hears of it at the next exchange: its padlock opens, and the history says who opened it, when and why. Until then people there go on as before, and what they and others change is brought together as always.
          </div>
          <TextInput name="reason" label="Why it can't wait" withAsterisk maxLength={200} data-autofocus error={missing ? 'Say why: it stands in the history' : null} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Leave it locked</Button>
            <Button type="submit" className="lock-over">Unlock over their head</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
