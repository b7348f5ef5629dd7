// What happened to this node's data and was mended by itself, until somebody says that they know.
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { api, as, keys, queryClient, taken } from '../../api/queries.ts';
import { ago, exact, plural } from '../../parts/time.ts';
import { useSession, useSessionState } from '../../sync/use.ts';

export function Notices({ open }: { open: readonly Schemas['Notice'][] }) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const confirm = useMutation({
    networkMode: 'always',
    mutationFn: async (id: string) => taken(await api.POST('/api/notices/{id}/acknowledge', { params: { path: { id }, header: as(identity) } })),
    onError: (refused) => session.notify(refused.message, 'bad'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.health }),
  });
  if (!open.length) return null;
  return (
    <section aria-label="What happened to the data">
      <h2>What happened to the data</h2>
      {open.map((one) => (
        <article className="panel" key={one.id}>
          <strong>{one.what}</strong>
          <div className="dim small" title={exact(one.at)}>Noticed {ago(one.at)}{one.events > 0 && `, ${plural(one.events, 'edit')}`}{one.detail && ` · ${one.detail}`}</div>
          <p>{one.remedy}</p>
          <Button variant="default" disabled={link !== 'live' || confirm.isPending} onClick={() => confirm.mutate(one.id)}>I know of it</Button>
        </article>
      ))}
    </section>
  );
}
