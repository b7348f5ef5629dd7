// The details of a show, new or known.
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { Production } from '../../api/client.ts';

export interface ShowValues {
  show_name: string;
  client: string;
  venue: string | null;
  room: string | null;
  load_in: string | null;
  load_out: string | null;
}

// "2026-09-11T13:00", as the field for times wants it, in the time of this device.
const local = (iso: string | null | undefined): string => {
  if (!iso) return '';
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
const utc = (typed: FormDataEntryValue | null): string | null => (typed ? new Date(String(typed)).toISOString() : null);
const text = (typed: FormDataEntryValue | null): string | null => String(typed ?? '').trim() || null;

interface ShowFormProps {
  row: Production | null;
  onSave(values: ShowValues, row: Production | null): void;
  onClose(): void;
}

export function ShowForm({ row, onSave, onClose }: ShowFormProps) {
  const [missing, setMissing] = useState<string[]>([]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [show_name, client] = [text(form.get('show_name')), text(form.get('client'))];
    const lacks = [!show_name && 'show_name', !client && 'client'].filter((name) => name !== false);
    setMissing(lacks);
    if (!show_name || !client) return;
    onSave({
      show_name, client, venue: text(form.get('venue')), room: text(form.get('room')),
      load_in: utc(form.get('load_in')), load_out: utc(form.get('load_out')),
    }, row);
  };
  const needed = (name: string) => (missing.includes(name) ? { error: 'Please fill this in' } : {});
  return (
    <Modal opened onClose={onClose} title={row ? 'Details of the show' : 'New show'} size="lg" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextInput name="show_name" label="Show" defaultValue={row?.show_name} data-autofocus withAsterisk maxLength={300} {...needed('show_name')} />
          <TextInput name="client" label="Client" defaultValue={row?.client} withAsterisk maxLength={300} {...needed('client')} />
          <Group grow>
            <TextInput name="venue" label="Venue" defaultValue={row?.venue ?? ''} maxLength={300} />
            <TextInput name="room" label="Room" defaultValue={row?.room ?? ''} maxLength={300} />
          </Group>
          <Group grow>
            <TextInput name="load_in" type="datetime-local" label="Load-in" defaultValue={local(row?.load_in)} />
            <TextInput name="load_out" type="datetime-local" label="Load-out" defaultValue={local(row?.load_out)} />
          </Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit">{row ? 'Save' : 'Make the show'}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
