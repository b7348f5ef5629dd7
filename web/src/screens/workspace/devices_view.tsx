// The devices of a show, as a sheet: what connections say of them. A name that is typed here is one for all
// connections that go through the device.
import { TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { deviceOf } from '../../flow/devices.ts';
import { flowOf } from '../../flow/paths.ts';
import { jointsOf } from '../../flow/trace.ts';
import { warningsOf } from '../../flow/warnings.ts';
import type { RowEdit } from '../../parts/grid/block.ts';
import { Grid } from '../../parts/grid/grid.tsx';
import { useStable } from '../../parts/stable.ts';
import { plural } from '../../parts/time.ts';
import { useUndoKeys } from '../../parts/undo.tsx';
import { library, type Row } from '../../sync/model.ts';
import type { ShowView } from '../../sync/open_show.ts';
import { useHere, useSession, useShow } from '../../sync/use.ts';
import { deviceName, portCountOf } from '../equipment/device.ts';
import { deviceColumns, deviceOps, deviceRows } from './devices.ts';
import { Tabs, Title } from './title.tsx';
import { sortOf, viewOf } from './view.ts';

const none: readonly Row[] = [];
const nobody = new Map();

export function DevicesView({ showId, show }: { showId: string; show: ShowView }) {
  const session = useSession();
  const search = useSearch({ from: '/shows/$showId/$sheet' });
  const navigate = useNavigate({ from: '/shows/$showId/$sheet' });
  const { sources, sends, connections } = show.tables;
  const models = useShow(library)?.tables.equipment_specs.rows ?? none;
  const flow = useMemo(() => flowOf({ sources, sends, connections }), [sources, sends, connections]);
  const now = useRef(flow);
  now.current = flow;
  const portCount = useMemo(() => portCountOf(models), [models]);
  const all = useMemo(() => deviceRows(flow, warningsOf(flow, jointsOf(flow), portCount), portCount), [flow, portCount]);
  const columns = useMemo(() => deviceColumns(() => models.map(deviceName)), [models]);
  const rows = useMemo(() => viewOf(all, columns, search), [all, columns, search]);
  const looks = useMemo(() => new Map(all.filter((row) => row.look).map((row) => [row.id, String(row.look)])), [all]);
  const sort = useMemo(() => sortOf(search.sort), [search.sort]);
  // What waits is an edit of its connections.
  const pending = useMemo(() => new Map([...flow.nodes.values()].filter((node) => deviceOf(node) && flow.byNode.get(node.key)?.some((path) => connections.pending.get(path.id)?.has('signal_path')))
    .map((node) => [node.key, new Set(['name', 'kind', 'model'])])), [flow, connections.pending]);
  useUndoKeys(showId);
  useHere(showId);

  const set = (next: typeof search) => void navigate({ search: next, replace: true });
  const edit = useStable((label: string, edits: RowEdit[]) => {
    session.edit(showId, label, deviceOps(now.current, edits));
    if (edits.length > 1) session.notify(`${label}.`, 'good', showId);
  });
  const bad = useStable((what: string) => session.notify(what, 'bad'));
  const onSort = useStable((key: string) => set({ ...search, sort: sort?.key !== key ? key : sort.descending ? '' : `-${key}` }));
  const idle = useStable(() => undefined);
  const name = String((show.tables.productions.rows[0] as Row | undefined)?.show_name ?? 'the show');

  return (
    <main className="screen full" id="main">
      <Title showId={showId} show={show} />
      <div className="head">
        <Tabs showId={showId} show={show} />
        <span className="grow" />
        <TextInput aria-label="Search devices" placeholder="Search" leftSection={<Search size={16} />} w={160} value={search.q ?? ''} onChange={(event) => set({ ...search, q: event.currentTarget.value })} />
      </div>
      {all.length === 0 && <div className="dim">No devices yet. Type the name of a router, a switcher or a processor into <em>Through</em> of a <Link className="inline-link" to="/shows/$showId/$sheet" params={{ showId, sheet: 'connections' }} search={{}}>connection</Link>: it stands here then.</div>}
      <Grid label={`Devices of ${name}`} columns={columns} rows={rows} pending={pending} marks={nobody} here={nobody} sort={sort} newRow={null} looks={looks}
        onEdit={edit} onBad={bad} onPlace={idle} onSelect={idle} onSort={onSort} />
      <div className="hint cut">{rows.length === all.length ? plural(all.length, 'device') : `${rows.length} of ${plural(all.length, 'device')}`} · A device is here because connections name it · What is typed holds for all of them</div>
    </main>
  );
}
