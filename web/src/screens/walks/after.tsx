// The walk after a show: what would be sent and what it would meet, then sending it, then what came of it.
import { Button, Checkbox, Progress } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ArrowLeft, CloudUpload, Pause, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, as, keys, queryClient, taken } from '../../api/queries.ts';
import type { Conflict, SyncStatus } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { ago, exact, plural } from '../../parts/time.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { useRowName } from '../conflicts/row_name.ts';
import { question, tableWords } from '../conflicts/words.ts';
import { cancel, follow, forget, type Told } from './job.ts';
import { DryRun } from './dry_run.tsx';
import { Finish } from './finish.tsx';
import './walks.css';

type Stream = SyncStatus['streams'][number];

export function AfterShow() {
  const { status, link } = useSessionState((state) => state.core);
  const { shows } = useSearch({ from: '/nodes/after' });
  const sent = (shows ?? '').split(',').filter(Boolean);
  const [round, setRound] = useState(0); // the same shows may be sent more than once
  return (
    <main className="screen" id="main">
      <div className="head">
        <h1 className="grow">After a show</h1>
        {status && <Hold paused={status.state === 'paused'} disabled={link !== 'live'} />}
        <Button component={Link} to="/nodes" variant="default" leftSection={<ArrowLeft size={16} />}>Sync</Button>
      </div>
      {status && !status.peers.some((peer) => peer.url)
        ? <Empty title="This node calls no other"><p>What a show made is sent by the node at the venue: open this walk there.</p></Empty>
        : status && <ol className="walk">
          <li><Look status={status} disabled={link !== 'live'} sent={sent} onGo={() => setRound((now) => now + 1)} /></li>
          {sent.length > 0 && <li><Sending key={`${shows} ${round}`} ids={sent} status={status} /></li>}
        </ol>}
    </main>
  );
}

// Where sync goes on by itself there is little to look at: it has been sent already.
function Hold({ paused, disabled }: { paused: boolean; disabled: boolean }) {
  const session = useSession();
  const identity = useSessionState((state) => state.core.identity);
  const say = useMutation({
    networkMode: 'always',
    mutationFn: async () => taken(paused ? await api.POST('/api/sync/start', { params: { header: as(identity) } }) : await api.POST('/api/sync/stop', { params: { header: as(identity) } })),
    onError: (refused) => session.notify(refused.message, 'bad'),
  });
  return (
    <Button variant="default" disabled={disabled} leftSection={paused ? <Play size={16} /> : <Pause size={16} />} onClick={() => say.mutate()}>
      {paused ? 'Let sync go on by itself' : 'Hold sync while I look'}
    </Button>
  );
}

function Look({ status, disabled, sent, onGo }: { status: SyncStatus; disabled: boolean; sent: readonly string[]; onGo(): void }) {
  const navigate = useNavigate({ from: '/nodes/after' });
  const shows = status.streams.filter((one) => one.kind === 'production');
  const waiting = shows.filter((one) => one.to_send.events > 0);
  const others = status.streams.filter((one) => one.kind !== 'production' && one.to_send.events > 0);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) => setLeft((now) => new Set(now.has(id) ? [...now].filter((one) => one !== id) : [...now, id]));
  const chosen = waiting.filter((one) => !left.has(one.id));
  const go = () => {
    for (const one of chosen) forget('upload', one.id);
    void navigate({ search: { shows: chosen.map((one) => one.id).sort().join(',') } });
    onGo();
  };
  return (
    <section aria-labelledby="look">
      <h2 id="look">Look at what waits</h2>
      <p className="dim">{status.state === 'paused'
        ? 'Sync is held: nothing leaves this node until you send it here, or let sync go on.'
        : status.state === 'offline' ? 'The cloud is out of reach. As soon as it is back, what waits is sent by itself; hold sync to look first.' : 'Sync goes on by itself: what is written is sent at once. Hold it to look before anything is sent.'}</p>
      {waiting.length === 0 && others.length === 0 && <div className="panel">{sent.length ? 'Nothing waits any more.' : <Nothing shows={shows} />}</div>}
      {waiting.map((one) => (
        <section className="panel" key={one.id} aria-label={one.label ?? 'A show'}>
          <div className="walk-line">
            <Checkbox size="lg" checked={!left.has(one.id)} onChange={() => toggle(one.id)} aria-label={`Send ${one.label}`} />
            <h3 className="grow">{one.label}</h3>
            <span className="dim" title={exact(one.last_synced_at)}>{one.last_synced_at ? `last the same ${ago(one.last_synced_at)}` : 'not the same since this node was started'}</span>
          </div>
          <DryRun id={one.id} vector={one.vector} />
        </section>
      ))}
      {others.length > 0 && <div className="panel">{others.map((one) => `${one.kind === 'library' ? 'Equipment library' : 'Names of nodes'}: ${plural(one.to_send.events, 'edit')}`).join(', ')}. They go along with any show.</div>}
      {(waiting.length > 0 || others.length > 0) && (
        <div className="walk-go">
          <Button leftSection={<CloudUpload size={16} />} disabled={disabled || chosen.length === 0} onClick={go}>{chosen.length ? `Send ${plural(chosen.length, 'show')}` : 'Send'}</Button>
          <span className="dim">One exchange brings everything along that both nodes follow, in both directions; a show that you leave out here is only not waited for.</span>
        </div>
      )}
    </section>
  );
}

function Nothing({ shows }: { shows: readonly Stream[] }) {
  return (
    <>
      <strong>Nothing waits: the cloud has everything that was written here.</strong>
      <ul>{shows.map((one) => <li key={one.id}>{one.label}: <span title={exact(one.last_synced_at)}>{one.last_synced_at ? `the same ${ago(one.last_synced_at)}` : 'not compared since this node was started'}</span></li>)}</ul>
    </>
  );
}

// One after the other; each is a job that is found again after a reload.
function Sending({ ids, status }: { ids: readonly string[]; status: SyncStatus }) {
  const session = useSession();
  const [told, setTold] = useState<Record<string, Told>>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    const run = async () => {
      for (const id of ids) {
        try {
          await follow('upload', id, session.state.core.identity, (now) => setTold((all) => ({ ...all, [id]: now })), stop.signal);
        } catch { /* said by onTold */ }
        if (stop.signal.aborted) return;
      }
      void Promise.all([['compare'], ['preview'], keys.conflicts, keys.log].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    };
    void run();
    return () => stop.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ids.join(), round]);
  const again = (id: string) => { forget('upload', id); setRound((now) => now + 1); };
  return (
    <section aria-labelledby="send">
      <h2 id="send">Send, and see what came of it</h2>
      <div className="panel">
        {ids.map((id) => <Line key={id} id={id} name={status.streams.find((one) => one.id === id)?.label ?? 'The show'} told={told[id] ?? null} onAgain={() => again(id)} />)}
      </div>
    </section>
  );
}

function Line({ id, name, told, onAgain }: { id: string; name: string; told: Told | null; onAgain(): void }) {
  const job = told?.job ?? null;
  const done = job?.state === 'done';
  const over = job?.state === 'cancelled' || (job?.state === 'failed' && !told?.trouble);
  const words = told?.trouble ? `The link is cut: ${told.trouble} What was sent stays; it goes on by itself when the link is back.`
    : !job ? 'Waits for its turn'
      : done ? ''
        : job.state === 'cancelled' ? 'Stopped; what was sent stays.'
          : job.state === 'failed' ? job.error?.detail ?? 'It failed.'
            : job.total === 0 ? 'Asking the cloud ..' : `${job.done.toLocaleString('en')} of ${plural(job.total, 'edit')}${job.eta_s === null ? '' : `, ${plural(job.eta_s, 'second')} left`}`;
  return (
    <div className="walk-line">
      <div className="grow">
        <strong>{name}</strong>
        {words && <div className={told?.trouble ? 'differs' : 'dim'} role="status">{words}</div>}
        {done ? <Result id={id} exchanged={job.done} /> : <Progress value={job && job.total ? (job.done / job.total) * 100 : 0} aria-label={`How much of ${name} is sent`} mt={6} />}
      </div>
      {job && !job.finished_at && <Button variant="default" onClick={() => void cancel(job)} aria-label={`Stop sending ${name}`}>Stop</Button>}
      {over && <Button variant="default" onClick={onAgain} aria-label={`Send ${name} again`}>Try again</Button>}
    </div>
  );
}

function Result({ id, exchanged }: { id: string; exchanged: number }) {
  const compared = useQuery({
    queryKey: ['compare', id], refetchInterval: (query) => (query.state.data?.same ? false : 2_000), retry: false,
    queryFn: async () => taken(await api.GET('/api/sync/production/{id}/compare', { params: { path: { id } } })),
  });
  const { data: conflicts } = useQuery({
    queryKey: [...keys.conflicts, id],
    queryFn: async () => taken(await api.GET('/api/sync/conflicts', { params: { query: { resolution: 'eq.pending', production_id: `eq.${id}` } } })),
  });
  const same = compared.data?.same;
  return (
    <div role="status">
      <div>{exchanged ? `${plural(exchanged, 'edit')} went over, both ways together.` : 'There was nothing left to exchange.'} {same ? `Both have the same now: digest ${compared.data!.streams[0]!.digest.slice(0, 8)}.` : same === false ? 'Something new was written since: it follows.' : ''}</div>
      {conflicts && (conflicts.length === 0 ? <div>Everything merged by itself; nobody has to decide anything.</div> : (
        <div className="foreseen">
          <span className="differs">{plural(conflicts.length, 'conflict')} to decide.</span> Both versions are kept.
          <ul>{conflicts.slice(0, 20).map((one) => <li key={one.id}><Name conflict={one} /></li>)}</ul>
          <Link className="deed-then" to="/conflicts">Decide {conflicts.length === 1 ? 'it' : 'them'}</Link>
        </div>
      ))}
      {same && <Finish id={id} />}
    </div>
  );
}

export function Name({ conflict }: { conflict: Conflict }) {
  const name = useRowName(conflict);
  return <>{tableWords(conflict.table_name)} <strong>{name}</strong>: {question(conflict)}</>;
}
