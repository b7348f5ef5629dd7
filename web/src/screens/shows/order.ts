// In which order shows stand, how far each has come, and who is in it. Pure.
import type { Production, SyncStatus } from '../../api/client.ts';
import { plural } from '../../parts/time.ts';

type Compare = (a: Production, b: Production) => number;

const byName: Compare = (a, b) => a.show_name.localeCompare(b.show_name, 'en', { numeric: true });
const latest = (key: 'load_in' | 'updated_at'): Compare => (a, b) => (b[key] ?? '').localeCompare(a[key] ?? '') || byName(a, b);

export const comparing = (sort: string | undefined): Compare => (sort === 'name' ? byName : latest(sort === 'changed' ? 'updated_at' : 'load_in'));

export const inCloud = 'the same in the cloud';

const namedPeople = 2;

// "Ben and Cleo are in it"
export function whoWords(names: readonly string[]): string {
  const more = names.length - namedPeople;
  if (more > 0) return `${names.slice(0, namedPeople).join(', ')} and ${more} more are in it`;
  return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} in it`;
}

// Null: this is the cloud, or none is known.
export function placeWords(status: SyncStatus | null, showId: string): string | null {
  if (!status || status.node.role === 'cloud' || !status.peers.length) return null;
  const stream = status.streams.find((one) => one.id === showId);
  if (!stream) return null;
  const [mine, theirs] = [stream.to_send.events, stream.to_receive.events];
  if (mine) return `${plural(mine, 'edit')} not in the cloud yet`;
  if (theirs) return `${plural(theirs, 'edit')} of the cloud to come`;
  return stream.last_synced_at ? inCloud : 'on this box';
}
