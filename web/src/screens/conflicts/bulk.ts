// One choice for many conflicts: what it takes of each, in words and for the node. Pure.
import type { Conflict } from '../../api/client.ts';

export type BulkChoice = 'cloud_wins' | 'local_wins' | 'latest';
export const choiceWords: Record<BulkChoice, string> = { cloud_wins: 'the office’s', local_wins: 'the venue’s', latest: 'the latest' };
export const bulkChoices: readonly BulkChoice[] = ['cloud_wins', 'local_wins', 'latest'];

type Side = Conflict['sides'][number];

export interface Plan {
  conflict: Conflict;
  side: Side | null; // null: there is no such version, and nothing is sent
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

// Of two within one millisecond the one that shows: the node ranked it higher.
const latest = ({ sides, shown }: Conflict): Side | null =>
  sides.reduce<Side | null>((best, side) => (!best || side.at > best.at || (side.at === best.at && side.key === shown) ? side : best), null);

export function planOf(conflict: Conflict, choice: BulkChoice): Plan {
  if (choice === 'latest') return { conflict, side: latest(conflict) };
  const [data, at] = choice === 'cloud_wins' ? [conflict.cloud_data, conflict.cloud_updated_at] : [conflict.local_data, conflict.local_updated_at];
  if (data === null) return { conflict, side: null };
  return { conflict, side: conflict.sides.find((side) => same(side.value, data) && side.at === at) ?? conflict.sides.find((side) => same(side.value, data)) ?? null };
}

// The columns that a choice changes of what is shown now, as [column, now, then].
export function changesOf(conflict: Conflict, side: Side): [string, unknown, unknown][] {
  const shown = conflict.sides.find((one) => one.key === conflict.shown)?.value ?? conflict.base ?? {};
  return Object.entries(side.value ?? {}).filter(([column, value]) => !same(shown[column], value)).map(([column, value]) => [column, shown[column], value]);
}

// Columns in which the sides of a conflict are not the same.
export const differing = (conflict: Pick<Conflict, 'sides'>): string[] =>
  [...new Set(conflict.sides.flatMap((side) => Object.keys(side.value ?? {})))]
    .filter((column) => new Set(conflict.sides.map((side) => JSON.stringify(side.value?.[column] ?? null))).size > 1);

// A value of the whole group: of each differing column the side that was picked for it. Null: one is still open.
export function merged(conflict: Pick<Conflict, 'sides'>, picked: Readonly<Record<string, string>>): Record<string, unknown> | null {
  const value: Record<string, unknown> = { ...conflict.sides[0]?.value };
  for (const column of differing(conflict)) {
    const side = conflict.sides.find((one) => one.key === picked[column]);
    if (!side) return null;
    value[column] = side.value?.[column] ?? null;
  }
  return value;
}
