// Where somebody has put the nodes of a show by hand: of each person, in this browser, in no row.
import type { Place } from './layout.ts';

export type Places = ReadonlyMap<string, Place>;

export const mostShows = 40; // in a browser; of more, those that were moved longest ago are laid out anew
export const mostNodes = 2_000; // of a show
const prefix = 'genlock-flow ';
const farthest = 1_000_000; // px

const keyOf = (person: string, showId: string): string => `${prefix}${showId} ${person}`;

// What is not places (another app's, an older form) is none.
export function keptPlaces(storage: Storage, person: string, showId: string): Places {
  const { places } = read(storage, keyOf(person, showId));
  const good = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= farthest;
  return new Map(Object.entries(places).flatMap(([key, place]) => (Array.isArray(place) && good(place[0]) && good(place[1]) ? [[key, { x: place[0], y: place[1] }] as const] : [])));
}

// False: the browser keeps nothing (no room, or it is told not to).
export function keepPlaces(storage: Storage, person: string, showId: string, places: Places, nowMs: number = Date.now()): boolean {
  const key = keyOf(person, showId);
  try {
    if (!places.size) return storage.removeItem(key), true;
    const list = [...places].slice(-mostNodes).map(([node, { x, y }]) => [node, [x, y]]);
    storage.setItem(key, JSON.stringify({ at: nowMs, places: Object.fromEntries(list) }));
    const all = Object.keys(storage).filter((one) => one.startsWith(prefix)).sort((a, b) => read(storage, b).at - read(storage, a).at);
    for (const old of all.slice(mostShows)) storage.removeItem(old);
    return true;
  } catch {
    return false;
  }
}

function read(storage: Storage, key: string): { at: number; places: object } {
  try {
    const { at, places } = JSON.parse(storage.getItem(key) ?? '{}') as { at?: unknown; places?: unknown };
    return { at: typeof at === 'number' ? at : 0, places: typeof places === 'object' && places ? places : {} };
  } catch {
    return { at: 0, places: {} };
  }
}
