// Lists of child rows inside a row (ports of a device, cards with their ports), as a person edits
// them: the whole list as it shall be. The node takes whole lists, too, and here is what keeps that
// from going over what others did: only what the author changed is sent, and a list is moved onto a
// newer one child by child. Pure; a child is known by its id, and lists nest.
import type { Values } from './model.ts';

export interface Child extends Values {
  id: string;
}

export const isList = (value: unknown): value is Child[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && typeof (one as Child).id === 'string');

// Columns of a child that nobody writes.
const derived = new Set(['version', 'created_at', 'updated_at', 'synced_at', 'last_modified_by',
  'is_deleted', '_meta', 'equipment_id', 'card_id', 'source_id']);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const byId = (list: unknown): Map<string, Child> => new Map((isList(list) ? list : []).map((one) => [one.id, one]));
const columnsOf = (child: Child): string[] => Object.keys(child).filter((column) => column !== 'id' && !derived.has(column));

// Children with what people write, and nothing else.
export const bare = (list: readonly Child[]): Child[] => list.map((child) => ({
  id: child.id,
  ...Object.fromEntries(columnsOf(child).map((column) => [column, isList(child[column]) ? bare(child[column]) : child[column]])),
}));

// What the node is sent to make `after` of `before`: children that stay are named by their id alone,
// changed ones with the columns that changed, new ones whole.
export function difference(before: unknown, after: readonly Child[]): Child[] {
  const was = byId(before);
  return after.map((child) => {
    const old = was.get(child.id);
    const sent: Child = { id: child.id };
    for (const column of columnsOf(child)) {
      const value = child[column];
      if (isList(value) && (value.length || isList(old?.[column]))) {
        if (!old || !same(old[column], value)) sent[column] = difference(old?.[column], value);
      } else if (old ? !same(old[column], value) : value !== null && value !== undefined) {
        sent[column] = value;
      }
    }
    return sent;
  });
}

// The same edit on `now`: what its author took out is gone, changed and added; all else is as it is now.
export function onto(before: unknown, after: readonly Child[], now: unknown): Child[] {
  const was = byId(before);
  const wanted = byId(after);
  const here = byId(now);
  const kept = [...here.values()].filter((child) => wanted.has(child.id) || !was.has(child.id)).map((child) => {
    const [old, next] = [was.get(child.id), wanted.get(child.id)];
    if (!next) return child;
    const changed = columnsOf(next).filter((column) => !same(old?.[column], next[column]));
    if (!changed.length) return child;
    return { ...child, ...Object.fromEntries(changed.map((column) => {
      const value = next[column];
      return [column, isList(value) && isList(child[column]) ? onto(old?.[column], value, child[column]) : value];
    })) };
  });
  const added = after.filter((child) => !here.has(child.id) && !(was.has(child.id) && same(was.get(child.id), child)));
  return [...kept, ...added];
}

// Is all that the edit goes over still what its author saw? What others did beside it does not count.
export function untouched(before: unknown, after: readonly Child[], now: unknown): boolean {
  const wanted = byId(after);
  const here = byId(now);
  return [...byId(before).values()].every((old) => {
    const next = wanted.get(old.id);
    const present = here.get(old.id);
    if (!next) return !present || columnsOf(old).every((column) => stays(old[column], present[column]));
    const changed = columnsOf(next).filter((column) => !same(old[column], next[column]));
    if (!changed.length) return true;
    return present !== undefined && changed.every((column) => {
      const value = next[column];
      return isList(value) && isList(old[column]) ? untouched(old[column], value, present[column]) : stays(old[column], present[column]);
    });
  });
}

// Of a list, the children that were seen; what the node filled in by itself is not a change.
export function stays(seen: unknown, now: unknown): boolean {
  if (!isList(seen) || !isList(now)) return seen === undefined || same(seen, now);
  const here = byId(now);
  return here.size === seen.length && seen.every((old) => {
    const present = here.get(old.id);
    return present !== undefined && columnsOf(old).every((column) => stays(old[column], present[column]));
  });
}
