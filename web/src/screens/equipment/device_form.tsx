// What a device is, new or known; its ports have an editor of their own.
import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { Row, Values } from '../../sync/model.ts';
import { categoryWords } from './device.ts';

const mostSlots = 999;
const text = (typed: FormDataEntryValue | null): string | null => String(typed ?? '').trim() || null;

interface DeviceFormProps {
  row: Row | null;
  kinds: readonly string[];
  onSave(values: Values): void;
  onClose(): void;
}

export function DeviceForm({ row, kinds, onSave, onClose }: DeviceFormProps) {
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [cards, setCards] = useState(row?.io_architecture === 'card-based');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [manufacturer, model, slots] = [text(form.get('manufacturer')), text(form.get('model')), text(form.get('card_slots'))];
    const card_slots = cards && slots !== null ? Number(slots) : null;
    const found: Record<string, string> = {};
    if (!manufacturer) found.manufacturer = 'Please fill this in';
    if (!model) found.model = 'Please fill this in';
    if (card_slots !== null && !(Number.isInteger(card_slots) && card_slots >= 0 && card_slots <= mostSlots)) found.card_slots = `A whole number from 0 to ${mostSlots}`;
    setWrong(found);
    if (Object.keys(found).length) return;
    onSave({
      manufacturer, model, category: form.get('category'), label: text(form.get('label')), io_architecture: cards ? 'card-based' : 'direct', card_slots,
      format_by_io: form.get('format_by_io') === 'ports', is_secondary_device: form.get('is_secondary_device') === 'yes',
    });
  };
  const error = (name: string) => (wrong[name] ? { error: wrong[name] } : {});
  const of = (column: string): string => String(row?.[column] ?? '');
  return (
    <Modal opened onClose={onClose} title={row ? 'Details of the device' : 'New device'} size="lg" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Group grow align="start">
            <TextInput name="manufacturer" label="Manufacturer" defaultValue={of('manufacturer')} data-autofocus withAsterisk maxLength={300} {...error('manufacturer')} />
            <TextInput name="model" label="Model" defaultValue={of('model')} withAsterisk maxLength={300} {...error('model')} />
          </Group>
          <Group grow align="start">
            <NativeSelect name="category" label="Category" defaultValue={of('category') || 'monitor'} data={kinds.map((kind) => ({ value: kind, label: categoryWords(kind) }))} />
            <TextInput name="label" label="Label" defaultValue={of('label')} maxLength={300} />
          </Group>
          <Group grow align="start">
            <NativeSelect label="Ports" value={cards ? 'card-based' : 'direct'} onChange={(event) => setCards(event.currentTarget.value === 'card-based')}
              data={[{ value: 'direct', label: 'On the device' }, { value: 'card-based', label: 'On cards in slots' }]} />
            <TextInput name="card_slots" label="Slots" inputMode="numeric" disabled={!cards} defaultValue={of('card_slots')} {...error('card_slots')} />
          </Group>
          <Group grow align="start">
            <NativeSelect name="format_by_io" label="Formats" defaultValue={!row || row.format_by_io === true ? 'ports' : 'device'}
              data={[{ value: 'ports', label: 'Each port has its own' }, { value: 'device', label: 'One for the whole device' }]} />
            <NativeSelect name="is_secondary_device" label="As a secondary device" defaultValue={row?.is_secondary_device === true ? 'yes' : 'no'}
              data={[{ value: 'no', label: 'No' }, { value: 'yes', label: 'Yes, behind a source or a send' }]} />
          </Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>Cancel</Button>
            <Button type="submit">{row ? 'Save' : 'Make the device'}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
