// What the versions of a conflict mean for the picture: which sends are touched, and what feeds them under
// each. Pure.
import type { Conflict } from '../api/client.ts';
import type { Row } from '../sync/model.ts';
import { flowOf, groupsOf, type Flow, type FlowRows, type FlowTables } from './paths.ts';
import { feeders, jointsOf, trace, type Joints } from './trace.ts';
import { mismatched } from './warnings.ts';

export interface Effect {
  sends: string[]; // touched under one version or another: keys, in the order of the show
  names: string[]; // of these
  sides: { key: string; lines: string[] }[]; // what is so under this version and not under all
}

const shownSends = 4; // in one line

type Side = Pick<Conflict['sides'][number], 'key' | 'value'>;
export type FlowConflict = Pick<Conflict, 'table_name' | 'record_id' | 'kind'> & { sides: readonly Side[] };

const tableNames = ['sources', 'sends', 'connections'] as const;
type TableName = (typeof tableNames)[number];
const singular: Record<TableName, string> = { sources: 'source', sends: 'send', connections: 'connection' };

// Null: the row is on no signal path (a device of the library, the show itself).
export function effectOf(tables: FlowTables, conflict: FlowConflict): Effect | null {
  const at = rowOf(tables, conflict);
  if (!at) return null;
  const key = `${singular[at.table]}:${at.row.id}`;
  const versions = conflict.sides.map((side) => {
    const own = conflict.table_name === at.table ? side.value : {}; // an output's own columns move no signal
    const flow = flowOf({ ...tables, [at.table]: withValue(tables[at.table], at.row, own) });
    const joints = jointsOf(flow);
    return { side, flow, joints, sends: sendsFrom(flow, key, joints) };
  });
  // What one version reaches, the other may leave in the dark.
  const touched = new Set(versions.flatMap(({ sends }) => sends));
  const order = [...new Set(versions.flatMap(({ flow }) => [...flow.nodes.keys()]))].filter((one) => touched.has(one));
  const nameOf = (send: string) => versions.map(({ flow }) => flow.nodes.get(send)?.name).find(Boolean) ?? 'a send';
  const lines = versions.map(({ flow, joints }) => linesOf(flow, joints, order, nameOf));
  const common = new Set(lines[0]?.filter((line) => lines.every((one) => one.includes(line))));
  return {
    sends: order, names: order.map(nameOf),
    sides: versions.map(({ side }, i) => ({ key: side.key, lines: lines[i]!.filter((line) => !common.has(line)) })),
  };
}

// What a conflict touches as things stand: for many at once. Null: as above.
export function touchedBy(flow: Flow, joints: Joints, tables: FlowTables, conflict: FlowConflict): Effect | null {
  const at = rowOf(tables, conflict);
  if (!at) return null;
  const sends = sendsFrom(flow, `${singular[at.table]}:${at.row.id}`, joints);
  return { sends, names: sends.map((key) => flow.nodes.get(key)!.name), sides: [] };
}

function rowOf(tables: FlowTables, { table_name, record_id }: FlowConflict): { table: TableName; row: Row } | null {
  const table = table_name === 'source_outputs' ? 'sources' : tableNames.find((one) => one === table_name);
  if (!table) return null;
  const row = table_name !== 'source_outputs' ? tables[table].byId.get(record_id)
    : tables.sources.rows.find((one) => Array.isArray(one.outputs) && one.outputs.some((output: { id?: string }) => output?.id === record_id));
  return row ? { table, row } : null;
}

function withValue({ rows, byId }: FlowRows, row: Row, value: Record<string, unknown> | null): FlowRows {
  if (value?.is_deleted === true) return { rows: rows.filter((one) => one.id !== row.id), byId: new Map([...byId].filter(([id]) => id !== row.id)) };
  const next: Row = { ...row, ...value };
  return { rows: rows.map((one) => (one.id === row.id ? next : one)), byId: new Map(byId).set(row.id, next) };
}

function sendsFrom(flow: Flow, key: string, joints: Joints): string[] {
  const lit = trace(flow, key, joints);
  return lit ? [...lit.nodes].filter((node) => node.startsWith('send:')) : [];
}

const some = (names: readonly string[]): string =>
  `${names.slice(0, shownSends).join(', ')}${names.length > shownSends ? ` and ${names.length - shownSends} more` : ''}`;

function linesOf(flow: Flow, joints: Joints, sends: readonly string[], nameOf: (send: string) => string): string[] {
  const lines: string[] = [];
  const byFeed = groupsOf(sends, (send) => (flow.nodes.has(send) ? feeders(flow, send, joints).map((key) => flow.nodes.get(key)!.name).join(', ') : 'gone'));
  const wrong = [...flow.nodes.values()].filter((node) => node.kind === 'source').flatMap((source) => mismatched(flow, source))
    .map(({ send }) => send.key).filter((key) => sends.includes(key));
  for (const [feed, list] of byFeed) {
    const names = list.map(nameOf);
    // A send that several things reach is told by itself: the rest of a group would hide what differs.
    if (feed === 'gone') lines.push(`${some(names)} ${names.length === 1 ? 'is' : 'are'} not in the show`);
    else if (!feed) lines.push(`Nothing feeds ${some(names)}`);
    else for (const name of names) lines.push(`${name} can show ${some(feed.split(', '))}`);
  }
  const setOtherwise = [...new Set(wrong)].map(nameOf);
  if (setOtherwise.length) lines.push(`${some(setOtherwise)} ${setOtherwise.length === 1 ? 'is' : 'are'} set to another format`);
  return lines;
}

// Conflicts that touch the same sends belong together: groups of indexes, and the names of their sends.
export function grouped(effects: readonly (Effect | null)[]): { members: number[]; names: string[] }[] {
  const groups: { members: number[]; sends: Map<string, string> }[] = [];
  effects.forEach((effect, i) => {
    const sends = new Map((effect?.sends ?? []).map((key, at) => [key, effect!.names[at]!]));
    const mine = groups.filter((group) => [...sends.keys()].some((key) => group.sends.has(key)) || (!sends.size && !group.sends.size));
    const joined = { members: [...mine.flatMap((group) => group.members), i], sends: new Map([...mine.flatMap((group) => [...group.sends]), ...sends]) };
    for (const group of mine) groups.splice(groups.indexOf(group), 1);
    groups.push(joined);
  });
  return groups.map(({ members, sends }) => ({ members: members.sort((a, b) => a - b), names: [...sends.values()] }))
    .sort((a, b) => Number(!a.names.length) - Number(!b.names.length) || a.members[0]! - b.members[0]!);
}
