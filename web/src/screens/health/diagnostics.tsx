// What this node says of itself, as a file to send to somebody who helps: no rows, nothing that opens a door.
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { FileDown } from 'lucide-react';
import { api, taken } from '../../api/queries.ts';
import { download, fileName } from '../../parts/file.ts';
import { useSession, useSessionState } from '../../sync/use.ts';

const logEntries = 200;

async function collect(entries: readonly { label: string; state: string; tries: number; problem: unknown }[]): Promise<string> {
  const [node, health, sync, log, nodes, backups] = await Promise.all([
    api.GET('/api/node', {}), api.GET('/api/health', {}), api.GET('/api/sync/status', {}), api.GET('/api/sync/log', { params: { query: { limit: logEntries } } }),
    api.GET('/api/nodes', {}), api.GET('/api/backups', {}),
  ].map(async (asked) => taken<unknown>(await (asked as Promise<{ data?: unknown; error?: unknown }>))));
  const device = { at: new Date().toISOString(), browser: navigator.userAgent, waiting: entries.map(({ label, state, tries, problem }) => ({ label, state, tries, problem })) };
  return `${JSON.stringify({ device, node, health, sync, log, nodes, backups }, null, 2)}\n`;
}

export function Diagnostics() {
  const session = useSession();
  const entries = useSessionState((state) => state.entries);
  const link = useSessionState((state) => state.core.link);
  const give = useMutation({
    networkMode: 'always', mutationFn: () => collect(entries),
    onSuccess: (text) => download(fileName('genlock', `diagnostics ${new Date().toISOString().slice(0, 16)}`, 'json'), [text], 'application/json'),
    onError: (error) => session.notify(`Not collected: ${error.message}`, 'bad'),
  });
  return <Button variant="default" leftSection={<FileDown size={16} />} disabled={link !== 'live' || give.isPending} onClick={() => give.mutate()}>For who helps</Button>;
}
