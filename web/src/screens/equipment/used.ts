// Where shows name a device of the library: by its id, as the model of a device on a signal path, or by its name
// in a note or as a secondary device. Pure.
import type { Row } from '../../sync/model.ts';

export interface Use {
  devices: { key: string; name: string; connections: number }[]; // what the show calls it, by the key of the signal flow
  connections: number; // that name it, on their path or by id
  sources: Row[];
  sends: Row[];
}

interface Hop {
  id?: string;
  name?: string;
  model?: string;
}

interface ShowRows {
  sources: readonly Row[];
  sends: readonly Row[];
  connections: readonly Row[];
}

// `others`: the names of all devices, so that "Teranex AV" is not found in "Teranex AV Pro".
export function useOf(show: ShowRows, device: { id: string; name: string }, others: readonly string[]): Use {
  const name = device.name.toLowerCase();
  const longer = others.map((one) => one.toLowerCase()).filter((one) => one !== name && one.includes(name));
  const mentions = (value: unknown): boolean => {
    if (typeof value !== 'string' || !name) return false;
    const text = longer.reduce((rest, one) => rest.replaceAll(one, ' '), value.toLowerCase());
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
      if (!/[\p{L}\p{N}]/u.test(`${text[at - 1] ?? ''}${text[at + name.length] ?? ''}`)) return true;
    return false;
  };
  const called = (rows: readonly Row[]) => rows.filter((row) => mentions(row.note) || mentions(row.secondary_device));
  const found = new Map<string, Use['devices'][number]>();
  let connections = 0;
  for (const row of show.connections) {
    const hops = (Array.isArray(row.signal_path) ? row.signal_path : []) as (Hop | null)[];
    const own = hops.filter((hop): hop is Hop => hop !== null && (hop.model?.toLowerCase() === name || hop.id === device.id));
    const byId = row.intermediate_id === device.id || row.destination_id === device.id;
    if (!own.length && !byId) {
      if (mentions(row.note)) ++connections;
      continue;
    }
    ++connections;
    const keys = new Map(own.map((hop) => [`device:${hop.id ?? ''}`, hop.name ?? device.name]));
    if (byId && !keys.size) keys.set(`device:${device.id}`, device.name);
    for (const [key, title] of keys) {
      const entry = found.get(key) ?? { key, name: title, connections: 0 };
      ++entry.connections;
      found.set(key, entry);
    }
  }
  return { devices: [...found.values()], connections, sources: called(show.sources), sends: called(show.sends) };
}

export const isUsed = (use: Use): boolean => use.connections + use.sources.length + use.sends.length > 0;
