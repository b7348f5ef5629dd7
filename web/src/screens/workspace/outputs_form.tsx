// The outputs of one source: add, rename, take away, and what hangs on each. One edit, one undo.
import { ActionIcon, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { plural } from '../../parts/time.ts';
import { bare, type Child } from '../../sync/lists.ts';
import type { Row } from '../../sync/model.ts';
import { mostOutputs, outputsOf, outputTitle, usersOf, withOutput } from './outputs.ts';
import { titleOf } from './sheets.ts';

interface OutputsFormProps {
  source: Row;
  connections: readonly Row[];
  goesTo(connection: Row): string;
  used: readonly string[]; // connectors that the show has
  onSave(outputs: Child[], loose: readonly Row[]): void; // and connections that lose their output
  onClose(): void;
}

export function OutputsForm({ source, connections, goesTo, used, onSave, onClose }: OutputsFormProps) {
  const [before] = useState(() => bare(outputsOf(source) as unknown as Child[]));
  const [list, setList] = useState(before);
  const ids = new Set(list.map((one) => one.id));
  const loose = before.filter((one) => !ids.has(one.id)).flatMap((one) => usersOf(connections, one.id));
  const numbers = list.map((one) => one.output_index);
  const fault = (one: Child): string | null => {
    const index = Number(one.output_index);
    if (!Number.isInteger(index) || index < 1 || index > 9_999) return 'A whole number from 1';
    return numbers.filter((other) => Number(other) === index).length > 1 ? 'There twice' : null;
  };
  const faulty = list.some((one) => fault(one) !== null);
  const set = (id: string, values: Partial<Child>) => setList(list.map((one) => (one.id === id ? { ...one, ...values } : one)));
  const names = (rows: readonly Row[]): string => [...new Set(rows.map(goesTo).filter(Boolean))].slice(0, 3).join(', ');
  return (
    <Modal opened onClose={onClose} title={`Outputs of ${titleOf(source)}`} size="xl" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <Stack>
        {list.length === 0 && <Text c="dimmed" size="sm">No outputs. A connection can still begin at the source itself.</Text>}
        <ul className="outputs">
          {list.map((one, i) => {
            const users = usersOf(connections, one.id);
            return (
              <li key={one.id}>
                <TextInput label="Number" w={96} inputMode="numeric" value={String(one.output_index ?? '')} error={fault(one)}
                  onChange={(event) => set(one.id, { output_index: /^\d+$/.test(event.currentTarget.value) ? Number(event.currentTarget.value) : event.currentTarget.value })} />
                <TextInput label="Connector" list="used-connectors" className="grow" maxLength={300} value={String(one.connector ?? '')} {...(i === 0 ? { 'data-autofocus': true } : {})}
                  onChange={(event) => set(one.id, { connector: event.currentTarget.value || null })} />
                <span className="outputs-use dim small">{users.length ? `${plural(users.length, 'connection')}${names(users) ? `: ${names(users)}` : ''}` : 'not used'}</span>
                <ActionIcon color="gray" aria-label={`Remove ${outputTitle(one)}`} onClick={() => setList(list.filter((other) => other.id !== one.id))}><Trash2 size={18} /></ActionIcon>
              </li>
            );
          })}
        </ul>
        <datalist id="used-connectors">{used.map((one) => <option key={one} value={one} />)}</datalist>
        <div><Button variant="default" leftSection={<Plus size={16} />} disabled={list.length >= mostOutputs} onClick={() => setList(withOutput(list, String(list.at(-1)?.connector ?? 'SDI')))}>Add an output</Button></div>
        {loose.length > 0 && <Text size="sm" c="var(--warn)" role="status">{plural(loose.length, 'connection')} {loose.length === 1 ? 'uses' : 'use'} what you take away, and will begin at the source without an output: {names(loose)}.</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button disabled={faulty} onClick={() => onSave(list.map((one) => ({ ...one, connector: typeof one.connector === 'string' ? one.connector.trim() || null : null })), loose)}>Save</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
