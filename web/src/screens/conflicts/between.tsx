// One conflict between writers who did not know of each other: all sides, what was there before, and
// what each choice makes of it.
import { Button, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Refused } from '../../api/queries.ts';
import type { Conflict } from '../../api/client.ts';
import type { Effect } from '../../flow/effect.ts';
import { ago, exact, plural } from '../../parts/time.ts';
import { problemName } from '../../sync/model.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { differing } from './bulk.ts';
import { Merge } from './merge.tsx';
import { refresh, resolveOne, type Choice } from './resolving.ts';
import { useRowName } from './row_name.ts';
import { columnWords, isDeletion, question, tableWords, valueWords, who } from './words.ts';

interface BetweenProps {
  conflict: Conflict;
  effect: Effect | null; // on the signal paths of its show
  chosen: boolean; // for a decision on several
  onChoose: ((chosen: boolean) => void) | null; // null: there is nothing to choose among
}

export function Between({ conflict, effect, chosen, onChoose }: BetweenProps) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const [way, setWay] = useState<'typing' | 'merging' | null>(null);
  const name = useRowName(conflict);
  const title = name || tableWords(conflict.table_name);
  const resolve = useMutation({
    networkMode: 'always',
    mutationFn: (choice: Choice) => resolveOne(conflict, choice, identity),
    onSuccess: () => session.notify(`${title}: decided.`),
    onError: (error) => session.notify(
      error instanceof Refused && problemName(error.problem) === 'precondition-failed' ? `${title} has changed meanwhile: look again.` : `Not decided: ${error.message}`, 'bad'),
    onSettled: refresh,
  });
  const columns = [...new Set(conflict.sides.flatMap((side) => Object.keys(side.value ?? {})))].filter((column) => column !== 'is_deleted');
  const differ = new Set(differing(conflict));
  const disabled = resolve.isPending || link !== 'live';
  return (
    <article className="panel" aria-label={`${tableWords(conflict.table_name)} ${name}`} data-conflict={conflict.id}>
      <div style={{ display: 'flex', gap: 12, alignItems: 'center' }}>
        <strong className="grow">{tableWords(conflict.table_name)} {name}</strong>
        {onChoose && <label className="choose"><input type="checkbox" checked={chosen} onChange={(event) => onChoose(event.currentTarget.checked)} aria-label={`Choose ${title}`} />Choose</label>}
      </div>
      <div className="dim small" title={exact(conflict.created_at)}>{question(conflict)} Since {ago(conflict.created_at)}.</div>
      <div className="sides">
        {conflict.sides.map((side) => (
          <div className="side" key={side.key}>
            <h3 title={exact(side.at)}>{who(side.by, side.node, side.at)}</h3>
            <Values value={side.value} columns={columns} differ={differ} />
            <Lines effect={effect} side={side.key} />
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
      {effect && effect.names.length > 0 && !effect.sides.some(({ lines }) => lines.length) && <div className="dim small">Touches {plural(effect.names.length, 'send')}: {namesOf(effect.names)}. They get the same signals either way.</div>}
      {conflict.kind === 'field' && way === null && (
        <Group gap="xs">
          {differ.size > 1 && conflict.sides.every((side) => side.value && !isDeletion(side.value)) && <Button variant="subtle" disabled={disabled} onClick={() => setWay('merging')}>Mix both</Button>}
          <Button variant="subtle" disabled={disabled} onClick={() => setWay('typing')}>Type another value</Button>
        </Group>
      )}
      {way === 'merging' && <Merge key={conflict._meta.etag} conflict={conflict} disabled={disabled} onCancel={() => setWay(null)} onTake={(value) => resolve.mutate({ value })} />}
      {way === 'typing' && <Typed conflict={conflict} columns={columns} disabled={disabled} onCancel={() => setWay(null)} onTake={(value) => resolve.mutate({ value })} />}
      {link !== 'live' && <div className="dim small">Deciding needs the node; it is out of reach.</div>}
    </article>
  );
}

const namesShown = 6;
const namesOf = (names: readonly string[]): string => `${names.slice(0, namesShown).join(', ')}${names.length > namesShown ? ` and ${names.length - namesShown} more` : ''}`;

// What a version makes of the signal paths, where the versions differ in it.
function Lines({ effect, side }: { effect: Effect | null; side: string }) {
  const lines = effect?.sides.find((one) => one.key === side)?.lines ?? [];
  if (!lines.length) return null;
  return <div className="lines">{lines.slice(0, namesShown).map((line) => <div key={line}>{line}</div>)}{lines.length > namesShown && <div>and {lines.length - namesShown} more</div>}</div>;
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
