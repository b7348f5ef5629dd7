// What people call the row that a conflict is about: its label and name, also where it was deleted.
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/queries.ts';
import type { Conflict } from '../../api/client.ts';

const collections = ['productions', 'equipment', 'sources', 'sends', 'connections'] as const;
const collectionOf = (table: string) => collections.find((one) => one === (table === 'equipment_specs' ? 'equipment' : table));

export function useRowName(conflict: Conflict): string {
  const collection = collectionOf(conflict.table_name);
  const { data } = useQuery({
    queryKey: [conflict.table_name, conflict.record_id], enabled: collection !== undefined,
    queryFn: async () => {
      const answer = await api.GET(`/api/${collection!}/{id}`, { params: { path: { id: conflict.record_id }, query: { deleted: 'true' } } });
      return (answer.data ?? {}) as Record<string, unknown>;
    },
  });
  const parts = [conflict.label ?? data?.label, data?.name ?? data?.show_name ?? data?.model];
  return parts.filter(Boolean).join(' ');
}
