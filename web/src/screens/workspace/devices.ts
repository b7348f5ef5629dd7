// The devices of a show as rows of a sheet, and what an edit of them is for the node. Pure.
import { changed, deviceOf, portUse, type PortUse } from '../../flow/devices.ts';
import type { Flow } from '../../flow/paths.ts';
import type { PortCount, Warning } from '../../flow/warnings.ts';
import type { RowEdit } from '../../parts/grid/block.ts';
import { plural } from '../../parts/time.ts';
import { text, type Column } from '../../parts/grid/column.ts';
import type { Op, Row, Values } from '../../sync/model.ts';
import { update } from './sheets.ts';

const mostName = 200;
const kinds = ['router', 'switcher', 'processor', 'converter', 'recorder', 'multiviewer'];
const nobody = { etag: '', by: { user: null, user_id: null, device: null }, conflicts: 0 };

export function deviceRows(flow: Flow, warnings: readonly Warning[], portCount: PortCount): Row[] {
  return [...flow.nodes.values()].filter((node) => node.kind === 'device').map((node) => {
    const [inputs, outputs] = [portUse(flow, node, 'in', portCount), portUse(flow, node, 'out', portCount)];
    const words = warnings.filter((one) => one.at === node.key || one.nodes[0] === node.key).map((one) => one.words);
    return {
      id: node.key, version: 0, is_deleted: false, sort_order: null, _meta: nobody, label: null,
      name: node.name, kind: node.type, model: node.model, known: deviceOf(node) !== null,
      inputs: useWords(inputs), outputs: useWords(outputs), connections: flow.byNode.get(node.key)?.length ?? 0,
      look: [short(inputs, 'input'), short(outputs, 'output'), ...words].filter(Boolean).join(' · '),
    };
  });
}

const useWords = ({ used, has }: PortUse): string => (has !== null ? `${used} of ${has}` : used ? String(used) : '');

const short = ({ used, has }: PortUse, what: string): string =>
  (has !== null && used > has ? `Uses ${plural(used, what)}, and the library gives the model ${has}` : '');

const shown = (key: string, title: string, width: number, number?: true): Column => ({
  key, title, width, columns: [key], read: (row) => (row[key] === null || row[key] === undefined ? '' : String(row[key])), ...(number ? { number } : {}),
});

// Of a device that connections don't tell from others of its kind nothing can be said.
const known = (column: Column): Column => ({
  ...column, write: (typed, row) => (row?.known === false ? { bad: `Which ${String(row.kind)} is it? Type its name into Through of the connections` } : column.write!(typed, row)),
});

export const deviceColumns = (models: () => string[]): Column[] => [
  known(text('name', 'Device', 210, { required: true, most: mostName })),
  known(text('kind', 'Kind', 120, { required: true, most: mostName, choices: () => kinds })),
  known(text('model', 'Model', 250, { most: mostName, choices: models })),
  shown('inputs', 'Inputs used', 120, true), shown('outputs', 'Outputs used', 120, true), shown('connections', 'Connections', 120, true),
  shown('look', 'To look at', 420),
];

// One update for each connection that names one of them.
export function deviceOps(flow: Flow, edits: readonly RowEdit[]): Op[] {
  const values = new Map<string, { row: Row; values: Values }>();
  for (const { row, values: { name, kind, model } } of edits) {
    const node = flow.nodes.get(row?.id ?? '');
    const device = node && deviceOf(node);
    if (!device) continue;
    const next = { id: device.id, name: (name ?? device.name) as string, kind: (kind ?? device.kind) as string, model: (model === undefined ? device.model : model) as string | null };
    const before = new Map([...values].map(([id, one]) => [id, one.values]));
    for (const [connection, change] of changed(flow, next, before)) values.set(connection.id, { row: connection, values: { ...before.get(connection.id), ...change } });
  }
  return [...values.values()].map((one) => update('connections', one.row, one.values));
}
