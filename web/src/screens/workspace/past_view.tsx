// A sheet as it was at a time, or right after a change of the history: to read, and to compare with now.
import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ArrowLeft, History as Clock, Search, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, taken } from '../../api/queries.ts';
import { Empty } from '../../parts/empty.tsx';
import { Grid } from '../../parts/grid/grid.tsx';
import { useStable } from '../../parts/stable.ts';
import { ago, exact, plural } from '../../parts/time.ts';
import type { Row } from '../../sync/model.ts';
import type { ShowView } from '../../sync/open_show.ts';
import { useSession } from '../../sync/use.ts';
import { Rewind } from '../history/rewind.tsx';
import { isEvent, since, tablesOf } from './past.ts';
import { columnsOf, rowNames, sheets, sheetTitles, titleOf, type Sheet } from './sheets.ts';
import { sortOf, typesOf, viewOf } from './view.ts';
import { When } from './when.tsx';

interface PastViewProps {
  showId: string;
  sheet: Sheet;
  show: ShowView;
  at: string; // a time, or an event's id
}

const nothing = new Map();
const comparedWidth = 130; // px, of two values beside each other

export function PastView({ showId, sheet, show, at }: PastViewProps) {
  const session = useSession();
  const search = useSearch({ from: '/shows/$showId/$sheet' });
  const navigate = useNavigate({ from: '/shows/$showId/$sheet' });
  const { data, error } = useQuery({
    queryKey: ['past', showId, at], staleTime: Infinity, retry: false,
    queryFn: async () => tablesOf(taken(await api.GET('/api/productions/{id}', { params: { path: { id: showId }, query: { include: 'all', as_of: at } } })) as unknown as Record<string, unknown>),
  });
  const event = useQuery({
    queryKey: ['past-event', showId, at], staleTime: Infinity, enabled: isEvent(at),
    queryFn: async () => taken(await api.GET('/api/productions/{id}/history', { params: { path: { id: showId }, query: { limit: 1, event: `eq.${at}` } as { limit: number } } }))[0] ?? null,
  });
  const time = isEvent(at) ? event.data?.at : at;
  const columns = useMemo(() => (data ? columnsOf(sheet, data, () => data) : []), [sheet, data]);
  const rows = useMemo(() => (data ? viewOf(data[sheet].rows, columns, search) : []), [data, sheet, columns, search]);
  const types = useMemo(() => (data ? typesOf(data[sheet].rows) : []), [data, sheet]);
  const changes = useMemo(() => (data ? since(data[sheet].rows, columns, show.tables[sheet].rows, columnsOf(sheet, show.tables, () => show.tables)) : null), [data, sheet, columns, show.tables]);
  const sort = useMemo(() => sortOf(search.sort), [search.sort]);
  const comparing = search.compare === 'now';
  const [rewinding, setRewinding] = useState(false);

  const wide = useMemo(() => columns.map((column) => ({ ...column, width: Math.max(column.width, comparedWidth) })), [columns]);

  const set = (next: typeof search) => void navigate({ search: next, replace: true });
  const back = () => set({ ...search, as_of: undefined, compare: undefined } as never);
  const bad = useStable((what: string) => session.notify(what, 'bad'));
  const onSort = useStable((key: string) => set({ ...search, sort: sort?.key !== key ? key : sort.descending ? '' : `-${key}` }));
  const idle = useStable(() => undefined);
  const nameOf = (id: string) => {
    const row = [data, show.tables].flatMap((tables) => [tables?.sources.byId.get(id), tables?.sends.byId.get(id)]).find((one) => one);
    return row && titleOf(row);
  };
  const named = (list: readonly Row[]) => `${list.slice(0, 6).map((row) => titleOf(row) || 'a row').join(', ')}${list.length > 6 ? ' ..' : ''}`;
  const name = String((data?.productions.rows[0] as Row | undefined)?.show_name ?? 'Show');

  return (
    <main className="screen full past" id="main">
      <div className="past-bar" role="status">
        <Clock size={20} aria-hidden />
        <div className="grow">
          <h1>{name} as it was {time ? <span title={exact(time)}>{ago(time)}, {new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' })}</span> : 'then'}</h1>
          <div className="small">{event.data?.op === 'moment' ? `${event.data.by.user ?? 'Somebody'} called it “${event.data.comment}”. ` : event.data ? `Right after ${event.data.by.user ?? 'somebody'} changed something. ` : ''}To look at, not to change.</div>
        </div>
        <Button variant="default" leftSection={<Undo2 size={16} />} disabled={!data} onClick={() => setRewinding(true)}>Make it this again ..</Button>
        <Button variant="default" leftSection={<ArrowLeft size={16} />} onClick={back}>Back to now</Button>
      </div>
      <div className="head">
        <nav className="tabs" aria-label="Sheets as they were">
          {sheets.map((one) => (
            <button key={one} type="button" aria-current={one === sheet ? 'page' : undefined} onClick={() => void navigate({ params: { showId, sheet: one }, search: { as_of: at, ...(comparing ? { compare: 'now' } : {}) } as never })}>
              {sheetTitles[one]} <span className="count">{data?.[one].rows.length ?? ''}</span>
            </button>
          ))}
        </nav>
        <span className="grow" />
        <Switch label="Compare with now" checked={comparing} onChange={(changed) => set({ ...search, compare: changed.currentTarget.checked ? 'now' : undefined } as never)} styles={{ body: { minHeight: 44, alignItems: 'center' } }} />
        <TextInput aria-label={`Search ${sheetTitles[sheet].toLowerCase()}`} placeholder="Search" leftSection={<Search size={16} />} w={150} value={search.q ?? ''} onChange={(changed) => set({ ...search, q: changed.currentTarget.value })} />
        {types.length > 1 && <NativeSelect aria-label="Type" w={140} value={search.type ?? ''} onChange={(changed) => set({ ...search, type: changed.currentTarget.value })} data={[{ value: '', label: 'All types' }, ...types]} />}
      </div>
      <div className="head when"><When showId={showId} at={at} time={time} born={show.tables.productions.rows[0]?.created_at as string | undefined} onGo={(as_of) => set({ ...search, as_of })} /></div>
      {changes && (
        <div className="small" data-testid="since">
          {changes.changed.size + changes.made.length === 0 ? <span className="dim">Nothing of this sheet has changed since.</span> : <>
            Since then: {[
              changes.changed.size - changes.deleted.length > 0 && `${plural(changes.changed.size - changes.deleted.length, rowNames[sheet])} changed`,
              changes.deleted.length > 0 && `${changes.deleted.length} deleted (${named(changes.deleted)})`,
              changes.made.length > 0 && `${changes.made.length} made (${named(changes.made)})`,
            ].filter(Boolean).join(', ')}.
          </>}
        </div>
      )}
      {error ? <Empty title="The show can't be read as of then"><p>{error.message}</p></Empty> : data && (
        <Grid label={`${sheetTitles[sheet]} of ${name}, as they were`} columns={comparing ? wide : columns} rows={rows} pending={nothing} marks={nothing} here={nothing} sort={sort} newRow={null}
          readOnly="This is the show as it was. Go back to now to change it." {...(comparing && changes ? { differs: changes.changed } : {})}
          onEdit={idle} onBad={bad} onPlace={idle} onSelect={idle} onSort={onSort} />
      )}
      <div className="hint cut">{data ? `${plural(rows.length, rowNames[sheet])} then` : 'Reading'}{comparing ? ' · struck out: then; behind the arrow: now' : ''}</div>
      {rewinding && <Rewind showId={showId} to={at} nameOf={nameOf} words={event.data?.op === 'moment' && event.data.comment ? event.data.comment : time ? new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' }) : 'then'} onClose={() => setRewinding(false)} onDone={back} />}
    </main>
  );
}
