// One conflict between writers who did not know of each other: all sides, what was there before, and
// what each choice makes of it.
import { Button, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, as, keys, queryClient, Refused, taken } from '../../api/queries.ts';
import type { Conflict } from '../../api/client.ts';
import { ago, exact } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import { problemName } from '../../sync/model.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { useRowName } from './row_name.ts';
import { columnWords, isDeletion, question, tableWords, valueWords, who } from './words.ts';

type Choice = { pick: string } | { value: Record<string, unknown> };

export function Between({ conflict }: { conflict: Conflict }) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const [typing, setTyping] = useState(false);
  const name = useRowName(conflict);
  const title = name || tableWords(conflict.table_name);
  const resolve = useMutation({
    networkMode: 'always',
    mutationFn: async (choice: Choice) => taken(await api.POST('/api/sync/conflicts/{id}/resolve', {
      params: { path: { id: conflict.id }, header: { ...as(identity), 'If-Match': conflict._meta.etag, 'Idempotency-Key': newId() } },
      body: { resolution: 'manual', ...choice },
    })),
    onSuccess: () => session.notify(`${title}: decided.`),
    onError: (error) => session.notify(
      error instanceof Refused && problemName(error.problem) === 'precondition-failed' ? `${title} has changed meanwhile: look again.` : `Not decided: ${error.message}`, 'bad'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.conflicts }),
  });
  const columns = [...new Set(conflict.sides.flatMap((side) => Object.keys(side.value ?? {})))].filter((column) => column !== 'is_deleted');
  const differ = new Set(columns.filter((column) => new Set(conflict.sides.map((side) => JSON.stringify(side.value?.[column] ?? null))).size > 1));
  const disabled = resolve.isPending || link !== 'live';
  return (
    <article className="panel" aria-label={`${tableWords(conflict.table_name)} ${name}`} data-conflict={conflict.id}>
      <strong>{tableWords(conflict.table_name)} {name}</strong>
      <div className="dim small" title={exact(conflict.created_at)}>{question(conflict)} Since {ago(conflict.created_at)}.</div>
      <div className="sides">
        {conflict.sides.map((side) => (
          <div className="side" key={side.key}>
            <h3 title={exact(side.at)}>{who(side.by, side.node, side.at)}</h3>
            <Values value={side.value} columns={columns} differ={differ} />
            {side.key === conflict.shown && <span className="dim small">Shown for the time being</span>}
            <Button variant="default" disabled={disabled} onClick={() => resolve.mutate({ pick: side.key })}>
              {isDeletion(side.value) ? 'Delete it' : conflict.kind === 'life' ? 'Keep it' : 'Take this'}
            </Button>
          </div>
        ))}
        {conflict.base && (
          <div className="side"><h3>Before both</h3><Values value={conflict.base} columns={columns} differ={new Set()} /></div>
        )}
      </div>
      {conflict.kind === 'unique' && conflict.proposed && (
        <Button variant="default" disabled={disabled} onClick={() => resolve.mutate({ value: conflict.proposed! })}>
          Move the later one: {Object.entries(conflict.proposed).map(([column, value]) => `${columnWords(column).toLowerCase()} ${value}`).join(', ')}
        </Button>
      )}
      {conflict.kind === 'field' && !typing && <Button variant="subtle" disabled={disabled} onClick={() => setTyping(true)}>Type another value</Button>}
      {typing && <Typed conflict={conflict} columns={columns} disabled={disabled} onCancel={() => setTyping(false)} onTake={(value) => resolve.mutate({ value })} />}
      {link !== 'live' && <div className="dim small">Deciding needs the node; it is out of reach.</div>}
    </article>
  );
}

function Values({ value, columns, differ }: { value: Record<string, unknown> | null; columns: string[]; differ: Set<string> }) {
  if (isDeletion(value)) return <div className="value differs">Deleted</div>;
  const shown = columns.filter((column) => value && column in value);
  return (
    <div className="value">
      {shown.length === 0 && <span className="dim">It stays as it is</span>}
      {shown.map((column) => <div key={column}><span className="dim">{columnWords(column)}</span> <span className={differ.has(column) ? 'differs' : ''}>{valueWords(value![column])}</span></div>)}
    </div>
  );
}

interface TypedProps {
  conflict: Conflict;
  columns: string[];
  disabled: boolean;
  onTake(value: Record<string, unknown>): void;
  onCancel(): void;
}

// A value of one's own. It begins empty: nothing is taken because it happened to stand there.
function Typed({ conflict, columns, disabled, onTake, onCancel }: TypedProps) {
  const numbers = new Set(columns.filter((column) => conflict.sides.some((side) => typeof side.value?.[column] === 'number')));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onTake(Object.fromEntries(columns.map((column) => {
      const text = String(form.get(column) ?? '').trim();
      return [column, text === '' ? null : numbers.has(column) ? Number(text) : text];
    })));
  };
  return (
    <form onSubmit={submit}>
      <Group align="end">
        {columns.map((column) => <TextInput key={column} name={column} label={columnWords(column)} placeholder="empty" w={150} inputMode={numbers.has(column) ? 'decimal' : 'text'} />)}
        <Button type="submit" disabled={disabled}>Take what I typed</Button>
        <Button variant="subtle" onClick={onCancel}>Cancel</Button>
      </Group>
    </form>
  );
}
