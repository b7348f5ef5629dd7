// Who changed what in a show, or in one row of it, newest first, an entry for each thing that somebody
// did. A row can be made again what it was: that is a new edit, and nothing is taken out of the history.
import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Flag } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, taken } from '../../api/queries.ts';
import { Empty } from '../../parts/empty.tsx';
import { useSessionState } from '../../sync/use.ts';
import { tableWords } from '../conflicts/words.ts';
import { DeedPanel, type Item, type NameOf } from './deed.tsx';
import { NameMoment } from './moments.tsx';

interface Deed {
  event: string;
  items: Item[];
}

const pageItems = 100;
const tables = ['productions', 'sources', 'sends', 'connections'] as const;

// What is shown of a history; in the address.
export interface Of {
  type?: string | undefined; // a table
  row?: string | undefined; // one row alone, by id
  by?: string | undefined; // a person
}

export interface HistoryProps {
  showId: string;
  nameOf: NameOf; // of rows that are there now
  of: Of;
  onOf(of: Of): void;
}

const filtersOf = ({ type, row, by }: Of): Record<string, string> => ({
  ...(type ? { table: `eq.${type}` } : {}), ...(row ? { record_id: `eq.${row}` } : {}), ...(by ? { user: `eq.${by}` } : {}),
});

export function History({ showId, nameOf, of, onOf }: HistoryProps) {
  const me = useSessionState((state) => state.core.identity?.user);
  const [naming, setNaming] = useState(false);
  const { data, error, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery({
    queryKey: ['history', showId, of.type ?? '', of.row ?? '', of.by ?? ''],
    initialPageParam: '',
    queryFn: async ({ pageParam }) => {
      const answer = await api.GET('/api/productions/{id}/history', {
        params: { path: { id: showId }, query: { limit: pageItems, ...filtersOf(of), ...(pageParam ? { cursor: pageParam } : {}) } },
      });
      const next = /[?&]cursor=([^&>]+)/.exec(answer.response.headers.get('Link') ?? '')?.[1];
      return { items: taken(answer), next: next ? decodeURIComponent(next) : null };
    },
    getNextPageParam: (page) => page.next,
  });
  const deeds = useMemo(() => grouped(data?.pages.flatMap((page) => page.items) ?? []), [data]);
  const people = useMemo(() => [...new Set([of.by, me, ...deeds.map((deed) => deed.items[0]!.by.user)])].filter((one): one is string => !!one).sort(), [deeds, of.by, me]);
  return (
    <>
      <div className="head">
        {of.row ? <>
          <h2 className="grow cut" style={{ margin: 0 }}>{tableWords(of.type ?? '')} {nameOf(of.type ?? '', of.row) || named(deeds, of.row)}</h2>
          <Button variant="default" onClick={() => onOf({ ...of, row: undefined, type: undefined })}>Everything in the show</Button>
        </> : (
          <NativeSelect aria-label="What of" w={250} value={of.type ?? ''} onChange={(event) => onOf({ ...of, type: event.currentTarget.value })}
            data={[{ value: '', label: 'Everything in the show' }, ...tables.map((one) => ({ value: one, label: `${tableWords(one)}${one === 'productions' ? ' details' : 's'}` }))]} />
        )}
        <NativeSelect aria-label="By whom" w={190} value={of.by ?? ''} onChange={(event) => onOf({ ...of, by: event.currentTarget.value })}
          data={[{ value: '', label: 'By anybody' }, ...people.map((one) => ({ value: one, label: `By ${one}` }))]} />
        {!of.row && <><span className="grow" /><Button variant="default" leftSection={<Flag size={16} />} onClick={() => setNaming(true)}>Name this moment</Button></>}
      </div>
      <div className="history" tabIndex={0} role="region" aria-label="What was done">
        {error && <Empty title="The history can’t be read"><p>{error.message}</p></Empty>}
        {data && deeds.length === 0 && (of.by || of.type || of.row
          ? <Empty title="Nothing of that kind has happened"><p>Choose something else above, or somebody else.</p></Empty>
          : <Empty title="Nothing has happened yet" />)}
        {deeds.map((deed) => <DeedPanel key={deed.event} deed={deed} showId={showId} nameOf={nameOf} />)}
        {hasNextPage && <Button mt="md" variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>Show older</Button>}
      </div>
      {naming && <NameMoment showId={showId} onClose={() => setNaming(false)} />}
    </>
  );
}

// A row that is gone, by what it was called last.
const named = (deeds: readonly Deed[], row: string): string => {
  const items = deeds.flatMap((deed) => deed.items).filter((item) => item.record_id === row);
  const label = items.find((item) => item.label)?.label;
  const name = items.flatMap((item) => item.changes).find((change) => change.column === 'name');
  return [label, name?.to ?? name?.from].filter((one) => typeof one === 'string').join(' ');
};

function grouped(items: readonly Item[]): Deed[] {
  const deeds: Deed[] = [];
  for (const item of items) {
    if (deeds.at(-1)?.event === item.event) deeds.at(-1)!.items.push(item);
    else deeds.push({ event: item.event, items: [item] });
  }
  return deeds;
}
