// One thing that somebody did: what it changed, the way to the show then, and the way back.
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Flag } from 'lucide-react';
import { api, as, queryClient, taken } from '../../api/queries.ts';
import type { Schemas } from '../../api/client.ts';
import { ago, exact, plural } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { columnWords, tableWords, valueWords } from '../conflicts/words.ts';

export type Item = Schemas['HistoryItem'];
export type NameOf = (table: string, id: string) => string;

interface DeedProps {
  deed: { event: string; items: readonly Item[] };
  showId: string;
  nameOf: NameOf;
}

const shownItems = 4; // of one deed, before "and 196 more"

const did: Record<Item['op'], string> = {
  create: 'made', update: 'changed', delete: 'deleted', restore: 'brought back', resolve: 'decided on', lock: 'locked', unlock: 'unlocked', moment: 'named this moment',
};

function headline(items: readonly Item[], nameOf: NameOf): string {
  const first = items[0]!;
  const what = tableWords(first.table).toLowerCase();
  if (items.length > 1) return `${did[new Set(items.map(({ op }) => op)).size > 1 ? 'update' : first.op]} ${plural(items.length, 'row')}`;
  if (first.op === 'moment') return did.moment;
  return `${did[first.op]} ${first.op === 'lock' || first.op === 'unlock' ? 'the show' : `${what} ${named(first, nameOf)}`}`;
}

// As it is called now; what is gone by its label, or the name that the deed gave it.
const named = (item: Item, nameOf: NameOf): string =>
  nameOf(item.table, item.record_id) || item.label || valueOf(item, 'name') || valueOf(item, 'show_name') || '';
function valueOf(item: Item, column: string): string | null {
  const change = item.changes.find((one) => one.column === column);
  const value = change?.to ?? change?.from;
  return typeof value === 'string' ? value : null;
}

export function DeedPanel({ deed: { event, items }, showId, nameOf }: DeedProps) {
  const first = items[0]!;
  const { by, node, at, batch } = first;
  return (
    <article className={first.op === 'moment' ? 'panel moment' : 'panel'} data-event={event}>
      <div className="deed">
        <div className="grow">
          <div>{first.op === 'moment' && <Flag size={15} aria-hidden />} <strong>{by.user ?? 'Somebody'}</strong> {headline(items, nameOf)}{batch && <span className="dim"> · {batch}</span>}</div>
          <div className="dim small" title={exact(at)}>{[ago(at), by.device, node.name && `on ${node.name}`].filter(Boolean).join(' · ')}</div>
        </div>
        {items.length > 1 && <TakeBack event={event} by={by.user} showId={showId} />}
        <Link className="deed-then" to="/shows/$showId/$sheet" params={{ showId, sheet: sheetOf(first.table) }} search={{ as_of: event }}>The show then</Link>
      </div>
      {first.comment && <div className="deed-said">“{first.comment}”</div>}
      {items.slice(0, shownItems).map((item) => <Changes key={`${item.table} ${item.record_id} ${item.op}`} item={item} name={named(item, nameOf)} alone={items.length === 1} showId={showId} />)}
      {items.length > shownItems && <div className="dim small">and {items.length - shownItems} more</div>}
    </article>
  );
}

function Changes({ item, name, alone, showId }: { item: Item; name: string; alone: boolean; showId: string }) {
  const shown = item.op === 'update' ? item.changes.filter(({ column }) => column !== 'sort_order' && column !== 'signal_path') : [];
  return (
    <div style={{ display: 'flex', gap: 12, alignItems: 'center', marginTop: 6 }}>
      <div className="grow small">
        {!alone && <span>{tableWords(item.table)} {name} </span>}
        {shown.map(({ column, from, to }) => (
          <div key={column}><span className="dim">{columnWords(column)}</span> <s className="dim">{valueWords(from)}</s> {valueWords(to)}</div>
        ))}
      </div>
      {alone && rowOps.includes(item.op) && <Revert item={item} showId={showId} />}
    </div>
  );
}

const rowOps: readonly Item['op'][] = ['create', 'update', 'restore', 'resolve'];
const collections = ['sources', 'sends', 'connections'] as const;
const sheetOf = (table: string) => collections.find((one) => one === table) ?? 'sources';

function useWrite(showId: string, write: () => Promise<unknown>, done: string) {
  const session = useSession();
  return useMutation({
    networkMode: 'always', mutationFn: write,
    onSuccess: () => session.notify(done),
    onError: (error) => session.notify(`Not changed: ${error.message}`, 'bad'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['history', showId] }),
  });
}

function Revert({ item, showId }: { item: Item; showId: string }) {
  const { identity, link } = useSessionState((state) => state.core);
  const collection = collections.find((one) => one === item.table);
  const revert = useWrite(showId, async () => taken(await api.POST(`/api/${collection!}/{id}/revert`, {
    params: { path: { id: item.record_id }, header: { ...as(identity), 'Idempotency-Key': newId() } }, body: { event: item.event },
  })), 'The row is what it was then.');
  if (!collection) return null;
  return <Button variant="subtle" disabled={link !== 'live' || revert.isPending} onClick={() => revert.mutate()}>Make it this again</Button>;
}

// Several rows at once: by who did it.
function TakeBack({ event, by, showId }: { event: string; by: string | null; showId: string }) {
  const { identity, link } = useSessionState((state) => state.core);
  const undo = useWrite(showId, async () => taken(await api.POST('/api/productions/{id}/undo', {
    params: { path: { id: showId }, header: { ...as(identity), 'Idempotency-Key': newId() } }, body: { event },
  })), 'Taken back.');
  if (by === null || by !== identity?.user) return null;
  return <Button variant="subtle" disabled={link !== 'live' || undo.isPending} onClick={() => undo.mutate()}>Take it back</Button>;
}
