// The walk before a show: choose what to take along, download it, and see that the cable can be pulled.
import { Button, Checkbox, Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ArrowLeft, CloudDownload } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, keys, queryClient, taken } from '../../api/queries.ts';
import type { Schemas } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { day, plural } from '../../parts/time.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { bytesWords } from '../health/words.ts';
import { cancel, follow, forget, remembered, type Told } from './job.ts';
import { Ready } from './ready.tsx';
import './walks.css';

type Entry = Schemas['CatalogEntry'];

export const sizeWords = (bytes: number): string => (bytes < 2 ** 20 ? plural(Math.max(1, Math.round(bytes / 1_024)), 'kB', 'kB') : bytesWords(bytes));

export function BeforeShow() {
  const status = useSessionState((state) => state.core.status);
  return (
    <main className="screen" id="main">
      <div className="head">
        <h1 className="grow">Before a show</h1>
        <Button component={Link} to="/nodes" variant="default" leftSection={<ArrowLeft size={16} />}>Sync</Button>
      </div>
      {status && !status.peers.some((peer) => peer.url)
        ? <Empty title="This node calls no other"><p>Shows are taken along by the node at the venue: open this walk there.</p></Empty>
        : status && <Walk />}
    </main>
  );
}

function Walk() {
  const { shows: asked } = useSearch({ from: '/nodes/before' });
  const ids = (asked ?? '').split(',').filter(Boolean);
  const { data, error } = useQuery({ queryKey: keys.catalog, queryFn: async () => taken(await api.GET('/api/sync/catalog', {})), refetchInterval: 15_000 });
  const known = useKnownNames();
  const nameOf = (id: string) => data?.find((one) => one.id === id)?.show_name ?? known.get(id) ?? 'The show';
  return (
    <ol className="walk">
      <li><Choose entries={data ?? null} away={error && !data ? error.message : null} chosen={ids} /></li>
      {ids.length > 0 && <Rest key={asked} ids={ids} entries={data ?? []} nameOf={nameOf} />}
    </ol>
  );
}

// What is here has its name also while the cloud is away.
function useKnownNames(): ReadonlyMap<string, string> {
  const streams = useSessionState((state) => state.core.status?.streams);
  return new Map((streams ?? []).flatMap((one) => (one.label ? [[one.id, one.label] as const] : [])));
}

function Choose({ entries, away, chosen }: { entries: Entry[] | null; away: string | null; chosen: readonly string[] }) {
  const navigate = useNavigate({ from: '/nodes/before' });
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set(chosen));
  const toggle = (id: string) => setPicked((now) => new Set(now.has(id) ? [...now].filter((one) => one !== id) : [...now, id]));
  const go = () => {
    for (const id of picked) forget('download', id);
    void navigate({ search: { shows: [...picked].sort().join(',') } });
  };
  const sum = (entries ?? []).filter((one) => picked.has(one.id));
  return (
    <section aria-labelledby="choose">
      <h2 id="choose">Choose the shows</h2>
      <div className="panel scrolled" tabIndex={0} role="region" aria-label="Shows of the cloud">
        {away ? <span className="dim">The cloud can't be asked which shows it has: {away}</span>
          : entries?.length === 0 ? <span className="dim">The cloud has no show.</span> : (
            <table className="data middle">
              <thead><tr><th><span className="dim">Take</span></th><th>Show</th><th>Dates</th><th>Size</th><th>Here</th></tr></thead>
              <tbody>{(entries ?? []).map((one) => (
                <tr key={one.id}>
                  <td><Checkbox size="lg" aria-label={`Take ${one.show_name}`} checked={picked.has(one.id)} onChange={() => toggle(one.id)} /></td>
                  <td><strong>{one.show_name}</strong><div className="dim small">{one.client}</div></td>
                  <td>{[day(one.load_in), day(one.load_out)].filter(Boolean).join(' to ') || <span className="dim">not set</span>}</td>
                  <td>{plural(one.events, 'edit')}<div className="dim small">{sizeWords(one.bytes)}</div></td>
                  <td>{one.subscribed ? 'Yes, kept up to date' : 'No'}</td>
                </tr>
              ))}</tbody>
            </table>
          )}
      </div>
      <div className="walk-go">
        <Button leftSection={<CloudDownload size={16} />} disabled={picked.size === 0 || !entries} onClick={go}>
          {picked.size === 0 ? 'Download and check' : `Download and check ${plural(picked.size, 'show')}`}
        </Button>
        {sum.length > 0 && <span className="dim">{sizeWords(sum.reduce((bytes, one) => bytes + one.bytes, 0))} in all</span>}
      </div>
    </section>
  );
}

// One after the other, so that each tells its own progress.
function Rest({ ids, entries, nameOf }: { ids: readonly string[]; entries: Entry[]; nameOf(id: string): string }) {
  const session = useSession();
  const [told, setTold] = useState<Record<string, Told>>({});
  const [ended, setEnded] = useState<ReadonlySet<string>>(new Set());
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const run = async () => {
      for (const id of ids) {
        // Here and kept up to date: there is nothing to ask for.
        const streams = session.state.core.status?.streams ?? [];
        const isHere = !remembered('download', id) && entries.find((one) => one.id === id)?.subscribed !== false && streams.some((one) => one.id === id);
        let job: Told['job'] = null;
        if (!isHere) {
          try {
            job = await follow('download', id, session.state.core.identity, (now) => setTold((all) => ({ ...all, [id]: now })), stop.signal);
          } catch { /* said by onTold */ }
          if (stop.signal.aborted) return;
          void queryClient.invalidateQueries({ queryKey: keys.catalog });
        }
        if (isHere || job?.state === 'done') setEnded((all) => new Set([...all, id]));
      }
    };
    void run();
    return () => stop.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ids.join(), round]);
  const again = (id: string) => { forget('download', id); setRound((now) => now + 1); };
  const done = ids.every((id) => ended.has(id));
  return (
    <>
      <li>
        <section aria-labelledby="download">
          <h2 id="download">Download</h2>
          <div className="panel">
            {ids.map((id) => <Line key={id} name={nameOf(id)} told={told[id] ?? null} isHere={ended.has(id)} bytes={entries.find((one) => one.id === id)?.bytes ?? null} onAgain={() => again(id)} />)}
          </div>
        </section>
      </li>
      {done && <li><Ready shows={ids.map((id) => ({ id, name: nameOf(id) }))} /></li>}
    </>
  );
}

function Line({ name, told, isHere, bytes, onAgain }: { name: string; told: Told | null; isHere: boolean; bytes: number | null; onAgain(): void }) {
  const job = told?.job ?? null;
  const part = job && job.total > 0 ? Math.min(1, job.done / job.total) : 0;
  const over = job?.state === 'cancelled' || (job?.state === 'failed' && !told?.trouble);
  const words = isHere ? 'It is here, and kept up to date.'
    : told?.trouble ? `The link is cut: ${told.trouble} What came stays; it goes on by itself when the link is back.`
      : !job ? 'Waits for its turn'
        : job.state === 'cancelled' ? 'Stopped; what came stays.'
          : job.state === 'failed' ? job.error?.detail ?? 'It failed.'
            : job.total === 0 ? 'Asking the cloud ..'
              : `${job.done.toLocaleString('en')} of ${plural(job.total, 'edit')}${bytes ? `, about ${sizeWords(bytes * part)} of ${sizeWords(bytes)}` : ''}${job.eta_s === null ? '' : `, ${plural(job.eta_s, 'second')} left`}`;
  return (
    <div className="walk-line">
      <div className="grow">
        <strong>{name}</strong>
        <div className={told?.trouble ? 'differs' : 'dim'} role="status">{words}</div>
        <Progress value={isHere ? 100 : part * 100} aria-label={`How much of ${name} is here`} mt={6} />
      </div>
      {!isHere && job && !job.finished_at && <Button variant="default" onClick={() => void cancel(job)} aria-label={`Stop the download of ${name}`}>Stop</Button>}
      {!isHere && over && <Button variant="default" onClick={onAgain} aria-label={`Download ${name} again`}>Try again</Button>}
    </div>
  );
}
