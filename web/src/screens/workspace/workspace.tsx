// One show: its sheets, who is in it, what can be undone.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Search, Trash2 } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { Empty } from '../../parts/empty.tsx';
import type { RowEdit } from '../../parts/grid/block.ts';
import { compare, type Column } from '../../parts/grid/column.ts';
import { coarse, Grid } from '../../parts/grid/grid.tsx';
import { initials } from '../../parts/grid/line.tsx';
import { plural } from '../../parts/time.ts';
import { UndoButtons, useUndoKeys } from '../../parts/undo.tsx';
import type { Production } from '../../api/client.ts';
import { History } from '../history/history.tsx';
import type { Present, Row } from '../../sync/model.ts';
import type { ShowView } from '../../sync/session.ts';
import { useSession, useSessionState, useShow } from '../../sync/use.ts';
import { LockButton } from './lock_button.tsx';
import { columnsOf, deletion, opsOf, rowNames, sheets, sheetTitles, titleOf, type Sheet } from './sheets.ts';

export function Workspace() {
  const { showId, sheet } = useParams({ from: '/shows/$showId/$sheet' });
  const show = useShow(showId);
  if (sheet !== 'history' && !(sheets as readonly string[]).includes(sheet)) return <main className="screen" id="main"><Empty title="There is no such sheet" /></main>;
  if (!show || show.state === 'loading') return <main className="screen full" id="main" aria-busy="true"><h1>Opening the show</h1></main>;
  if (show.state === 'gone') return (
    <main className="screen" id="main"><Empty title="This show is not on this node">
      <p>It was deleted, or it has not been downloaded yet. The Sync screen says what this node has.</p>
      <Link to="/" search={{}}>All shows</Link>
    </Empty></main>
  );
  if (sheet === 'history') return <HistoryView showId={showId} show={show} />;
  return <SheetView key={`${showId}/${sheet}`} showId={showId} sheet={sheet as Sheet} show={show} />;
}

interface SheetViewProps {
  showId: string;
  sheet: Sheet;
  show: ShowView;
}

function SheetView({ showId, sheet, show }: SheetViewProps) {
  const session = useSession();
  const search = useSearch({ from: '/shows/$showId/$sheet' });
  const navigate = useNavigate({ from: '/shows/$showId/$sheet' });
  const selected = useRef<readonly Row[]>([]);
  const [count, setCount] = useState(0);
  const table = show.tables[sheet];
  const production = show.tables.productions.rows[0] as unknown as Production | undefined;
  const now = useRef(show.tables);
  now.current = show.tables;
  // Connections read the names of other sheets; the others stay the same while rows change.
  const [named, sent] = sheet === 'connections' ? [show.tables.sources, show.tables.sends] : [null, null];
  const columns = useMemo(() => columnsOf(sheet, now.current, () => now.current), [sheet, named, sent]);
  const sort = search.sort ? { key: search.sort.replace(/^-/, ''), descending: search.sort.startsWith('-') } : null;
  const rows = useMemo(() => view(table.rows, columns, search), [table.rows, columns, search]);
  const others = useOthers(show);
  const here = useMemo(() => new Map(others.filter((one) => one.table === sheet && one.record_id).map((one) => [one.record_id!, one.by.user ?? 'Somebody'])), [others, sheet]);
  const types = useMemo(() => [...new Set(table.rows.map((row) => String(row.type ?? '')).filter(Boolean))].sort(), [table.rows]);

  const set = (next: typeof search) => void navigate({ search: next, replace: true });
  const edit = (label: string, edits: RowEdit[]) => {
    session.edit(showId, label, opsOf(sheet, edits, table.rows));
    if (edits.length > 1) session.notify(`${label}.`, 'good', showId);
  };
  const remove = () => {
    const words = plural(selected.current.length, rowNames[sheet]);
    session.edit(showId, `Delete ${words}`, selected.current.map((row) => deletion(sheet, row)));
    session.notify(`${words} deleted.`, 'good', showId);
  };
  const place = useCallback((row: Row | null, column: Column) =>
    session.place(showId, { table: sheet, record_id: row?.id ?? null, column: row ? column.columns[0]! : null }), [session, showId, sheet]);
  const select = useCallback((chosen: readonly Row[]) => {
    selected.current = chosen;
    setCount(chosen.length);
  }, []);
  useUndoKeys(showId);

  return (
    <main className="screen full" id="main">
      <Title showId={showId} show={show} />
      <div className="head">
        <Tabs showId={showId} show={show} />
        <span className="grow" />
        <TextInput aria-label={`Search ${sheetTitles[sheet].toLowerCase()}`} placeholder="Search" leftSection={<Search size={16} />} w={160}
          value={search.q ?? ''} onChange={(event) => set({ ...search, q: event.currentTarget.value })} />
        {types.length > 1 && (
          <NativeSelect aria-label="Type" w={150} value={search.type ?? ''} onChange={(event) => set({ ...search, type: event.currentTarget.value })}
            data={[{ value: '', label: 'All types' }, ...types]} />
        )}
        <Button variant="default" leftSection={<Trash2 size={16} />} disabled={!count} onClick={remove}>
          Delete{count > 1 ? ` ${count}` : ''}
        </Button>
      </div>
      {(search.q || search.type) && rows.length === 0 && table.rows.length > 0 && (
        <div className="dim">Nothing fits. <Button variant="subtle" onClick={() => set({})}>Show all {table.rows.length}</Button></div>
      )}
      {table.rows.length === 0 && (
        <div className="dim">No {sheetTitles[sheet].toLowerCase()} yet. Type into the first line, or paste a block from a spreadsheet.</div>
      )}
      <Grid label={`${sheetTitles[sheet]} of ${production?.show_name ?? 'the show'}`} columns={columns} rows={rows} pending={table.pending}
        marks={show.marks} here={here} sort={sort} newRow={rowNames[sheet]} onEdit={edit} onBad={(what) => session.notify(what, 'bad')}
        onPlace={place} onSelect={select}
        onSort={(key) => set({ ...search, sort: sort?.key !== key ? key : sort.descending ? '' : `-${key}` })} />
      <div className="hint cut">
        {rows.length === table.rows.length ? plural(rows.length, rowNames[sheet]) : `${rows.length} of ${plural(table.rows.length, rowNames[sheet])}`}
        {' · '}{coarse ? 'Tap a cell, and once more to change it · Undo is at the top'
          : 'Type to change a cell, Enter keeps it · Shift and arrows select · Ctrl+D fills down · Ctrl+C and Ctrl+V work with spreadsheets · Ctrl+Z undoes'}
      </div>
    </main>
  );
}

const useOthers = (show: ShowView): readonly Present[] => {
  const me = useSessionState((state) => state.core.identity);
  return useMemo(() => show.present.filter(({ by }) => by.user !== me?.user || (by.device ?? '') !== me?.device), [show.present, me]);
};

export function Title({ showId, show }: { showId: string; show: ShowView }) {
  const production = show.tables.productions.rows[0] as unknown as Production | undefined;
  return (
    <div className="head">
      <div className="grow">
        <h1 className="cut" title={production?.show_name}>{production?.show_name ?? 'Show'}</h1>
        <div className="dim small cut">{[production?.client, production?.venue, production?.room].filter(Boolean).join(' · ')}</div>
      </div>
      {production && <LockButton production={production} />}
      <People present={useOthers(show)} />
      <UndoButtons showId={showId} />
    </div>
  );
}

export const Tabs = ({ showId, show }: { showId: string; show: ShowView }) => (
  <nav className="tabs" aria-label="Sheets">
    {sheets.map((one) => (
      <Link key={one} to="/shows/$showId/$sheet" params={{ showId, sheet: one }} search={{}} activeOptions={{ includeSearch: false }}>
        {sheetTitles[one]} <span className="count">{show.tables[one].rows.length}</span>
      </Link>
    ))}
    <Link to="/shows/$showId/flow" params={{ showId }} search={{}} activeOptions={{ includeSearch: false }}>Signal flow</Link>
    <Link to="/shows/$showId/$sheet" params={{ showId, sheet: 'history' }} search={{}} activeOptions={{ includeSearch: false }}>History</Link>
  </nav>
);

function HistoryView({ showId, show }: { showId: string; show: ShowView }) {
  const { type } = useSearch({ from: '/shows/$showId/$sheet' });
  const navigate = useNavigate({ from: '/shows/$showId/$sheet' });
  useUndoKeys(showId);
  const nameOf = (table: string, id: string): string => {
    const row = show.tables[table as Sheet]?.byId.get(id);
    return row ? titleOf(row) : '';
  };
  return (
    <main className="screen full" id="main">
      <Title showId={showId} show={show} />
      <div className="head"><Tabs showId={showId} show={show} /></div>
      <History showId={showId} nameOf={nameOf} table={type} onTable={(table) => void navigate({ search: table ? { type: table } : {}, replace: true })} />
    </main>
  );
}

// What a row must have to fit: each word of the search begins one of its words.
const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{N}.]+/u).filter(Boolean);

function view(rows: readonly Row[], columns: readonly Column[], search: { q?: string; type?: string; sort?: string }): readonly Row[] {
  const asked = wordsOf(search.q ?? '');
  const fits = (row: Row): boolean => {
    if (search.type && row.type !== search.type) return false;
    if (!asked.length) return true;
    const has = columns.flatMap((column) => wordsOf(column.read(row)));
    return asked.every((word) => has.some((one) => one.startsWith(word)));
  };
  const column = columns.find((one) => one.key === search.sort?.replace(/^-/, ''));
  const shown = asked.length || search.type ? rows.filter(fits) : rows;
  return column ? [...shown].sort(compare(column, search.sort!.startsWith('-'))) : shown;
}

function People({ present }: { present: readonly Present[] }) {
  const most = 4;
  const names = [...new Set(present.map((one) => one.by.user ?? 'Somebody'))];
  if (!names.length) return null;
  return (
    <div className="people" role="img" aria-label={`Also here: ${names.join(', ')}`} title={`Also here: ${names.join(', ')}`}>
      {names.slice(0, most).map((name) => <span key={name}>{initials(name)}</span>)}
      {names.length > most && <span>+{names.length - most}</span>}
    </div>
  );
}
