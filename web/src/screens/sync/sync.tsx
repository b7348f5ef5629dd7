// How this node stands with the others, in words, and what waits where.
import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CloudDownload, CloudUpload, HeartPulse, Pause, Play, RefreshCw } from 'lucide-react';
import { api, as, keys, queryClient, taken } from '../../api/queries.ts';
import type { Schemas, SyncStatus } from '../../api/client.ts';
import { ago, clock, exact, plural } from '../../parts/time.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { LagPlot } from './lag_plot.tsx';
import { NodeCard } from './node_card.tsx';
import './sync.css';

export function SyncCentre() {
  const { status, link } = useSessionState((state) => state.core);
  return (
    <main className="screen" id="main">
      <div className="head"><h1 className="grow">Sync</h1>{calls(status) && <Walks />}<Button component={Link} to="/health" variant="default" leftSection={<HeartPulse size={16} />}>Health</Button>{status && <Controls status={status} disabled={link !== 'live'} />}</div>
      {status && <div className="panel"><State status={status} /></div>}
      {status && status.peers.length > 0 && <Peers peers={status.peers} paused={status.state === 'paused'} />}
      {status && status.peers.length > 0 && <LagPlot />}
      <h2>This device</h2>
      <div className="panel"><Device /></div>
      {calls(status) && <Streams streams={status!.streams} />}
      {status?.node.role === 'lan' && status.peers.length > 0 && <Catalog disabled={link !== 'live'} />}
      <h2>This node</h2>
      <NodeCard />
      <Log />
    </main>
  );
}

const calls = (status: SyncStatus | null): boolean => !!status?.peers.some((peer) => peer.url);

function Walks() {
  return (
    <>
      <Button component={Link} to="/nodes/before" leftSection={<CloudDownload size={16} />}>Before a show</Button>
      <Button component={Link} to="/nodes/after" variant="default" leftSection={<CloudUpload size={16} />}>After a show</Button>
    </>
  );
}

function Streams({ streams }: { streams: SyncStatus['streams'] }) {
  const shown = streams.filter((one) => one.kind !== 'directory');
  if (!shown.length) return null;
  return (
    <>
      <h2>Shows of this node</h2>
      <div className="panel" style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label="Shows of this node">
        <table className="data">
          <thead><tr><th>Show</th><th>To send</th><th>To receive</th><th>Last the same</th></tr></thead>
          <tbody>{shown.map((one) => (
            <tr key={one.id}>
              <td>{one.kind === 'library' ? 'Equipment library' : one.label}</td><td>{one.to_send.events}</td><td>{one.to_receive.events}</td>
              <td title={exact(one.last_synced_at)}>{one.last_synced_at ? ago(one.last_synced_at) : 'not since the start'}</td>
            </tr>
          ))}</tbody>
        </table>
      </div>
    </>
  );
}

const states: Record<SyncStatus['state'], string> = {
  idle: 'Everything is exchanged', syncing: 'Exchanging', offline: 'No other node can be reached', paused: 'Paused by somebody', error: 'Something is wrong',
};

function State({ status }: { status: SyncStatus }) {
  const alone = status.peers.length === 0;
  return (
    <dl className="facts">
      <dt>State</dt><dd><strong>{alone ? 'This node calls no other; others call it' : states[status.state]}</strong>{status.reason ? `: ${status.reason}` : ''}</dd>
      {!alone && <><dt>To be sent</dt><dd>{status.queue.events ? `${plural(status.queue.events, 'edit')}, the oldest from ${ago(status.queue.oldest_at)}` : 'nothing'}</dd></>}
      {!alone && <><dt>Last exchange</dt><dd title={exact(status.last_success_at)}>{ago(status.last_success_at)}</dd></>}
      <dt>To decide</dt><dd>{status.conflicts.pending ? plural(status.conflicts.pending, 'conflict') : 'nothing'}</dd>
    </dl>
  );
}

function Controls({ status, disabled }: { status: SyncStatus; disabled: boolean }) {
  const session = useSession();
  const identity = useSessionState((state) => state.core.identity);
  const say = useMutation({
    networkMode: 'always',
    mutationFn: async (what: 'start' | 'stop' | 'now') => {
      const params = { params: { header: as(identity) } };
      if (what === 'now') taken(await api.POST('/api/sync/now', params));
      else if (what === 'start') taken(await api.POST('/api/sync/start', params));
      else taken(await api.POST('/api/sync/stop', params));
    },
    onError: (error) => session.notify(error.message, 'bad'),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.log }),
  });
  if (!status.peers.length) return null;
  const paused = status.state === 'paused';
  return (
    <Group>
      <Button variant="default" leftSection={paused ? <Play size={16} /> : <Pause size={16} />} disabled={disabled} onClick={() => say.mutate(paused ? 'start' : 'stop')}>{paused ? 'Go on' : 'Pause'}</Button>
      <Button leftSection={<RefreshCw size={16} />} disabled={disabled || paused} onClick={() => say.mutate('now')}>Sync now</Button>
    </Group>
  );
}

const peerStates: Record<Schemas['Peer']['state'], string> = {
  connected: 'Connected', connecting: 'Connecting', backoff: 'Out of reach, tried again soon', refused: 'Refuses this node',
};

function Peers({ peers, paused }: { peers: SyncStatus['peers']; paused: boolean }) {
  return (
    <>
      <h2>Other nodes</h2>
      <div className="panel" style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label="Other nodes">
        <table className="data">
          <thead><tr><th>Node</th><th>State</th><th>To send</th><th>To receive</th><th>Last exchange</th><th>Answers in</th></tr></thead>
          <tbody>{peers.map((peer, i) => (
            <tr key={peer.node.id ?? i}>
              <td>{peer.node.name ?? 'not met yet'}<div className="dim small">{peer.url}</div></td>
              <td>{paused && peer.url ? 'Not called while paused' : peerStates[peer.state]}{!paused && peer.last_error && <div className="small">{peer.last_error.detail}</div>}</td>
              <td>{peer.to_send.events}</td><td>{peer.to_receive.events}</td>
              <td title={exact(peer.last_success_at)}>{ago(peer.last_success_at)}</td>
              <td>{peer.rtt_ms === null ? '' : `${peer.rtt_ms} ms`}</td>
            </tr>
          ))}</tbody>
        </table>
      </div>
    </>
  );
}

function Device() {
  const entries = useSessionState((state) => state.entries);
  const { link, since } = useSessionState((state) => state.core);
  const waiting = entries.filter((entry) => entry.state === 'queued');
  const words = { live: 'Connected to the node', offline: 'The node is out of reach', connecting: 'Looking for the node' };
  return (
    <dl className="facts">
      <dt>Connection</dt><dd title={exact(since)}>{words[link]}{since ? `, since ${clock(since)}` : ''}</dd>
      <dt>Waiting here</dt><dd>{waiting.length ? `${plural(waiting.length, 'edit')}: ${waiting.slice(0, 5).map((entry) => entry.label).join(', ')}${waiting.length > 5 ? ' ..' : ''}` : 'nothing'}</dd>
    </dl>
  );
}

function Catalog({ disabled }: { disabled: boolean }) {
  const session = useSession();
  const identity = useSessionState((state) => state.core.identity);
  const { data, error } = useQuery({ queryKey: keys.catalog, queryFn: async () => taken(await api.GET('/api/sync/catalog', {})) });
  const download = useMutation({
    networkMode: 'always',
    mutationFn: async (id: string) => taken(await api.POST('/api/sync/production/{id}/download', { params: { path: { id }, header: as(identity) } })),
    onSuccess: () => session.notify('Downloading. The show is in the list as soon as it is here.'),
    onError: (refused) => session.notify(refused.message, 'bad'),
    onSettled: () => setTimeout(() => void queryClient.invalidateQueries(), 1_500),
  });
  return (
    <>
      <h2>Shows of the cloud</h2>
      <div className="panel">
        {error ? <span className="dim">{error.message}</span> : data?.length === 0 ? <span className="dim">There are none.</span> : (
          <table className="data">
            <thead><tr><th>Show</th><th>Load-in</th><th>Size</th><th>Here</th></tr></thead>
            <tbody>{(data ?? []).map((show) => (
              <tr key={show.id}>
                <td>{show.show_name}<div className="dim small">{show.client}</div></td><td>{show.load_in ? ago(show.load_in) : ''}</td>
                <td>{plural(Math.max(1, Math.round(show.bytes / 1_024)), 'kB', 'kB')}</td>
                <td>{show.subscribed ? 'Yes, kept up to date' : (
                  <Button variant="default" leftSection={<CloudDownload size={16} />} disabled={disabled || download.isPending} onClick={() => download.mutate(show.id)} aria-label={`Download ${show.show_name}`}>Download</Button>
                )}</td>
              </tr>
            ))}</tbody>
          </table>
        )}
      </div>
    </>
  );
}

function Log() {
  const { data } = useQuery({
    queryKey: keys.log, refetchInterval: 10_000,
    queryFn: async () => taken(await api.GET('/api/sync/log', { params: { query: { limit: 12 } } })),
  });
  if (!data?.length) return null;
  return (
    <>
      <h2>What was exchanged</h2>
      <div className="panel" style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label="What was exchanged">
        <table className="data">
          <thead><tr><th>When</th><th>Direction</th><th>Result</th><th>Edits</th><th>Conflicts</th></tr></thead>
          <tbody>{data.map((row) => (
            <tr key={row.id}><td title={exact(row.started_at)}>{ago(row.started_at)}</td><td>{String(row.sync_direction).replaceAll('_', ' ')}</td><td>{row.status}</td><td>{row.records_synced}</td><td>{row.conflicts_detected}</td></tr>
          ))}</tbody>
        </table>
      </div>
    </>
  );
}
