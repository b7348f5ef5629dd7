// A device once more, with all its ports and cards. Pure.
import { bare, isList, type Child } from '../../sync/lists.ts';
import type { Row, Values } from '../../sync/model.ts';
import { writable } from '../../sync/overlay.ts';

export type Part = Child;

// What is written to make it; it goes to the end of the list.
export function copyOf(device: Row, newId: () => string): Values {
  const anew = (list: unknown): Child[] => (isList(list) ? bare(list) : []).map((part) => ({ ...part, id: newId(), ...(isList(part.io) ? { io: anew(part.io) } : {}) }));
  const { sort_order: _, ...values } = writable(device);
  return { ...values, model: `${String(device.model)} (copy)`, io_ports: anew(device.io_ports), cards: anew(device.cards) };
}
