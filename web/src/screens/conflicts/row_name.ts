// What people call the row that a conflict is about: its label and name, also where it was deleted;
// of a port or a card the device, too.
import { useQuery } from '@tanstack/react-query';
import { api, taken } from '../../api/queries.ts';
import type { Conflict } from '../../api/client.ts';
import type { Row } from '../../sync/model.ts';
import { partName } from '../equipment/device.ts';

const collections = ['productions', 'equipment', 'sources', 'sends', 'connections'] as const;
const collectionOf = (table: string) => collections.find((one) => one === (table === 'equipment_specs' ? 'equipment' : table));
const parts: readonly string[] = ['equipment_io_ports', 'equipment_cards', 'equipment_card_io'];

export function useRowName(conflict: Conflict): string {
  const collection = collectionOf(conflict.table_name);
  const isPart = parts.includes(conflict.table_name);
  const { data } = useQuery({
    queryKey: [conflict.table_name, conflict.record_id], enabled: collection !== undefined,
    queryFn: async () => {
      const answer = await api.GET(`/api/${collection!}/{id}`, { params: { path: { id: conflict.record_id }, query: { deleted: 'true' } } });
      return (answer.data ?? {}) as Record<string, unknown>;
    },
  });
  const library = useQuery({
    queryKey: ['equipment_specs', 'all'], enabled: isPart,
    queryFn: async () => taken(await api.GET('/api/equipment', {})) as unknown as Row[],
  });
  if (isPart) return partName(library.data ?? [], conflict.record_id) || (conflict.label ?? '');
  const name = [conflict.label ?? data?.label, data?.name ?? data?.show_name ?? data?.model];
  return name.filter(Boolean).join(' ');
}
