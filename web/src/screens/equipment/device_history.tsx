// Who changed what of a device: of itself, of its cards, and of its ports where there are not too many to ask for.
import { Button, Modal } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { api, as, queryClient, taken } from '../../api/queries.ts';
import type { Schemas } from '../../api/client.ts';
import { groupsOf } from '../../flow/paths.ts';
import { ago, exact } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import type { Row } from '../../sync/model.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { columnWords, tableWords, valueWords } from '../conflicts/words.ts';
import { cardsOf, deviceName, partName, portsOf } from './device.ts';

type Item = Schemas['HistoryItem'];

const partsAtATime = 24; // cards and ports whose history is asked for, one request each
const atOnce = 6;
const mostItems = 100; // of each
const itemsShown = 4; // of one deed

const did: Partial<Record<Item['op'], string>> = { create: 'made', update: 'changed', delete: 'removed', restore: 'brought back', resolve: 'decided on' };

interface Asked {
  route: '/api/equipment/{id}/history' | '/api/equipment_io_ports/{id}/history' | '/api/equipment_cards/{id}/history' | '/api/equipment_card_io/{id}/history';
  id: string;
}

function partsOf(device: Row): Asked[] {
  const cards = cardsOf(device);
  return [
    ...cards.map(({ id }): Asked => ({ route: '/api/equipment_cards/{id}/history', id })),
    ...portsOf(device, null).map(({ id }): Asked => ({ route: '/api/equipment_io_ports/{id}/history', id })),
    ...cards.flatMap((card) => portsOf(device, card.id).map(({ id }): Asked => ({ route: '/api/equipment_card_io/{id}/history', id }))),
  ];
}

async function historyOf(waiting: Asked[]): Promise<Item[]> {
  const items: Item[] = [];
  while (waiting.length) {
    const pages = await Promise.all(waiting.splice(0, atOnce).map(async ({ route, id }) => {
      const answer = await api.GET(route, { params: { path: { id }, query: { limit: mostItems } } });
      return answer.response.status === 404 ? [] : taken(answer); // a part that only this device knows yet
    }));
    items.push(...pages.flat());
  }
  return items;
}

export function DeviceHistory({ device, onClose }: { device: Row; onClose(): void }) {
  const { data, error } = useQuery({ queryKey: ['equipment_specs', 'history', device.id], queryFn: () => historyOf([{ route: '/api/equipment/{id}/history', id: device.id }]) });
  const parts = useInfiniteQuery({
    queryKey: ['equipment_specs', 'history of parts', device.id], initialPageParam: 0,
    queryFn: ({ pageParam }) => historyOf(partsOf(device).slice(pageParam, pageParam + partsAtATime)),
    getNextPageParam: (_, __, from: number) => (from + partsAtATime < partsOf(device).length ? from + partsAtATime : undefined),
  });
  const items = [...(data ?? []), ...(parts.data?.pages.flat() ?? [])].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const deeds = [...groupsOf(items, (item) => item.event)];
  const left = partsOf(device).length - partsAtATime * (parts.data?.pages.length ?? 1);
  return (
    <Modal opened onClose={onClose} size="xl" title={`History of ${deviceName(device)}`} closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      {error && <p>The history can’t be read: {error.message}</p>}
      {!data && !error && <p className="dim" role="status">Reading the history</p>}
      {deeds.map(([event, items]) => <Deed key={event} items={items} device={device} />)}
      {data && parts.isPending && <p className="dim small">Reading what happened to its cards and ports</p>}
      {left > 0 && !parts.isPending && (
        <div className="dim small">Changes of {left} more cards and ports were not asked for yet. <Button variant="subtle" loading={parts.isFetchingNextPage} onClick={() => void parts.fetchNextPage()}>Look at the next {Math.min(left, partsAtATime)}</Button></div>
      )}
      <Button variant="default" mt="md" onClick={onClose}>Close</Button>
    </Modal>
  );
}

function Deed({ items, device }: { items: readonly Item[]; device: Row }) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const first = items[0]!;
  const own = items.find((item) => item.record_id === device.id);
  const revert = useMutation({
    networkMode: 'always',
    mutationFn: async () => taken(await api.POST('/api/equipment/{id}/revert', { params: { path: { id: device.id }, header: { ...as(identity), 'Idempotency-Key': newId() } }, body: { event: first.event } })),
    onSuccess: () => session.notify('The device is what it was then, with its ports.'),
    onError: (error) => session.notify(`Not changed: ${error.message}`, 'bad'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['equipment_specs'] }),
  });
  const what = own ? 'the device' : items.length === 1 ? nameOf(device, first) : `${items.length} ports and cards`;
  return (
    <article className="panel" data-event={first.event}>
      <div style={{ display: 'flex', gap: 12, alignItems: 'center' }}>
        <div className="grow">
          <div><strong>{first.by.user ?? 'Somebody'}</strong> {did[first.op] ?? 'changed'} {what}</div>
          <div className="dim small" title={exact(first.at)}>{[ago(first.at), first.by.device, first.node.name && `on ${first.node.name}`].filter(Boolean).join(' · ')}</div>
        </div>
        {own && own.op !== 'delete' && <Button variant="subtle" disabled={link !== 'live' || revert.isPending} onClick={() => revert.mutate()}>Make it this again</Button>}
      </div>
      {items.filter((item) => item.op === 'update' || item.op === 'resolve').slice(0, itemsShown).map((item) => (
        <div key={`${item.record_id} ${item.op}`} className="small">
          {item.record_id !== device.id && <span>{nameOf(device, item)} </span>}
          {item.changes.filter(({ column }) => column !== 'sort_order').map(({ column, from, to }) => <div key={column}><span className="dim">{columnWords(column)}</span> <s className="dim">{valueWords(from)}</s> {valueWords(to)}</div>)}
        </div>
      ))}
    </article>
  );
}

const nameOf = (device: Row, item: Item): string => partName([device], item.record_id) || `${tableWords(item.table).toLowerCase()} ${item.label ?? ''}`.trim();
