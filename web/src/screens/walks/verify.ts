// Is this node ready to be alone? Each thing that must be so, in words, and one verdict. Pure.
import type { Schemas, SyncStatus } from '../../api/client.ts';
import { ago, clock, plural } from '../../parts/time.ts';
import { bytesWords, clockWords, type Health, type Tone } from '../health/words.ts';

export interface Chosen {
  id: string;
  name: string;
  compared: Schemas['Comparison'] | null; // null: not asked yet, or nobody answered
  refused: string | null; // why not
}

export interface Facts {
  shows: readonly Chosen[];
  status: SyncStatus | null;
  health: Health | null;
  backups: readonly Schemas['Backup'][] | null;
  node: Schemas['NodeInfo'] | null;
}

export interface Finding {
  key: string;
  title: string;
  tone: Tone | 'looking';
  words: string;
  remedy: string; // '': nothing to do
  mend: 'sync' | 'backup' | null; // what a button can do about it
  needed: boolean; // the cable stays in until it is well
}

export interface Verdict {
  tone: 'looking' | 'good' | 'out' | 'bad';
  words: string;
  more: string;
}

const eventsOf = (vector: Record<string, number>): number => Object.values(vector).reduce((sum, count) => sum + count, 0);

function comparison(key: string, title: string, show: Chosen, of: 'production' | 'library', lastAt: string | null): Finding {
  const found = { key, title, remedy: '', mend: null, needed: true } as const;
  const stream = show.compared?.streams.find((one) => one.kind === of);
  if (!stream) {
    if (!show.refused) return { ...found, tone: 'looking', words: 'Being compared ..' };
    return { ...found, tone: 'unknown',
      words: lastAt ? `The cloud can't be asked now. It was last the same there ${ago(lastAt)}, at ${clock(lastAt)}.` : "The cloud can't be asked now, and it was not compared since this node was started.",
      remedy: 'It is asked again as soon as it is back.' };
  }
  const peer = show.compared!.peer.name ?? 'the other node';
  if (stream.same === true) return { ...found, tone: 'ok', words: `The same as on ${peer}: ${plural(stream.events, 'edit')}, digest ${stream.digest.slice(0, 8)}.` };
  if (stream.same === null) return { ...found, tone: 'degraded', words: show.compared!.subscribed ? `${peer} reads it by other rules.` : 'It is not downloaded.', remedy: show.compared!.subscribed ? 'Bring both nodes to the same version.' : 'Choose it above, and download it.' };
  const { to_send: { events: out }, to_receive: { events: into } } = stream;
  if (out + into === 0) return { ...found, tone: 'failing', words: `The same edits as on ${peer}, and other rows.`, remedy: 'Ask the operator to run genlock verify on both nodes.' };
  return { ...found, tone: 'degraded', mend: 'sync', words: [into && `${plural(into, 'edit')} not here yet`, out && `${plural(out, 'edit')} not sent yet`].filter(Boolean).join(', ') + '.', remedy: 'Sync now, or wait a moment.' };
}

function backup({ backups, status }: Facts): Finding {
  const found = { key: 'backup', title: 'Backup', needed: true } as const;
  if (!backups || !status) return { ...found, tone: 'looking', words: 'Being looked at ..', remedy: '', mend: null };
  const newest = backups.find((one) => one.status !== 'damaged');
  const remedy = 'Take one now: it is what brings everything back if this box fails.';
  if (!newest) return { ...found, tone: 'degraded', words: 'There is none that would restore.', remedy, mend: 'backup' };
  const lacks = status.streams.reduce((sum, stream) => sum + eventsOf(stream.vector), 0) - newest.events;
  if (lacks > 0) return { ...found, tone: 'degraded', words: `The last one, made ${ago(newest.created_at)}, lacks ${plural(lacks, 'edit')}.`, remedy, mend: 'backup' };
  return { ...found, tone: 'ok', words: `Made ${ago(newest.created_at)}: everything that is here.`, remedy: '', mend: null };
}

function health({ health }: Facts): Finding[] {
  const part = (key: string, title: string, tone: Finding['tone'], words: string, remedy = ''): Finding => ({ key, title, tone, words, remedy, mend: null, needed: true });
  if (!health) return [part('disk', 'Disk', 'looking', 'Being looked at ..'), part('clock', 'Clock', 'looking', 'Being looked at ..')];
  const { disk, clock: time, database } = health.checks;
  const found = [
    part('disk', 'Disk', disk.status === 'unknown' ? 'ok' : disk.status, disk.free_bytes === null ? 'The free room is not known.' : `${bytesWords(disk.free_bytes)} free.`, disk.status === 'ok' || disk.status === 'unknown' ? '' : 'Make room: a day of a show needs 1 GB.'),
    part('clock', 'Clock', time.status === 'unknown' ? 'ok' : time.status, clockWords(time.offset_ms), time.status === 'degraded' ? 'Set the clock of this machine: the times beside edits would mislead.' : ''),
  ];
  if (database.status !== 'ok') found.unshift(part('database', 'Data', database.status, database.detail, 'Ask the operator to run genlock verify.'));
  return found;
}

function address({ node }: Facts): Finding {
  const found = { key: 'address', title: 'Addresses', mend: null, needed: false } as const;
  if (!node) return { ...found, tone: 'looking', words: 'Being looked at ..', remedy: '' };
  const others = node.addresses.filter((one) => !one.loopback);
  if (others.length) return { ...found, tone: 'ok', words: `The crew opens ${others[0]!.url}; the code is below.`, remedy: '' };
  return { ...found, tone: 'degraded', words: 'Only this machine can open the app.', remedy: 'For tablets, start the node with --listen 0.0.0.0:3001.' };
}

export function findings(facts: Facts): Finding[] {
  const lastOf = (id: string): string | null => facts.status?.streams.find((one) => one.id === id)?.last_synced_at ?? null;
  const shows = facts.shows.map((show) => comparison(show.id, show.name, show, 'production', lastOf(show.id)));
  const first = facts.shows[0];
  const library = facts.status?.streams.find((one) => one.kind === 'library');
  const libraryAt = library ? library.last_synced_at : first ? lastOf(first.id) : null; // an empty one has no times
  return [...shows, ...(first ? [comparison('library', 'Equipment library', first, 'library', libraryAt)] : []), backup(facts), ...health(facts), address(facts)];
}

// What is out of reach now, and was the same before, is no fault: the cable is out already.
export function verdict(found: readonly Finding[], names: number): Verdict {
  const needed = found.filter((one) => one.needed);
  const wrong = needed.filter((one) => one.tone === 'degraded' || one.tone === 'failing');
  if (wrong.length) return { tone: 'bad', words: `Not yet: ${wrong.length === 1 ? 'one thing is' : `${wrong.length} things are`} missing`, more: wrong.map((one) => one.title).join(', ') };
  if (needed.some((one) => one.tone === 'looking')) return { tone: 'looking', words: 'Looking at it ..', more: '' };
  const away = needed.filter((one) => one.tone === 'unknown');
  if (!away.length) return { tone: 'good', words: 'You can pull the cable', more: `${names === 1 ? 'The show' : 'Each show'} and the library are whole here. Everything works without the internet; what is planned at the venue is sent when the cable is back.` };
  if (away.every((one) => one.words.includes('last the same'))) return { tone: 'out', words: 'The cable is out', more: 'The cloud is out of reach. What was downloaded is whole here, as it was there when both last met: go on working.' };
  return { tone: 'bad', words: 'Nobody can say now', more: 'The cloud is out of reach, and was not since this node was started. Connect it once more to be sure.' };
}
