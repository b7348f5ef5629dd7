// Who changed what in a show, newest first, an entry for each thing that somebody did. A row can be
// made again what it was: that is a new edit, and nothing is taken out of the history.
import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api, as, queryClient, taken } from '../../api/queries.ts';
import type { Schemas } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { ago, exact, plural } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { columnWords, tableWords, valueWords } from '../conflicts/words.ts';

type Item = Schemas['HistoryItem'];

interface Deed {
  event: string;
  items: Item[];
}

const pageItems = 100;
const shownItems = 4; // of one deed, before "and 196 more"
const tables = ['productions', 'sources', 'sends', 'connections'] as const;

export interface HistoryProps {
  showId: string;
  nameOf(table: string, id: string): string; // of rows that are there now
  table: string | undefined;
  onTable(table: string): void;
}

export function History({ showId, nameOf, table, onTable }: HistoryProps) {
  const { data, error, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['history', showId, table ?? ''],
    initialPageParam: '',
    queryFn: async ({ pageParam }) => {
      const answer = await api.GET('/api/productions/{id}/history', {
        params: { path: { id: showId }, query: { limit: pageItems, ...(table ? { table: `eq.${table}` } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
      });
      const next = /[?&]cursor=([^&>]+)/.exec(answer.response.headers.get('Link') ?? '')?.[1];
      return { items: taken(answer), next: next ? decodeURIComponent(next) : null };
    },
    getNextPageParam: (page) => page.next,
  });
  const deeds = useMemo(() => grouped(data?.pages.flatMap((page) => page.items) ?? []), [data]);
  return (
    <div style={{ overflow: 'auto', flex: 1, minHeight: 0 }}>
      <div style={{ marginBottom: 12 }}>
        <NativeSelect aria-label="What of" w={270} value={table ?? ''} onChange={(event) => onTable(event.currentTarget.value)}
          data={[{ value: '', label: 'Everything in the show' }, ...tables.map((one) => ({ value: one, label: `${tableWords(one)}${one === 'productions' ? ' details' : 's'}` }))]} />
      </div>
      {error && <Empty title="The history can't be read"><p>{error.message}</p></Empty>}
      {data && deeds.length === 0 && <Empty title="Nothing has happened yet" />}
      {deeds.map((deed) => <DeedPanel key={deed.event} deed={deed} showId={showId} nameOf={nameOf} />)}
      {hasNextPage && <Button mt="md" variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>Show older</Button>}
    </div>
  );
}

function grouped(items: readonly Item[]): Deed[] {
  const deeds: Deed[] = [];
  for (const item of items) {
    if (deeds.at(-1)?.event === item.event) deeds.at(-1)!.items.push(item);
    else deeds.push({ event: item.event, items: [item] });
  }
  return deeds;
}

const did: Record<Item['op'], string> = {
  create: 'made', update: 'changed', delete: 'deleted', restore: 'brought back', resolve: 'decided on', lock: 'locked', unlock: 'unlocked', moment: 'named a moment of',
};

type NameOf = HistoryProps['nameOf'];

function headline({ items }: Deed, nameOf: NameOf): string {
  const first = items[0]!;
  const what = tableWords(first.table).toLowerCase();
  if (items.length > 1) return `${did[first.op]} ${plural(items.length, 'row')}`;
  return `${did[first.op]} ${first.op === 'lock' || first.op === 'unlock' || first.op === 'moment' ? 'the show' : `${what} ${named(first, nameOf)}`}`;
}

// As it is called now; what is gone by its label, or the name that the deed gave it.
const named = (item: Item, nameOf: NameOf): string =>
  nameOf(item.table, item.record_id) || item.label || valueOf(item, 'name') || valueOf(item, 'show_name') || '';
function valueOf(item: Item, column: string): string | null {
  const change = item.changes.find((one) => one.column === column);
  const value = change?.to ?? change?.from;
  return typeof value === 'string' ? value : null;
}

function DeedPanel({ deed, showId, nameOf }: { deed: Deed; showId: string; nameOf: NameOf }) {
  const first = deed.items[0]!;
  const { by, node, at, batch } = first;
  return (
    <article className="panel" data-event={deed.event}>
      <div className="deed">
        <div className="grow">
          <div><strong>{by.user ?? 'Somebody'}</strong> {headline(deed, nameOf)}{batch && <span className="dim"> · {batch}</span>}</div>
          <div className="dim small" title={exact(at)}>{[ago(at), by.device, node.name && `on ${node.name}`].filter(Boolean).join(' · ')}</div>
        </div>
        <Link className="deed-then" to="/shows/$showId/$sheet" params={{ showId, sheet: sheetOf(first.table) }} search={{ as_of: deed.event }}>The show then</Link>
      </div>
      {first.comment && <div className="deed-said">“{first.comment}”</div>}
      {deed.items.slice(0, shownItems).map((item) => <Changes key={`${item.table} ${item.record_id} ${item.op}`} item={item} name={named(item, nameOf)} alone={deed.items.length === 1} showId={showId} />)}
      {deed.items.length > shownItems && <div className="dim small">and {deed.items.length - shownItems} more</div>}
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
      {alone && item.op !== 'delete' && <Revert item={item} showId={showId} />}
    </div>
  );
}

const collections = ['sources', 'sends', 'connections'] as const;
const sheetOf = (table: string) => collections.find((one) => one === table) ?? 'sources';

function Revert({ item, showId }: { item: Item; showId: string }) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const collection = collections.find((one) => one === item.table);
  const revert = useMutation({
    networkMode: 'always',
    mutationFn: async () => taken(await api.POST(`/api/${collection!}/{id}/revert`, {
      params: { path: { id: item.record_id }, header: { ...as(identity), 'Idempotency-Key': newId() } }, body: { event: item.event },
    })),
    onSuccess: () => session.notify('The row is what it was then.'),
    onError: (error) => session.notify(`Not changed: ${error.message}`, 'bad'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['history', showId] }),
  });
  if (!collection) return null;
  return <Button variant="subtle" disabled={link !== 'live' || revert.isPending} onClick={() => revert.mutate()}>Make it this again</Button>;
}
