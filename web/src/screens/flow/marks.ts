// What a node of the picture says beside its name. Pure.
import type { Flow, FlowNode } from '../../flow/paths.ts';
import { formatWords } from '../../flow/paths.ts';
import type { Warning } from '../../flow/warnings.ts';
import type { ShowView } from '../../sync/open_show.ts';
import { plural } from '../../parts/time.ts';

export interface Marks {
  pending: boolean;
  conflicts: number;
  warnings: number;
}

export const detailOf = (node: FlowNode): string =>
  (node.kind === 'device' ? node.model ?? node.type : [formatWords(node.row), node.type].filter(Boolean).join(' · '));

// Of a node and of the connections that end at it.
export function marksOf(flow: Flow, tables: ShowView['tables'], warnings: readonly Warning[]): Map<string, Marks> {
  const counts = new Map<string, number>();
  for (const warning of warnings) for (const key of new Set(warning.nodes)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return new Map([...flow.nodes.values()].map((node) => {
    const table = node.kind === 'source' ? tables.sources : tables.sends;
    const ending = (flow.byNode.get(node.key) ?? []).filter((path) => path.stops.at(-1)?.node === node.key);
    return [node.key, {
      pending: (node.row !== null && table.pending.has(node.row.id)) || ending.some((path) => tables.connections.pending.has(path.id)),
      conflicts: (node.row?._meta.conflicts ?? 0) + ending.reduce((sum, path) => sum + path.row._meta.conflicts, 0),
      warnings: counts.get(node.key) ?? 0,
    }];
  }));
}

export const markWords = ({ pending, conflicts, warnings }: Marks): string =>
  [pending && 'waiting on this device', conflicts && `${conflicts} to decide`, warnings && plural(warnings, 'warning')].filter(Boolean).join(', ');
