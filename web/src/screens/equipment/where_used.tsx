// The shows of this node that name a device. Read when somebody asks, show by show.
import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, taken, useShows } from '../../api/queries.ts';
import { rowTitle } from '../../flow/paths.ts';
import { plural } from '../../parts/time.ts';
import type { Row } from '../../sync/model.ts';
import { deviceName } from './device.ts';
import { isUsed, useOf, type Use } from './used.ts';

const mostShows = 60; // read at once; the ones with the latest load-in
const rowsShown = 6; // named of each kind

interface Found {
  id: string;
  title: string;
  use: Use;
}

interface WhereUsedProps {
  device: Row;
  devices: readonly Row[];
  onClose(): void;
}

export function WhereUsed({ device, devices, onClose }: WhereUsedProps) {
  const shows = useShows();
  const [read, setRead] = useState(0);
  const list = [...(shows.data ?? [])].sort((a, b) => (b.load_in ?? '').localeCompare(a.load_in ?? '')).slice(0, mostShows);
  const name = deviceName(device);
  const { data, error } = useQuery({
    queryKey: ['used', device.id, name, list.map(({ id, version }) => `${id} ${version}`).join()], enabled: shows.data !== undefined, staleTime: 0, gcTime: 0,
    queryFn: async (): Promise<Found[]> => {
      const found: Found[] = [];
      for (const [i, show] of list.entries()) {
        const whole = taken(await api.GET('/api/productions/{id}', { params: { path: { id: show.id }, query: { include: 'all' } } })) as unknown as Record<'sources' | 'sends' | 'connections', Row[]>;
        const use = useOf(whole, { id: device.id, name }, devices.map(deviceName));
        if (isUsed(use)) found.push({ id: show.id, title: show.show_name, use });
        setRead(i + 1);
      }
      return found;
    },
  });
  const left = (shows.data?.length ?? 0) - list.length;
  return (
    <Modal opened onClose={onClose} size="xl" title={`Where ${name} is used`} closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      {error ? <p>The shows can’t be read: {error.message}</p>
        : !data ? <p className="dim" role="status">Looking through {plural(list.length, 'show')}: {read} read</p>
        : data.length === 0 ? <p role="status">No show on this node names it. It can be archived without anybody missing it.</p>
        : <p role="status" className="dim small">Named in {plural(data.length, 'show')} on this node: by the model on signal paths, and by name in notes.</p>}
      {data?.map(({ id, title, use }) => <OfShow key={id} id={id} title={title} use={use} />)}
      {left > 0 && <p className="dim small">{plural(left, 'older show')} not looked through.</p>}
      <Button variant="default" mt="sm" onClick={onClose}>Close</Button>
    </Modal>
  );
}

function OfShow({ id, title, use }: Found) {
  const to = (path: string) => ({ to: '/shows/$showId/flow' as const, params: { showId: id }, search: { path } });
  const rows = (kind: 'source' | 'send', list: readonly Row[]) => list.length > 0 && (
    <div><span className="dim">{plural(list.length, kind)}</span> {list.slice(0, rowsShown).map((row) => <Link key={row.id} className="used-link" {...to(`${kind}:${row.id}`)}>{rowTitle(row)}</Link>)}{list.length > rowsShown && <span className="dim"> and {list.length - rowsShown} more</span>}</div>
  );
  return (
    <section className="panel" aria-label={title}>
      <strong>{title}</strong>
      {use.devices.length > 0 && <div><span className="dim">{plural(use.connections, 'connection')}, as</span> {use.devices.map(({ key, name, connections }) => <Link key={key} className="used-link" {...to(key)}>{name} ({connections})</Link>)}</div>}
      {rows('source', use.sources)}
      {rows('send', use.sends)}
    </section>
  );
}
