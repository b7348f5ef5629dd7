// Columns, values and sides in words.
import type { Conflict, Person } from '../../api/client.ts';
import { clock } from '../../parts/time.ts';

const special: Record<string, string> = {
  h_res: 'H res', v_res: 'V res', is_deleted: 'Deleted', show_name: 'Show', load_in: 'Load-in', load_out: 'Load-out', source_id: 'Source',
  source_output_id: 'Output', destination_id: 'Destination', destination_type: 'To', intermediate_type: 'Through', intermediate_id: 'Through (device)',
  intermediate_input: 'Through in', intermediate_output: 'Through out', sort_order: 'Place in the list',
  port_type: 'Direction', io_type: 'Connector', port_index: 'Number', slot_number: 'Slot', io_architecture: 'Where the ports are', card_slots: 'Slots',
  format_by_io: 'A format for each port', is_secondary_device: 'As a secondary device',
};

export function columnWords(column: string): string {
  const words = special[column] ?? column.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function valueWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const tables: Record<string, string> = {
  productions: 'Show', sources: 'Source', source_outputs: 'Output', sends: 'Send', connections: 'Connection', equipment_specs: 'Device',
  equipment_io_ports: 'Port', equipment_cards: 'Card', equipment_card_io: 'Port of a card', attachments: 'Attachment',
};
export const tableWords = (table: string): string => tables[table] ?? table;

const groups: Record<string, string> = { video_format: 'video format', io: 'ports of the device',  life: 'whether it stays' };
export const groupWords = (group: string): string => groups[group] ?? columnWords(group).toLowerCase();

// "Ana, FOH tablet, on Truck, 19:42"
export const who = (by: Person, node: { name: string | null } | null, at: string): string =>
  [by.user ?? 'Somebody', by.device, node?.name && `on ${node.name}`, clock(at)].filter(Boolean).join(', ');

export function question(conflict: Conflict): string {
  switch (conflict.kind) {
    case 'life': return 'One deleted it, another went on working on it.';
    case 'unique': return 'Two claim the same slot.';
    case 'lock': return 'Changed elsewhere while the show was locked.';
    case 'field': return `Two values for the ${groupWords(conflict.group)}.`;
  }
}

export const isDeletion = (value: Record<string, unknown> | null): boolean => value?.is_deleted === true;
