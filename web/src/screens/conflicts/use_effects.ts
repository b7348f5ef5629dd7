// What conflicts mean for the signal paths of their show. What they touch is there at once; what each version
// makes of it is worked out conflict by conflict, between frames.
import { useEffect, useMemo, useState } from 'react';
import type { Conflict } from '../../api/client.ts';
import { effectOf, touchedBy, type Effect } from '../../flow/effect.ts';
import { flowOf } from '../../flow/paths.ts';
import { jointsOf } from '../../flow/trace.ts';
import type { ShowView } from '../../sync/open_show.ts';

const mostEffects = 200; // beyond that nobody reads them one by one

export function useEffects(show: ShowView | null, conflicts: readonly Conflict[]): readonly (Effect | null)[] {
  const tables = show && show.state !== 'loading' && show.state !== 'gone' ? show.tables : null;
  const [sources, sends, connections] = [tables?.sources, tables?.sends, tables?.connections];
  const [whole, setWhole] = useState<ReadonlyMap<string, Effect | null>>(new Map());
  const touched = useMemo(() => {
    if (!sources || !sends || !connections) return conflicts.map(() => null);
    const flow = flowOf({ sources, sends, connections });
    const joints = jointsOf(flow);
    return conflicts.map((conflict) => touchedBy(flow, joints, { sources, sends, connections }, conflict));
  }, [sources, sends, connections, conflicts]);
  useEffect(() => {
    if (!sources || !sends || !connections) return;
    const found = new Map<string, Effect | null>();
    const waiting = conflicts.slice(0, mostEffects);
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      const conflict = waiting.shift();
      if (conflict) found.set(conflict.id, effectOf({ sources, sends, connections }, conflict));
      if (!waiting.length || found.size === 1) setWhole(new Map(found));
      if (waiting.length) timer = setTimeout(next);
    };
    timer = setTimeout(next);
    return () => clearTimeout(timer);
  }, [sources, sends, connections, conflicts]);
  return useMemo(() => touched.map((effect, i) => effect && { ...effect, sides: whole.get(conflicts[i]!.id)?.sides ?? [] }), [touched, whole, conflicts]);
}
