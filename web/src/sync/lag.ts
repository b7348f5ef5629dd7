// How far this node and each other were apart over the last minutes: edits that the one has and the other lacks,
// as this page was told; a reload begins anew. Pure.
import type { SyncStatus } from '../api/client.ts';
import { plural } from '../parts/time.ts';

export const windowMs = 10 * 60_000;
export const mostPoints = 600; // of a peer: status comes once a second at most

export interface Point {
  at: number; // Unix ms
  send: number; // edits that wait here for the peer
  receive: number; // edits that the peer is known to have and this node lacks
}

export interface Lag {
  peer: string; // id or address
  name: string;
  points: readonly Point[]; // by time
}

// `lags` with what the status says now. Points older than the window go, but one is left before it, so that the
// line has a beginning.
export function noted(lags: readonly Lag[], status: SyncStatus, now: number): Lag[] {
  return status.peers.map((peer, i) => {
    const id = peer.node.id ?? peer.url ?? String(i);
    const before = (lags.find((one) => one.peer === id)?.points ?? []).filter((point) => point.at <= now);
    const recent = before.filter((point, k) => point.at > now - windowMs || (before[k + 1]?.at ?? now) > now - windowMs);
    const point = { at: now, send: peer.to_send.events, receive: peer.to_receive.events };
    const [last, earlier] = [recent.at(-1), recent.at(-2)];
    // A line that stays level needs its two ends alone.
    const level = last && earlier && same(last, point) && same(earlier, point);
    const kept = level ? recent.slice(0, -1) : recent;
    return { peer: id, name: peer.node.name ?? peer.url ?? 'Another node', points: [...kept, point].slice(-mostPoints) };
  });
}

const same = (a: Point, b: Point): boolean => a.send === b.send && a.receive === b.receive;

export interface Extent {
  begin: number; // Unix ms
  end: number;
  most: number; // edits, at the top of the plot: a round number
}

export function extentOf(lags: readonly Lag[], now: number): Extent {
  const begin = now - windowMs;
  const most = Math.max(0, ...lags.flatMap(({ points }) => points.flatMap(({ send, receive }) => [send, receive])));
  return { begin, end: now, most: roundUp(Math.max(5, most)) };
}

// 5, 10, 20, 50, 100 ..
function roundUp(count: number): number {
  const power = 10 ** Math.floor(Math.log10(count));
  return [1, 2, 5, 10].map((one) => one * power).find((one) => one >= count)!;
}

// As steps: what was said last holds until something else is said. In a box of `width` by `height` px.
export function lineOf(points: readonly Point[], of: 'send' | 'receive', { begin, end, most }: Extent, width: number, height: number): string {
  const x = (at: number) => (((Math.max(begin, at) - begin) / (end - begin)) * width).toFixed(1);
  const y = (count: number) => (height - (count / most) * height).toFixed(1);
  const steps = points.map((point, i) => (i ? `H${x(point.at)}V${y(point[of])}` : `M${x(point.at)} ${y(point[of])}`));
  return points.length ? `${steps.join('')}H${width}` : '';
}

export interface Minute {
  at: number; // its end
  send: number; // the most in it
  receive: number;
}

// The same for who reads it: the most in each minute, newest first; of what nobody was told there is no line.
export function minutesOf(points: readonly Point[], now: number): Minute[] {
  const minutes: Minute[] = [];
  for (let end = now; end > now - windowMs; end -= 60_000) {
    const before = points.findLast((point) => point.at <= end - 60_000); // holds on
    const during = [...(before ? [before] : []), ...points.filter((point) => point.at > end - 60_000 && point.at <= end)];
    if (!during.length) break;
    minutes.push({ at: end, send: Math.max(...during.map((one) => one.send)), receive: Math.max(...during.map((one) => one.receive)) });
  }
  return minutes;
}

// "Office: nothing waits now; 12 edits at the most."
export function lagWords({ name, points }: Lag): string {
  const now = points.at(-1)!;
  const waiting = [now.send && `${plural(now.send, 'edit')} to send`, now.receive && `${plural(now.receive, 'edit')} to receive`].filter(Boolean).join(', ');
  const most = Math.max(...points.flatMap(({ send, receive }) => [send, receive]));
  return `${name}: ${waiting || 'nothing waits now'}${most > Math.max(now.send, now.receive) ? `; ${plural(most, 'edit')} at the most` : ''}.`;
}
