// The equipment library: every device that shows can be planned with. What is archived can be brought back.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ArchiveRestore, CircleAlert, CloudUpload, FileUp, Plus, Search } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { api, taken } from '../../api/queries.ts';
import { Empty } from '../../parts/empty.tsx';
import { useLines } from '../../parts/lines.ts';
import { plural } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import { library, type Row, type Values } from '../../sync/model.ts';
import { useSession, useSessionState, useShow } from '../../sync/use.ts';
import { categories, categoryWords, conflictsOf, deviceName, fits, summary } from './device.ts';
import { DeviceForm } from './device_form.tsx';
import './equipment.css';

const lineHeight = 56;
const none: readonly Row[] = [];

// Deleted devices: asked for when somebody wants to see them.
const useArchived = (wanted: boolean) => useQuery({
  queryKey: ['equipment_specs', 'archived'], enabled: wanted,
  queryFn: async () => taken(await api.GET('/api/equipment', { params: { query: { deleted: 'true', is_deleted: 'is.true' } } })) as unknown as Row[],
});

export function Library() {
  const search = useSearch({ from: '/equipment' });
  const navigate = useNavigate({ from: '/equipment' });
  const session = useSession();
  const view = useShow(library);
  const archived = search.show === 'archived';
  const gone = useArchived(archived);
  const entries = useSessionState((state) => state.entries);
  const [making, setMaking] = useState(false);
  const live = view?.tables.equipment_specs;
  const all = useMemo(() => {
    if (!archived) return live?.rows ?? none;
    return (gone.data ?? []).filter((row) => !entries.some((entry) => entry.ops.some((op) => op.id === row.id && op.op === 'restore')));
  }, [archived, live, gone.data, entries]);
  const kinds = useMemo(() => [...new Set([...categories, ...all.map((row) => String(row.category))])].sort((a, b) => categoryWords(a).localeCompare(categoryWords(b))), [all]);
  const rows = useMemo(() => all.filter((row) => fits(row, search.q, search.category))
    .sort((a, b) => deviceName(a).localeCompare(deviceName(b), 'en', { numeric: true })), [all, search.q, search.category]);
  const loading = archived ? gone.isPending : !view || view.state === 'loading';
  const set = (next: typeof search) => void navigate({ search: next, replace: true });

  const make = (values: Values) => {
    setMaking(false);
    const id = newId();
    session.edit(library, `New device ${deviceName(values)}`, [{ op: 'create', table: 'equipment_specs', id, row: values }]);
    void navigate({ to: '/equipment/$deviceId', params: { deviceId: id }, search: {} });
  };
  const restore = (row: Row) => {
    session.edit(library, `Bring back ${deviceName(row)}`, [{ op: 'restore', table: 'equipment_specs', id: row.id, row }]);
    session.notify(`${deviceName(row)} is in the library again.`, 'good', library);
  };

  return (
    <main className="screen full" id="main" aria-busy={loading}>
      <div className="head">
        <h1 className="grow">Equipment</h1>
        <TextInput aria-label="Search equipment" placeholder="Search" leftSection={<Search size={16} />} w={170} value={search.q ?? ''}
          onChange={(event) => set({ ...search, q: event.currentTarget.value })} />
        <NativeSelect aria-label="Category" w={180} value={search.category ?? ''} onChange={(event) => set({ ...search, category: event.currentTarget.value })}
          data={[{ value: '', label: 'All categories' }, ...kinds.map((kind) => ({ value: kind, label: categoryWords(kind) }))]} />
        <NativeSelect aria-label="Which" w={130} value={search.show ?? ''} onChange={(event) => set({ ...search, show: event.currentTarget.value })}
          data={[{ value: '', label: 'In use' }, { value: 'archived', label: 'Archived' }]} />
        <Button component={Link} to="/import" variant="default" leftSection={<FileUp size={16} />}>Import</Button>
        <Button leftSection={<Plus size={18} />} onClick={() => setMaking(true)}>New device</Button>
      </div>
      {rows.length > 0 ? <Devices rows={rows} pending={live?.pending} onRestore={archived ? restore : null} />
        : loading ? <p className="dim">Reading the library</p>
        : all.length > 0 ? <Empty title="No device fits"><p>Search for something else, or choose another category.</p></Empty>
        : archived ? <Empty title="Nothing is archived"><p>A device that is archived leaves the list and waits here, with all its ports.</p></Empty>
        : <Empty title="No equipment yet"><p>Make the first device, or import a library from a file.</p></Empty>}
      <div className="hint" role="status">{rows.length === all.length ? plural(all.length, 'device') : `${rows.length} of ${plural(all.length, 'device')}`}</div>
      {making && <DeviceForm row={null} kinds={kinds} onSave={make} onClose={() => setMaking(false)} />}
    </main>
  );
}

interface DevicesProps {
  rows: readonly Row[];
  pending: ReadonlyMap<string, unknown> | undefined;
  onRestore: ((row: Row) => void) | null; // of the archived
}

// Only the lines on screen are in the page; arrows go from one to the next.
function Devices({ rows, pending, onRestore }: DevicesProps) {
  const box = useRef<HTMLDivElement>(null);
  const { first, end, reveal } = useLines(box, rows.length, lineHeight);
  const keyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const now = (event.target as Element).closest<HTMLElement>('[data-index]');
    if (!step || !now) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(Number(now.dataset.index) + step, rows.length - 1));
    reveal({ line: next });
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-index="${next}"] :is(a, button)`)?.focus({ preventScroll: true }));
  };
  return (
    <div className="devices" ref={box} onKeyDown={keyDown}>
      <ul style={{ height: rows.length * lineHeight }} aria-label="Devices">
        {rows.slice(first, end).map((row, i) => {
          const index = first + i;
          const what = (
            <>
              <span className="cut" title={deviceName(row)}><span className="dim">{String(row.manufacturer)}</span> <strong>{String(row.model)}</strong></span>
              <span><span className="tag">{categoryWords(String(row.category))}</span></span>
              <span className="dim small cut">
                {conflictsOf(row) > 0 && <span className="differs"><CircleAlert size={14} aria-hidden /> {conflictsOf(row)} to decide · </span>}
                {pending?.has(row.id) && <><CloudUpload size={14} aria-hidden /> waiting on this device · </>}
                {summary(row)}
              </span>
            </>
          );
          return (
            <li key={row.id} data-index={index} aria-posinset={index + 1} aria-setsize={rows.length} style={{ height: lineHeight, transform: `translateY(${index * lineHeight}px)` }}>
              {onRestore ? <span className="device">{what}</span>
                : <Link className="device" to="/equipment/$deviceId" params={{ deviceId: row.id }} search={{}}>{what}</Link>}
              {onRestore && <Button variant="default" mr={12} leftSection={<ArchiveRestore size={16} />} aria-label={`Bring back ${deviceName(row)}`} onClick={() => onRestore(row)}>Bring back</Button>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
