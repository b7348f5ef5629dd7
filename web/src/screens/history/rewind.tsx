// A show as it was made the show as it is: first what that would do to each row, then as one edit, which can
// be taken back.
import { Button, Checkbox, Group, Modal } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, as, queryClient, Refused, taken } from '../../api/queries.ts';
import type { Schemas } from '../../api/client.ts';
import { plural } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import { problemName } from '../../sync/model.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { columnWords, tableWords, valueWords } from '../conflicts/words.ts';

type Row = Schemas['RewoundRow'];
type Tables = NonNullable<Schemas['RewindWish']['tables']>;

const sheets: readonly [Tables[number], string][] = [['productions', 'Details of the show'], ['sources', 'Sources'], ['sends', 'Sends'], ['connections', 'Connections']];
const shownRows = 60;
const shownColumns = 6;

interface RewindProps {
  showId: string;
  to: string; // a time, or an event's id
  words: string; // "Doors", "23 Nov, 18:42"
  nameOf(id: string): string | undefined; // of a row that another names
  onClose(): void;
  onDone(): void;
}

export function Rewind({ showId, to, words, nameOf, onClose, onDone }: RewindProps) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const [chosen, setChosen] = useState<Tables>(() => sheets.map(([table]) => table));
  const label = `As it was: ${words}`;
  const ask = async (dry: boolean, digest?: string) => taken(await api.POST('/api/productions/{id}/rewind', {
    params: { path: { id: showId }, header: { ...as(identity), 'Idempotency-Key': newId() }, query: { dry_run: dry ? 'true' : 'false' } },
    body: { to, tables: chosen, label, ...(digest ? { digest } : {}) },
  }));
  const told = useQuery({ queryKey: ['rewind', showId, to, chosen.join()], enabled: chosen.length > 0, retry: false, staleTime: 0, placeholderData: keepPreviousData, queryFn: () => ask(true) });
  const rows = chosen.length ? told.data?.rows ?? [] : [];
  const takeBack = async (event: string) => {
    try {
      taken(await api.POST('/api/productions/{id}/undo', { params: { path: { id: showId }, header: { ...as(identity), 'Idempotency-Key': newId() } }, body: { event } }));
    } catch (error) {
      session.notify(`Not taken back: ${(error as Error).message}`, 'bad');
    }
  };
  const rewind = useMutation({
    networkMode: 'always',
    mutationFn: () => ask(false, told.data?.digest),
    onSuccess: ({ event }) => {
      session.notify(`${label}.`, 'good', event ? () => void takeBack(event) : null);
      onDone();
    },
    onError: (error) => {
      const moved = error instanceof Refused && problemName(error.problem) === 'precondition-failed';
      session.notify(moved ? 'The show has changed meanwhile. Look again: this is what it would do now.' : `Not done: ${error.message}`, 'bad');
      void told.refetch();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['history', showId] }),
  });
  const ready = link === 'live' && rows.length > 0 && !told.isFetching && !told.error && !rewind.isPending;
  return (
    <Modal opened onClose={onClose} size="xl" title={`Make the show what it was: ${words}`} closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <p className="dim small" style={{ marginTop: 0 }}>Also what others changed since goes back. The history keeps all of it, and this can be taken back as one step.</p>
      <Group gap="lg" role="group" aria-label="What goes back">
        {sheets.map(([table, title]) => (
          <Checkbox key={table} label={title} checked={chosen.includes(table)} styles={{ body: { minHeight: 44, alignItems: 'center' } }}
            onChange={(event) => setChosen(event.currentTarget.checked ? sheets.map(([one]) => one).filter((one) => one === table || chosen.includes(one)) : chosen.filter((one) => one !== table))} />
        ))}
      </Group>
      <p role="status" aria-busy={told.isFetching}>
        {!chosen.length ? 'Choose what goes back.' : told.error ? <span className="differs">{told.error.message}</span> : !told.data ? 'Looking at what differs' : rows.length ? `${tally(rows)}.` : 'Nothing differs: it is as it was then.'}
      </p>
      {rows.length > 0 && <ul className="bulk" tabIndex={0} aria-label="What would become of each row">{rows.slice(0, shownRows).map((row) => <Line key={row.record_id} row={row} nameOf={nameOf} />)}</ul>}
      {rows.length > shownRows && <p className="dim small">and {rows.length - shownRows} more</p>}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>Leave it as it is</Button>
        <Button disabled={!ready} onClick={() => rewind.mutate()}>{rows.length ? `Make it this again, ${plural(rows.length, 'row')}` : 'Make it this again'}</Button>
      </Group>
    </Modal>
  );
}

function tally(rows: readonly Row[]): string {
  const count = (op: Row['op']) => rows.filter((row) => row.op === op).length;
  return [
    count('update') && `${plural(count('update'), 'row')} to change`, count('restore') && `${count('restore')} to bring back`, count('delete') && `${count('delete')} to delete`,
  ].filter(Boolean).join(', ');
}

const become: Record<Row['op'], string> = { update: '', restore: 'comes back', delete: 'is deleted: it was made since' };

function Line({ row, nameOf }: { row: Row; nameOf: RewindProps['nameOf'] }) {
  const said = (value: unknown): string => (typeof value === 'string' && isId(value) ? nameOf(value) ?? 'another' : valueWords(value));
  // Lists and places are told by their name alone.
  const changes = row.changes.filter(({ column, to }) => column !== 'sort_order' && column !== 'signal_path' && !Array.isArray(to));
  const quiet = row.op === 'update' && changes.length === 0;
  return (
    <li data-rewound={row.record_id}>
      <div><strong>{tableWords(row.table)} {isId(row.label) ? '' : row.label}</strong> {become[row.op]}{quiet && <span className="dim">{row.changes.map(({ column }) => columnWords(column)).join(', ')}</span>}</div>
      {changes.slice(0, shownColumns).map(({ column, from, to }) => <div key={column} className="small"><span className="dim">{columnWords(column)}</span> <s className="dim">{said(from)}</s> {said(to)}</div>)}
    </li>
  );
}

const isId = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text); // a connection without a label
