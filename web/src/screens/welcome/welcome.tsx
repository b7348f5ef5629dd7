// Who edits here, and on which device: it stands with every edit. Until identity comes, a name is
// believed.
import { Button, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { Identity } from '../../sync/model.ts';
import { useSession } from '../../sync/use.ts';

const mostLetters = 60;

export function Welcome({ now, onClose }: { now: Identity | null; onClose: (() => void) | null }) {
  const session = useSession();
  const [user, setUser] = useState(now?.user ?? '');
  const [device, setDevice] = useState(now?.device ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!user.trim()) return;
    session.identify({ user: user.trim(), device: device.trim() });
    onClose?.();
  };
  return (
    // Above a dialog that an address has opened.
    <Modal opened zIndex={300} onClose={() => onClose?.()} withCloseButton={onClose !== null} closeOnEscape={onClose !== null} closeOnClickOutside={false}
      title="Who is working here?" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">Your name and this device stand beside what you change, so that others know whom to ask.</Text>
          <TextInput label="Your name" value={user} onChange={(event) => setUser(event.currentTarget.value)} maxLength={mostLetters} required data-autofocus autoComplete="name" />
          <TextInput label="This device" placeholder="FOH tablet" value={device} onChange={(event) => setDevice(event.currentTarget.value)} maxLength={mostLetters} />
          <Button type="submit">{now ? 'Save' : 'Start'}</Button>
        </Stack>
      </form>
    </Modal>
  );
}
