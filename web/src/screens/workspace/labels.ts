// New labels for rows in the order in which they stand. Pure.
import type { Row } from '../../sync/model.ts';

export interface Relabel {
  row: Row;
  was: string;
  label: string;
}

// "SRC 1", "SRC 2" ...; `start` may have zeros in front: "01" goes on with "02".
export function relabel(rows: readonly Row[], prefix: string, start: string): Relabel[] {
  const first = Number(start);
  return rows.map((row, i) => ({ row, was: String(row.label ?? ''), label: `${prefix}${String(first + i).padStart(start.length, '0')}` }));
}

// Labels that rows outside of `changed` have already.
export function clashes(changed: readonly Relabel[], all: readonly Row[]): string[] {
  const going = new Set(changed.map(({ row }) => row.id));
  const taken = new Set(all.filter((row) => !going.has(row.id)).map((row) => row.label));
  return changed.map(({ label }) => label).filter((label) => taken.has(label));
}

// What most labels begin with, and the least number behind it.
export function labelStart(rows: readonly Row[], fallback: string): { prefix: string; start: string } {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const prefix = /^(\D+)\d+$/.exec(String(row.label ?? ''))?.[1];
    if (prefix) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const prefix = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? fallback;
  const numbers = rows.map((row) => String(row.label ?? '')).filter((label) => label.startsWith(prefix)).map((label) => label.slice(prefix.length)).filter((rest) => /^\d+$/.test(rest));
  const least = numbers.sort((a, b) => Number(a) - Number(b))[0] ?? '1';
  return { prefix, start: least };
}
