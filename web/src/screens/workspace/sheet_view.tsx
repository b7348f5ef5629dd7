// One sheet of a show, to work in.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Search, Trash2 } from 'lucide-react';
import { memo, useMemo, useRef, useState } from 'react';
import { fileName } from '../../parts/file.ts';
import type { RowEdit } from '../../parts/grid/block.ts';
import type { Column } from '../../parts/grid/column.ts';
import { coarse, Grid } from '../../parts/grid/grid.tsx';
import { useSameWords, useStable } from '../../parts/stable.ts';
import { plural } from '../../parts/time.ts';
import { useUndoKeys } from '../../parts/undo.tsx';
import type { Production } from '../../api/client.ts';
import type { Row } from '../../sync/model.ts';
import { placesFor } from '../../sync/order.ts';
import type { ShowView } from '../../sync/open_show.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { csvOf, downloadCsv } from './csv_out.ts';
import type { Relabel } from './labels.ts';
import { OutputsForm } from './outputs_form.tsx';
import { Renumber } from './renumber.tsx';
import { SheetMenu } from './sheet_menu.tsx';
import { columnsOf, deletion, labelWords, opsOf, rowNames, sheetTitles, titleOf, update, type Sheet } from './sheets.ts';
import { Tabs, Title, useOthers } from './title.tsx';
import { sortOf, typesOf, viewOf, type View } from './view.ts';
import { useLooks } from './looks.ts';
import { cloudUntil, whereOf } from './where.ts';

interface SheetViewProps {
  showId: string;
  sheet: Sheet;
  show: ShowView;
}

const hourMs = 3_600_000;

type Dialog = { kind: 'renumber'; rows: readonly Row[] } | { kind: 'outputs'; row: Row } | null;

export function SheetView({ showId, sheet, show }: SheetViewProps) {
  const session = useSession();
  const search = useSearch({ from: '/shows/$showId/$sheet' });
  const navigate = useNavigate({ from: '/shows/$showId/$sheet' });
  const selected = useRef<readonly Row[]>([]);
  const [count, setCount] = useState(0);
  const [dialog, setDialog] = useState<Dialog>(null);
  const table = show.tables[sheet];
  const production = show.tables.productions.rows[0] as unknown as Production | undefined;
  const now = useRef(show.tables);
  now.current = show.tables;
  // Connections read the names of other sheets; the others stay the same while rows change.
  const [named, sent] = sheet === 'connections' ? [show.tables.sources, show.tables.sends] : [null, null];
  const columns = useMemo(() => columnsOf(sheet, now.current, () => now.current), [sheet, named, sent]);
  const sort = useMemo(() => sortOf(search.sort), [search.sort]);
  const rows = useMemo(() => viewOf(table.rows, columns, search), [table.rows, columns, search]);
  const others = useOthers(show);
  const here = useMemo(() => new Map(others.filter((one) => one.table === sheet && one.record_id).map((one) => [one.record_id!, one.by.user ?? 'Somebody'])), [others, sheet]);
  const types = useSameWords(useMemo(() => typesOf(table.rows), [table.rows]));
  const until = useSessionState((state) => cloudUntil(state.core.status, showId));
  const where = useMemo(() => (row: Row) => whereOf(row, until), [until]);
  const looks = useLooks(show.tables, sheet);
  useUndoKeys(showId);

  const set = useStable((next: View) => void navigate({ search: next, replace: true }));
  const put = (label: string, edits: RowEdit[], told = edits.length > 1) => {
    session.edit(showId, label, opsOf(sheet, edits, now.current[sheet].rows));
    if (told) session.notify(`${label}.`, 'good', showId);
  };
  const edit = useStable((label: string, edits: RowEdit[]) => put(label, edits));
  const bad = useStable((what: string) => session.notify(what, 'bad'));
  const onSort = useStable((key: string) => set({ ...search, sort: sort?.key !== key ? key : sort.descending ? '' : `-${key}` }));
  const place = useStable((row: Row | null, column: Column) =>
    session.place(showId, { table: sheet, record_id: row?.id ?? null, column: row ? column.columns[0]! : null }));
  const select = useStable((chosen: readonly Row[]) => {
    selected.current = chosen;
    setCount(chosen.length);
  });
  const remove = useStable(() => {
    const words = plural(selected.current.length, rowNames[sheet]);
    session.edit(showId, `Delete ${words}`, selected.current.map((row) => deletion(sheet, row)));
    session.notify(`${words} deleted.`, 'good', showId);
  });
  // Behind the row that is above the place, also where rows between are not shown.
  const move = useStable((moved: readonly Row[], to: number) => {
    if (sort) return bad(`The sheet is sorted by ${columns.find((one) => one.key === sort.key)?.title ?? sort.key}. Press that title until no arrow is left, then rows can be moved.`);
    const going = new Set(moved.map((row) => row.id));
    const above = rows.slice(0, to).findLast((row) => !going.has(row.id));
    const places = placesFor(now.current[sheet].rows, moved.map((row) => row.id), above?.id ?? null);
    const edits = now.current[sheet].rows.filter((row) => places.has(row.id) && places.get(row.id) !== row.sort_order)
      .map((row) => ({ row, values: { sort_order: places.get(row.id)! } }));
    put(`Move ${moved.length === 1 ? titleOf(moved[0]!) || rowNames[sheet] : plural(moved.length, rowNames[sheet])}`, edits, false);
  });
  const step = useStable((by: -1 | 1) => {
    const first = rows.findIndex((row) => row.id === selected.current[0]?.id);
    const to = by < 0 ? first - 1 : first + selected.current.length + 1;
    if (first >= 0 && to >= 0 && to <= rows.length) move(selected.current, to);
  });
  const renumber = useStable(() => setDialog({ kind: 'renumber', rows: selected.current.length > 1 ? selected.current : rows }));
  const csv = useStable((all: boolean) =>
    downloadCsv(fileName(production?.show_name ?? 'show', sheet, 'csv'), csvOf(columns, all ? now.current[sheet].rows : rows)));
  const print = useStable(() => void navigate({ to: '/shows/$showId/print', params: { showId }, search: { ...search, of: sheet } as never }));
  const past = useStable(() => void navigate({ search: { ...search, as_of: new Date(Date.now() - hourMs).toISOString() } }));
  const history = useStable(() => void navigate({ params: { showId, sheet: 'history' }, search: { type: sheet, row: selected.current[0]?.id } as never }));
  const onOpen = useStable((row: Row) => setDialog({ kind: 'outputs', row }));
  const close = () => setDialog(null);

  return (
    <main className="screen full" id="main">
      <Title showId={showId} show={show} />
      <div className="head">
        <Tabs showId={showId} show={show} />
        <div className="controls">
          <Controls sheet={sheet} search={search} types={types} count={count} onSearch={set} onDelete={remove} />
          <SheetMenu sheet={sheet} shown={rows.length} all={table.rows.length} selected={count} ordered={!sort}
            onMove={step} onRenumber={renumber} onCsv={csv} onPrint={print} onPast={past} onHistory={history} />
        </div>
      </div>
      {(search.q || search.type) && rows.length === 0 && table.rows.length > 0 && (
        <div className="dim">Nothing fits. <Button variant="subtle" onClick={() => set({})}>Show all {table.rows.length}</Button></div>
      )}
      {table.rows.length === 0 && (
        <div className="dim">No {sheetTitles[sheet].toLowerCase()} yet. Type into the first line, or paste a block from a spreadsheet.</div>
      )}
      <Grid label={`${sheetTitles[sheet]} of ${production?.show_name ?? 'the show'}`} columns={columns} rows={rows} first={search.row} pending={table.pending}
        marks={show.marks} here={here} sort={sort} newRow={rowNames[sheet]} whereOf={where} looks={looks} onEdit={edit} onBad={bad}
        onPlace={place} onSelect={select} onSort={onSort} onMove={move} onOpen={onOpen} />
      <div className="hint cut">
        {rows.length === table.rows.length ? plural(rows.length, rowNames[sheet]) : `${rows.length} of ${plural(table.rows.length, rowNames[sheet])}`}
        {' · '}{coarse ? 'Tap a cell, and once more to change it · Pull a number to move its row · Undo is at the top'
          : 'Type to change a cell, Enter keeps it · Shift and arrows select · Ctrl+D fills down · Pull a number to move its row · Ctrl+Z undoes'}
      </div>
      {dialog?.kind === 'renumber' && (
        <Renumber rows={dialog.rows} all={table.rows} what={rowNames[sheet]} fallback={labelWords[sheet]} onClose={close} onTake={(changed: readonly Relabel[]) => {
          put(`Number ${plural(changed.length, 'label')}`, changed.map(({ row, label }) => ({ row, values: { label } })), true);
          close();
        }} />
      )}
      {dialog?.kind === 'outputs' && <Outputs showId={showId} show={show} id={dialog.row.id} onClose={close} />}
    </main>
  );
}

interface ControlsProps {
  sheet: Sheet;
  search: View;
  types: readonly string[];
  count: number; // of selected rows
  onSearch(next: View): void;
  onDelete(): void;
}

// Apart from the rows, so that a cell that changes does not draw them.
const Controls = memo(function Controls({ sheet, search, types, count, onSearch, onDelete }: ControlsProps) {
  return (
    <>
      <TextInput aria-label={`Search ${sheetTitles[sheet].toLowerCase()}`} placeholder="Search" leftSection={<Search size={16} />} w={140}
        value={search.q ?? ''} onChange={(event) => onSearch({ ...search, q: event.currentTarget.value })} />
      {types.length > 1 && (
        <NativeSelect aria-label="Type" w={130} value={search.type ?? ''} onChange={(event) => onSearch({ ...search, type: event.currentTarget.value })}
          data={[{ value: '', label: 'All types' }, ...types]} />
      )}
      <Button variant="default" leftSection={<Trash2 size={16} />} disabled={!count} onClick={onDelete}>
        Delete{count > 1 ? ` ${count}` : ''}
      </Button>
    </>
  );
});

function Outputs({ showId, show, id, onClose }: { showId: string; show: ShowView; id: string; onClose(): void }) {
  const session = useSession();
  // As it was when the dialog came up: what others write meanwhile is no change of this one.
  const [source] = useState(() => show.tables.sources.byId.get(id));
  const columns = useMemo(() => columnsOf('connections', show.tables, () => show.tables), [show.tables]);
  const goesTo = columns.find((one) => one.key === 'destination')!.read;
  const used = useMemo(() => [...new Set(show.tables.sources.rows.flatMap((row) => ((row.outputs ?? []) as { connector: string | null }[]).map((one) => one.connector ?? '')))].filter(Boolean).sort(), [show.tables.sources]);
  if (!source) return null;
  return (
    <OutputsForm source={source} connections={show.tables.connections.rows} goesTo={goesTo} used={used} onClose={onClose} onSave={(outputs, loose) => {
      const words = `Outputs of ${titleOf(source)}`;
      session.edit(showId, words, [update('sources', source, { outputs }), ...loose.map((row) => update('connections', row, { source_output_id: null }))]);
      onClose();
    }} />
  );
}
