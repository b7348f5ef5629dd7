// All shows of this node.
import { ActionIcon, Button, Menu, NativeSelect, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Archive, ArchiveRestore, Cloud, Copy, EllipsisVertical, FileDown, FileUp, HardDrive, Lock, Pencil, Plus, Search, Users } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, as, taken, useShows } from '../../api/queries.ts';
import type { Production } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { ago, day, exact } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import type { Row } from '../../sync/model.ts';
import { overlay } from '../../sync/overlay.ts';
import { useOthersIn, useSession, useSessionState } from '../../sync/use.ts';
import { comparing, inCloud, placeWords, whoWords } from './order.ts';
import { ShowForm, type ShowValues } from './show_form.tsx';

export const statuses = ['planning', 'ready', 'active', 'completed', 'archived'] as const;

export function Shows() {
  const search = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const session = useSession();
  const entries = useSessionState((state) => state.entries);
  const { data, isError } = useShows();
  const [form, setForm] = useState<{ row: Production | null } | null>(null);

  const all = useMemo(() => {
    const base = new Map((data ?? []).map((row) => [row.id, row as unknown as Row]));
    const { rows, pending } = overlay(base, 'productions', entries);
    return [...rows.values()].map((row) => ({ row: row as unknown as Production, waits: pending.has(row.id) }))
      .sort((a, b) => comparing(search.sort)(a.row, b.row));
  }, [data, entries, search.sort]);
  const shown = all.filter(({ row }) => fits(row, search.q, search.status));

  const save = (values: ShowValues, row: Production | null) => {
    setForm(null);
    if (row) {
      const changed = Object.entries(values).filter(([key, value]) => !same(row[key as keyof Production], value));
      const before = Object.fromEntries(changed.map(([key]) => [key, row[key as keyof Production]]));
      if (changed.length)
        session.edit(row.id, `Details of ${values.show_name}`, [{ op: 'update', table: 'productions', id: row.id, base_version: row._meta.etag, row: Object.fromEntries(changed), before }]);
      return;
    }
    const id = newId();
    session.edit(id, `New show ${values.show_name}`, [{ op: 'create', table: 'productions', id, row: { ...values, status: 'planning' } }]);
  };

  return (
    <main className="screen" id="main">
      <div className="head">
        <h1 className="grow">Shows</h1>
        <TextInput aria-label="Search shows" placeholder="Search" leftSection={<Search size={16} />} value={search.q ?? ''} w={200}
          onChange={(event) => void navigate({ search: { ...search, q: event.currentTarget.value }, replace: true })} />
        <NativeSelect aria-label="Status" value={search.status ?? ''} w={160} onChange={(event) => void navigate({ search: { ...search, status: event.currentTarget.value }, replace: true })}
          data={[{ value: '', label: 'Not archived' }, ...statuses.map((status) => ({ value: status, label: capital(status) }))]} />
        <NativeSelect aria-label="Order" value={search.sort ?? ''} w={170} onChange={(event) => void navigate({ search: { ...search, sort: event.currentTarget.value }, replace: true })}
          data={[{ value: '', label: 'By load-in' }, { value: 'name', label: 'By name' }, { value: 'changed', label: 'Last changed' }]} />
        <Button component={Link} to="/import" variant="default" leftSection={<FileUp size={16} />}>Import</Button>
        <Button leftSection={<Plus size={18} />} onClick={() => setForm({ row: null })}>New show</Button>
      </div>
      {shown.length > 0 ? (
        <ul className="shows">{shown.map(({ row, waits }) => <Card key={row.id} row={row} waits={waits} onEdit={() => setForm({ row })} />)}</ul>
      ) : isError && !data ? (
        <Empty title="The shows can't be read"><p>The node does not answer. This page looks again by itself.</p></Empty>
      ) : data && all.length === 0 ? (
        <Empty title="No shows yet"><p>Make the first one, import one from a file, or get one that was planned in the cloud from the Sync screen.</p></Empty>
      ) : data ? (
        <Empty title="No show fits"><p>Search for something else, or choose another status.</p></Empty>
      ) : null}
      {form && <ShowForm row={form.row} onSave={save} onClose={() => setForm(null)} />}
    </main>
  );
}

// A form knows times to the minute.
const same = (was: unknown, now: string | null): boolean =>
  was === now || (typeof was === 'string' && now !== null && was.length === now.length && /T.*Z$/.test(now) && was.slice(0, 16) === now.slice(0, 16));

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function fits(row: Production, q: string | undefined, status: string | undefined): boolean {
  if (status ? row.status !== status : row.status === 'archived') return false;
  const text = [row.show_name, row.client, row.venue, row.room, row.label].join(' ').toLowerCase();
  return (q ?? '').toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function Card({ row, waits, onEdit }: { row: Production; waits: boolean; onEdit(): void }) {
  const lock = row._meta.lock;
  const place = useSessionState((state) => placeWords(state.core.status, row.id));
  const others = useOthersIn(row.id);
  return (
    <li className="show">
      <Link to="/shows/$showId/$sheet" params={{ showId: row.id, sheet: 'sources' }} search={{}}>
        <span className="title">{row.show_name}</span>
        <span className="line">{[row.client, row.venue, row.room].filter(Boolean).join(' · ')}</span>
        <span className="foot">
          <span className="tag">{capital(row.status ?? 'planning')}</span>
          {row.load_in && <span className="dim" title={exact(row.load_in)}>Load-in {day(row.load_in)}, {ago(row.load_in)}</span>}
          {lock && <span className="tag" title={lock.reason ?? ''}><Lock size={13} aria-hidden /> Locked by {lock.node.name ?? 'another node'}</span>}
          {row._meta.conflicts > 0 && <span className="differs">{row._meta.conflicts} to decide</span>}
          {others.length > 0 && <span className="where"><Users size={13} aria-hidden /> {whoWords(others)}</span>}
          {waits ? <span className="dim">waiting on this device</span> : place && <span className="dim where">{place === inCloud ? <Cloud size={13} aria-hidden /> : <HardDrive size={13} aria-hidden />} {place}</span>}
        </span>
      </Link>
      <Actions row={row} onEdit={onEdit} />
    </li>
  );
}

function Actions({ row, onEdit }: { row: Production; onEdit(): void }) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const archived = row.status === 'archived';
  const setStatus = (status: Production['status'], words: string) => {
    session.edit(row.id, `${words} ${row.show_name}`, [{ op: 'update', table: 'productions', id: row.id, base_version: row._meta.etag, row: { status }, before: { status: row.status } }]);
    session.notify(`${row.show_name}: ${archived ? 'back from the archive' : 'archived'}.`, 'good', row.id);
  };
  const duplicate = async () => {
    try {
      const copy = taken(await api.POST('/api/productions/{id}/duplicate', {
        params: { path: { id: row.id }, header: { ...as(identity), 'Idempotency-Key': newId() } }, body: {},
      }));
      session.notify(`${copy.show_name} is a plan of its own now.`);
    } catch (error) {
      session.notify(`Not duplicated: ${(error as Error).message}`, 'bad');
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target><ActionIcon aria-label={`What to do with ${row.show_name}`} color="gray" mt={8} mr={6}><EllipsisVertical size={18} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item h={44} leftSection={<Pencil size={16} />} onClick={onEdit}>Details</Menu.Item>
        <Menu.Item h={44} leftSection={<Copy size={16} />} disabled={link !== 'live'} onClick={() => void duplicate()}>Duplicate</Menu.Item>
        <Menu.Item h={44} leftSection={<FileDown size={16} />} disabled={link !== 'live'} component="a" href={`/api/productions/${row.id}/archive`} download>Keep as a file</Menu.Item>
        {archived
          ? <Menu.Item h={44} leftSection={<ArchiveRestore size={16} />} onClick={() => setStatus('planning', 'Take from the archive:')}>Back from the archive</Menu.Item>
          : <Menu.Item h={44} leftSection={<Archive size={16} />} onClick={() => setStatus('archived', 'Archive')}>Archive</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
