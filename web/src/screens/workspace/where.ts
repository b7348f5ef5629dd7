// How far a row has come: on the box, or in the cloud. What waits on this device is told by the outbox.
import type { SyncStatus } from '../../api/client.ts';
import type { Where } from '../../parts/grid/state.tsx';
import type { Row } from '../../sync/model.ts';

// Until when everything of a show is in the cloud, as the node says: 'all' on a cloud node, a time, '' if
// something is to be sent; null where no cloud is known.
export function cloudUntil(status: SyncStatus | null, showId: string): string | null {
  if (!status) return '';
  if (status.node.role === 'cloud') return 'all';
  if (!status.peers.length) return null;
  const last = status.peers.flatMap((peer) => (peer.node.role === 'cloud' && peer.last_success_at ? [peer.last_success_at] : [])).sort().at(-1);
  const stream = status.streams.find((one) => one.id === showId);
  return last && stream && stream.to_send.events === 0 ? last : '';
}

// A row says itself when the cloud has had it, as of when it was read; the node's status tells the rest.
export function whereOf(row: Row, until: string | null): Where | null {
  if (until === 'all' || row.synced_at) return 'cloud';
  if (until === null || !row.created_at) return null;
  return until !== '' && String(row.updated_at) <= until ? 'cloud' : 'box';
}
