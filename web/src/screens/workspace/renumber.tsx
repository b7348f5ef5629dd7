// New labels for a sheet, or for the rows that are selected, in the order in which they stand: a look
// at all of it first, and one undo.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { plural } from '../../parts/time.ts';
import type { Row } from '../../sync/model.ts';
import { clashes, labelStart, relabel, type Relabel } from './labels.ts';
import { titleOf } from './sheets.ts';

const shownRows = 40;

interface RenumberProps {
  rows: readonly Row[]; // whose labels are made anew
  all: readonly Row[];
  what: string; // 'source'
  fallback: string; // what labels begin with where there are none
  onTake(changed: readonly Relabel[]): void;
  onClose(): void;
}

export function Renumber({ rows, all, what, fallback, onTake, onClose }: RenumberProps) {
  const [begin] = useState(() => labelStart(rows, fallback));
  const [prefix, setPrefix] = useState(begin.prefix);
  const [start, setStart] = useState(begin.start);
  const good = /^\d{1,6}$/.test(start);
  const planned = good ? relabel(rows, prefix, start) : [];
  const changed = planned.filter((one) => one.was !== one.label);
  const twice = clashes(planned, all);
  return (
    <Modal opened onClose={onClose} title={`Number the labels of ${plural(rows.length, what)}`} size="lg" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <Stack>
        <Text size="sm" c="dimmed">In the order in which the rows stand now. Connections stay with their rows.</Text>
        <Group grow>
          <TextInput label="Before the number" value={prefix} maxLength={60} data-autofocus onChange={(event) => setPrefix(event.currentTarget.value)} />
          <TextInput label="First number" value={start} inputMode="numeric" onChange={(event) => setStart(event.currentTarget.value.trim())} error={good ? null : 'A whole number'} />
        </Group>
        <div className="paste-box" tabIndex={0} role="region" aria-label="What the labels would be">
          <table className="paste">
            <thead><tr><th>Now</th><th>Then</th><th>Row</th></tr></thead>
            <tbody>{planned.slice(0, shownRows).map((one) => (
              <tr key={one.row.id}><td>{one.was === one.label ? one.was : <s>{one.was || 'none'}</s>}</td><td>{one.was === one.label ? 'stays' : <strong>{one.label}</strong>}</td><td>{one.row.name ? String(one.row.name) : titleOf(one.row)}</td></tr>
            ))}</tbody>
          </table>
        </div>
        {planned.length > shownRows && <Text size="sm" c="dimmed">and {planned.length - shownRows} more, up to {planned.at(-1)!.label}</Text>}
        {twice.length > 0 && <Text size="sm" c="var(--warn)">Rows that are not numbered here have {twice.slice(0, 3).join(', ')}{twice.length > 3 ? ' ..' : ''} already: {twice.length === 1 ? 'it' : 'they'} would be there twice.</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button disabled={!changed.length} onClick={() => onTake(changed)}>{changed.length ? `Change ${plural(changed.length, 'label')}` : 'Nothing to change'}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
