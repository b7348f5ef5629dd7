// What looks wrong with the rows of a sheet, as the signal flow finds it. It is looked for when nobody has changed
// anything for a moment, so that typing does not wait for it.
import { useEffect, useState } from 'react';
import { flowOf, type FlowTables } from '../../flow/paths.ts';
import { jointsOf } from '../../flow/trace.ts';
import { warningsOf, type WarningKind } from '../../flow/warnings.ts';
import type { Sheet } from './sheets.ts';

const quietMs = 500;
const nothing: ReadonlyMap<string, string> = new Map();
// While a show is planned, most sources go nowhere yet: that is for the signal flow to say.
const told: ReadonlySet<WarningKind> = new Set(['gone', 'open', 'twice', 'format', 'range', 'loop']);

export function looksOf(tables: FlowTables, sheet: Sheet): ReadonlyMap<string, string> {
  const flow = flowOf(tables);
  const prefix = { sources: 'source:', sends: 'send:', connections: 'connection:' }[sheet];
  const words = new Map<string, string[]>();
  for (const one of warningsOf(flow, jointsOf(flow), () => null)) {
    if (!told.has(one.kind)) continue;
    const at = new Set([one.at, ...one.nodes, ...(one.paths ?? []).map((id) => `connection:${id}`)].filter((key) => key.startsWith(prefix)));
    for (const key of at) words.set(key.slice(prefix.length), [...(words.get(key.slice(prefix.length)) ?? []), one.words]);
  }
  return new Map([...words].map(([id, list]) => [id, list.join('\n')]));
}

export function useLooks({ sources, sends, connections }: FlowTables, sheet: Sheet): ReadonlyMap<string, string> {
  const [looks, setLooks] = useState(nothing);
  useEffect(() => {
    const timer = setTimeout(() => setLooks(looksOf({ sources, sends, connections }, sheet)), quietMs);
    return () => clearTimeout(timer);
  }, [sources, sends, connections, sheet]);
  return looks;
}
