// One row of each kind that is written by itself: what its operations are called, a body with every
// column in it, and two values of one flagged column for a race.
import type { Json } from './api.ts';

export interface Kind {
  name: string; // its collection
  create: string; // operationId
  get: string;
  list: string;
  parent: boolean; // created and listed below a production
  full: (production: string) => Json;
  text: string; // a column that merges by itself
  raced: [Json, Json, Json]; // base, theirs, yours
  flagged: boolean; // the raced column: somebody has to decide, else the last writer wins
  revert: boolean; // can be made what it was after an event
}

export const kinds: Kind[] = [
  {
    name: 'productions', create: 'create_production', get: 'get_production',
    list: 'list_productions', parent: false, text: 'venue',
    full: () => ({
      label: 'A', sort_order: 'a0', client: 'Acme', show_name: 'Gala', venue: 'Arena', room: '2',
      load_in: '2026-11-22T18:00:00Z', load_out: '2026-11-23T18:00:00.5+01:00',
      show_info_url: 'https://example.com/gala', status: 'planning',
    }),
    raced: [{ status: 'planning' }, { status: 'ready' }, { status: 'active' }],
    flagged: true, revert: true,
  },
  {
    name: 'equipment', create: 'create_equipment', get: 'get_equipment', list: 'list_equipment',
    parent: false, text: 'category',
    full: () => ({
      label: null, sort_order: null, category: 'SWITCHER', manufacturer: 'Maker', model: 'M1',
      io_architecture: 'card-based', card_slots: 2, format_by_io: true, is_secondary_device: false,
      device_formats: ['1080p60'], specs: { rack_units: 2, b: { a: 1.5 } },
      io_ports: [{ port_type: 'input', io_type: 'SDI', format: '12G', port_index: 0 }],
      cards: [{ slot_number: 1, io: [{ port_type: 'output', io_type: 'HDMI', port_index: 1 }] }],
    }),
    raced: [{ card_slots: 2 }, { card_slots: 3 }, { card_slots: 4 }],
    flagged: true, revert: true,
  },
  {
    name: 'sources', create: 'create_source', get: 'get_sources', list: 'list_sources',
    parent: true, text: 'name',
    full: () => ({
      label: 'SRC 1', sort_order: 'a1', type: 'camera', name: 'CAM 1', h_res: 1920, v_res: 1080,
      rate: 59.94, standard: 'CTA', note: 'on the roof', secondary_device: 'CCU', blanking: 'RBv1',
      outputs: [{ connector: 'SDI', output_index: 1 }],
    }),
    raced: [{ h_res: 1920 }, { h_res: 3840 }, { h_res: 2560 }],
    flagged: true, revert: true,
  },
  {
    name: 'sends', create: 'create_send', get: 'get_sends', list: 'list_sends', parent: true,
    text: 'name',
    full: () => ({
      label: 'SND 1', sort_order: 'a1', type: 'screen', name: 'LED wall', h_res: 3840, v_res: 2160,
      rate: 50, standard: 'DMT', note: 'left', secondary_device: null, output_connector: 'HDMI',
    }),
    raced: [{ h_res: 1920 }, { h_res: 3840 }, { h_res: 2560 }],
    flagged: true, revert: true,
  },
  {
    name: 'connections', create: 'create_connection', get: 'get_connections',
    list: 'list_connections', parent: true, text: 'note',
    full: (production) => ({
      production_id: production, label: null, sort_order: 'a1', source_id: null,
      source_output_id: null, intermediate_type: 'router',
      intermediate_id: '018f6b1e-0000-7000-8000-0000000000ee', intermediate_input: 'in 4',
      intermediate_output: 'out 2', destination_type: 'send',
      destination_id: '018f6b1e-0000-7000-8000-0000000000ff', signal_path: [{ hop: 1 }],
      note: 'by fibre',
    }),
    raced: [{ destination_type: 'send' }, { destination_type: 'router' },
      { destination_type: 'recorder' }],
    flagged: true, revert: true,
  },
  {
    name: 'attachments', create: 'create_attachment', get: 'get_attachments',
    list: 'list_attachments', parent: true, text: 'name',
    full: () => ({
      label: null, sort_order: 'a1', name: 'checklist', content: [{ item: 'cables', done: false }],
    }),
    raced: [{ content: { a: 1 } }, { content: { a: 2 } }, { content: { a: 3 } }],
    flagged: false, revert: false,
  },
];

export const uuid = () => crypto.randomUUID();

// The path parameters of creating and listing rows of a kind.
export const inside = (kind: Kind, production: string): Record<string, string> =>
  kind.parent ? { id: production } : {};
