// The outputs of a source: as text in the sheet, and as a list in its dialog. Pure.
import type { Source } from '../../api/client.ts';
import { newId } from '../../sync/ids.ts';
import { bare, type Child } from '../../sync/lists.ts';
import type { Row } from '../../sync/model.ts';

export type Output = Source['outputs'][number];

export const outputsOf = (row: Row | null | undefined): Output[] =>
  [...((row?.outputs ?? []) as Output[])].sort((a, b) => (a.output_index ?? 0) - (b.output_index ?? 0));

export const outputTitle = (one: Output | Child): string =>
  `${one.connector ?? '?'} ${one.output_index ?? ''}`.trim();

// "SDI ×4, HDMI"
export function summary(connectors: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const one of connectors) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].map(([one, count]) => (count > 1 ? `${one} ×${count}` : one)).join(', ');
}

export const mostOutputs = 64;

// "SDI x4, HDMI" as connectors; null: that is none.
export function connectorsOf(text: string): string[] | null {
  const parts = text.split(/[,;+]/).map((part) => part.trim()).filter(Boolean);
  const all: string[] = [];
  for (const part of parts) {
    const found = /^(?:(\d+)\s*[x×*]\s*)?(.*?)(?:\s*[x×*]\s*(\d+))?$/iu.exec(part);
    const count = Number(found?.[1] ?? found?.[3] ?? 1);
    const connector = found?.[2]?.trim() ?? '';
    if (!connector || count < 1 || all.length + count > mostOutputs) return null;
    for (let i = 0; i < count; ++i) all.push(connector);
  }
  return all;
}

const freeIndex = (list: readonly Child[]): number => Math.max(0, ...list.map((one) => Number(one.output_index) || 0)) + 1;

export const withOutput = (list: readonly Child[], connector: string): Child[] =>
  [...list, { id: newId(), connector, output_index: freeIndex(list) }];

// The list with these connectors: outputs that are there stay what they are, in their order; the rest
// goes, and what is missing comes behind.
export function outputsFor(row: Row | null, connectors: readonly string[]): Child[] {
  const free = outputsOf(row);
  const kept = connectors.flatMap((connector) => {
    const at = free.findIndex((one) => (one.connector ?? '?') === connector);
    return at < 0 ? [] : free.splice(at, 1);
  });
  const missing = [...connectors];
  for (const one of kept) missing.splice(missing.indexOf(one.connector ?? '?'), 1);
  return missing.reduce<Child[]>(withOutput, bare(kept as unknown as Child[]));
}

// Connections that use an output.
export const usersOf = (connections: readonly Row[], output: string): Row[] =>
  connections.filter((row) => row.source_output_id === output);
