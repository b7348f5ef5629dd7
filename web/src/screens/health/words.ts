// What each check of a node's health means, and what to do. Pure.
import type { Schemas } from '../../api/client.ts';
import { ago, plural } from '../../parts/time.ts';

export type Health = Schemas['Health'];
export type Check = keyof Health['checks'];
export type Tone = Health['checks'][Check]['status'];

export interface Finding {
  check: Check;
  title: string;
  tone: Tone;
  words: string; // how it is
  remedy: string; // what to do; '': nothing
}

export const toneWords: Record<Tone, string> = { ok: 'Good', unknown: 'Not known', degraded: 'Look at it', failing: 'Act now' };

export function bytesWords(bytes: number | null): string {
  if (bytes === null) return 'not known';
  const gib = bytes / 2 ** 30;
  return gib >= 1 ? `${gib < 10 ? gib.toFixed(1) : Math.round(gib).toLocaleString('en')} GB` : `${Math.round(bytes / 2 ** 20)} MB`;
}

export function clockWords(offsetMs: number | null): string {
  if (offsetMs === null) return 'Not compared with another node yet.';
  const seconds = Math.abs(offsetMs) / 1_000;
  if (seconds < 0.5) return 'As on the other node.';
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s ${offsetMs > 0 ? 'behind' : 'ahead of'} the other node.`;
}

// In the order of how much they matter; what needs somebody comes first.
export function findings({ checks }: Health): Finding[] {
  const { database, disk, clock, last_sync, queue, conflicts, backup, nodes, notices } = checks;
  const all: Finding[] = [
    {
      check: 'database', title: 'Data', tone: database.status, words: database.status === 'ok' ? 'Written and read without a fault.' : String(database.detail),
      remedy: database.status === 'ok' ? '' : 'Stop planning on this node. Ask the operator to run genlock verify; other nodes have what was exchanged.',
    },
    {
      check: 'disk', title: 'Disk', tone: disk.status, words: disk.free_bytes === null ? 'The free room is not known.' : `${bytesWords(disk.free_bytes)} free.`,
      remedy: disk.status === 'failing' ? 'Make room now: without it, edits are not taken.' : disk.status === 'degraded' ? 'Make room before the show: less than 1 GB is left.' : '',
    },
    {
      check: 'clock', title: 'Clock', tone: clock.status, words: clockWords(clock.offset_ms),
      remedy: clock.status === 'ok' || clock.status === 'unknown' ? '' : 'Set the clock of this machine, or of the other. Nothing is lost, but the times beside edits mislead.',
    },
    {
      check: 'last_sync', title: 'Exchange', tone: last_sync.status, words: last_sync.at ? `The last one was ${ago(last_sync.at)}.` : 'There was none since the node was started.',
      remedy: last_sync.status === 'degraded' || last_sync.status === 'failing' ? 'See Sync for the reason that the other node gives.' : '',
    },
    { check: 'queue', title: 'To be sent', tone: queue.status, words: queue.events ? `${plural(queue.events, 'edit')} that no other node has yet.` : 'Nothing.', remedy: '' },
    {
      check: 'conflicts', title: 'Conflicts', tone: conflicts.status, words: conflicts.pending ? `${plural(conflicts.pending, 'conflict')} to decide; both versions are kept until then.` : 'None.',
      remedy: conflicts.pending ? 'No fault: somebody who knows the show decides in Conflicts.' : '',
    },
    {
      check: 'backup', title: 'Backup', tone: backup.status, words: backup.at ? `The last one was made ${ago(backup.at)}.` : 'None is known.',
      remedy: backup.status === 'ok' ? '' : 'Make one before the show, and keep it on another disk.',
    },
    {
      check: 'nodes', title: 'Other nodes', tone: nodes.status, words: nodes.silent.length ? `${plural(nodes.silent.length, 'node')} not heard for long; all history is kept for them until then.` : 'None is missed.',
      remedy: nodes.silent.join('. '),
    },
    {
      check: 'notices', title: 'History of the data', tone: notices.status, words: notices.open.length ? `${plural(notices.open.length, 'thing')} to know of, below.` : 'Nothing happened to it.',
      remedy: notices.open.length ? 'Read it, and confirm that you know.' : '',
    },
  ];
  const weight: Record<Tone, number> = { failing: 0, degraded: 1, unknown: 2, ok: 2 };
  return all.map((one, i) => ({ one, i })).sort((a, b) => weight[a.one.tone] - weight[b.one.tone] || a.i - b.i).map(({ one }) => one);
}
