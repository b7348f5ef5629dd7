// What the walk before a show ended with, to keep and to print: what was taken along, proven by digest, when, by
// whom and on which node. The latest of the same shows stays in this browser, so that it is there without the cloud.
import { exact } from '../../parts/time.ts';
import type { Identity } from '../../sync/model.ts';
import { verdict, type Facts, type Finding } from './verify.ts';

export interface Proof {
  id: string;
  name: string;
  events: number;
  digest: string; // 32 hex digits, the same on both nodes
}

export interface Certificate {
  at: string; // when it was compared, in the time of the node
  by: Identity;
  node: { name: string; id: string; version: string; url: string };
  peer: string; // that it was compared with
  proofs: Proof[]; // the shows, then the library
  checks: { title: string; words: string }[]; // the rest of what was looked at
}

// Null: not all is well, or nobody has said who they are.
export function certificateOf(facts: Facts, found: readonly Finding[], by: Identity | null, origin: string): Certificate | null {
  const { shows, node } = facts;
  const backup = facts.backups?.find((one) => one.status !== 'damaged');
  const first = shows[0]?.compared;
  if (!by || !node || !first || verdict(found, shows.length).tone !== 'good') return null;
  const streams = shows.flatMap(({ id, name, compared }) => (compared?.streams ?? []).filter((one) => one.kind === 'production').map((one) => ({ ...one, id, name })));
  const equipment = first.streams.filter((one) => one.kind === 'library').map((one) => ({ ...one, name: 'Equipment library' }));
  const compared = new Set([...shows.map(({ id }) => id), 'library']);
  return {
    by, at: shows.map((show) => show.compared!.at).sort()[0]!, peer: first.peer.name ?? 'the cloud',
    node: { name: node.name, id: node.id, version: node.version, url: node.url ?? origin },
    proofs: [...streams, ...equipment].map(({ id, name, events, digest }) => ({ id, name, events, digest })),
    // On paper nothing is "just now".
    checks: found.filter((one) => !compared.has(one.key)).map(({ key, title, words }) => ({ title, words: key === 'backup' && backup ? `Made ${exact(backup.created_at)}: everything that was here.` : words })),
  };
}

export const mostKept = 20;
const key = 'genlock-certificates';

interface Kept {
  shows: string; // ids, with commas between them
  certificate: Certificate;
}

function all(storage: Storage): Kept[] {
  try {
    const kept = JSON.parse(storage.getItem(key) ?? '[]') as unknown;
    return Array.isArray(kept) ? kept.filter((one): one is Kept => typeof one?.shows === 'string' && Array.isArray(one.certificate?.proofs)) : [];
  } catch {
    return [];
  }
}

export const keptCertificate = (storage: Storage, shows: string): Certificate | null => all(storage).find((one) => one.shows === shows)?.certificate ?? null;

// False: the browser keeps nothing.
export function keepCertificate(storage: Storage, shows: string, certificate: Certificate): boolean {
  try {
    storage.setItem(key, JSON.stringify([{ shows, certificate }, ...all(storage).filter((one) => one.shows !== shows)].slice(0, mostKept)));
    return true;
  } catch {
    return false;
  }
}
