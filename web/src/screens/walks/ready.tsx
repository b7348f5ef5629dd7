// The end of the walk before a show: everything that must be so, and one verdict.
import { Button } from '@mantine/core';
import { useMutation, useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BadgeCheck, CircleAlert, CircleCheck, CircleQuestionMark, LoaderCircle, OctagonAlert, Unplug } from 'lucide-react';
import { useEffect } from 'react';
import { api, as, keys, queryClient, Refused, taken } from '../../api/queries.ts';
import type { Schemas } from '../../api/client.ts';
import { exact } from '../../parts/time.ts';
import { newId } from '../../sync/ids.ts';
import { useSession, useSessionState } from '../../sync/use.ts';
import { toneWords } from '../health/words.ts';
import { NodeCard } from '../sync/node_card.tsx';
import { certificateOf, keepCertificate, keptCertificate } from './certificate.ts';
import { findings, verdict, type Facts, type Finding, type Verdict } from './verify.ts';
import '../health/health.css';

const lookMs = 5_000;
const icons: Record<Finding['tone'], typeof CircleCheck> = { ok: CircleCheck, unknown: CircleQuestionMark, degraded: CircleAlert, failing: OctagonAlert, looking: LoaderCircle };
const verdictIcons: Record<Verdict['tone'], typeof CircleCheck> = { good: CircleCheck, out: Unplug, bad: CircleAlert, looking: LoaderCircle };

// Asked again and again: it holds for now only. What nobody answered is not what was answered before.
const comparing = (id: string) => ({
  queryKey: ['compare', id], refetchInterval: lookMs, retry: false,
  queryFn: async (): Promise<{ compared: Schemas['Comparison'] | null; refused: string | null }> => {
    try {
      return { compared: taken(await api.GET('/api/sync/production/{id}/compare', { params: { path: { id } } })), refused: null };
    } catch (error) {
      return { compared: null, refused: (error as Error).message };
    }
  },
});

export function Ready({ shows }: { shows: readonly { id: string; name: string }[] }) {
  const { status, identity } = useSessionState((state) => state.core);
  const compared = useQueries({ queries: shows.map(({ id }) => comparing(id)) });
  const health = useQuery({ queryKey: keys.health, refetchInterval: lookMs, queryFn: async () => taken(await api.GET('/api/health', {})) });
  const backups = useQuery({
    queryKey: keys.backups, refetchInterval: lookMs,
    queryFn: async () => {
      const answer = await api.GET('/api/backups', {});
      return answer.response.status < 500 && answer.error !== undefined ? [] : taken(answer); // no place for them: there are none
    },
  });
  const node = useQuery({ queryKey: keys.node, queryFn: async () => taken(await api.GET('/api/node', {})) });
  const facts: Facts = {
    shows: shows.map((show, i) => ({ ...show, compared: compared[i]!.data?.compared ?? null, refused: compared[i]!.data?.refused ?? null })),
    status, health: health.data ?? null, backups: backups.data ?? null, node: node.data ?? null,
  };
  const found = findings(facts);
  const ids = shows.map(({ id }) => id).join(',');
  const certificate = certificateOf(facts, found, identity, location.origin);
  const made = certificate ?? keptCertificate(localStorage, ids);
  useEffect(() => void (certificate && keepCertificate(localStorage, ids, certificate)), [certificate?.at, ids]); // eslint-disable-line
  return (
    <section aria-labelledby="verify">
      <h2 id="verify">Check</h2>
      <Told verdict={verdict(found, shows.length)} />
      {made && (
        <div className="walk-go" style={{ marginBottom: 14 }}>
          <Button component={Link} to="/nodes/certificate" search={{ shows: ids } as never} variant="default" leftSection={<BadgeCheck size={16} />}>Certificate</Button>
          <span className="dim small">What was downloaded and checked, on paper. As of {exact(made.at)}, by {made.by.user}.</span>
        </div>
      )}
      <ul className="checks">{found.map((one) => <Check key={one.key} finding={one} />)}</ul>
      <h2>For the crew</h2>
      <NodeCard />
      <div className="walk-go">{shows.map(({ id, name }) => <Link key={id} className="deed-then" to="/shows/$showId/$sheet" params={{ showId: id, sheet: 'sources' }} search={{}}>Open {name}</Link>)}</div>
    </section>
  );
}

function Told({ verdict: { tone, words, more } }: { verdict: Verdict }) {
  const Icon = verdictIcons[tone];
  return <div className={`panel verdict ${tone}`} role="status"><Icon size={34} aria-hidden /><div><strong>{words}</strong>{more && <div>{more}</div>}</div></div>;
}

function Check({ finding: { title, tone, words, remedy, mend } }: { finding: Finding }) {
  const Icon = icons[tone];
  return (
    <li className={`panel check ${tone}`}>
      <Icon size={22} aria-hidden />
      <div className="grow"><strong>{title}</strong><div>{words}</div>{remedy && <div className="check-remedy">{remedy}</div>}{mend && <Mend how={mend} />}</div>
      <span className="check-tone">{tone === 'looking' ? '' : toneWords[tone]}</span>
    </li>
  );
}

function Mend({ how }: { how: 'sync' | 'backup' }) {
  const session = useSession();
  const { identity, link } = useSessionState((state) => state.core);
  const mend = useMutation({
    networkMode: 'always',
    mutationFn: async () => {
      const params = { params: { header: { ...as(identity), 'Idempotency-Key': newId() } } };
      let job = taken(how === 'sync' ? await api.POST('/api/sync/now', params) : await api.POST('/api/backups', params));
      while (!job.finished_at) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        job = taken(await api.GET('/api/sync/jobs/{id}', { params: { path: { id: job.id } } }));
      }
      if (job.error) throw new Refused(job.error);
    },
    onError: (refused) => session.notify(refused.message, 'bad'),
    onSettled: () => Promise.all([['compare'], keys.backups, keys.health].map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  });
  return <Button mt={8} variant="default" loading={mend.isPending} disabled={link !== 'live'} onClick={() => mend.mutate()}>{how === 'sync' ? 'Sync now' : 'Back up now'}</Button>;
}
