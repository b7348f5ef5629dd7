// Is this node well? Each check in words, and what to do where it is not.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, CircleAlert, CircleCheck, CircleQuestionMark, OctagonAlert } from 'lucide-react';
import { api, keys, taken } from '../../api/queries.ts';
import { Empty } from '../../parts/empty.tsx';
import { NodeCard } from '../sync/node_card.tsx';
import { Backups } from './backups.tsx';
import { Diagnostics } from './diagnostics.tsx';
import { Notices } from './notices.tsx';
import { findings, toneWords, type Finding, type Health, type Tone } from './words.ts';
import './health.css';

const lookMs = 10_000;
const icons: Record<Tone, typeof CircleCheck> = { ok: CircleCheck, unknown: CircleQuestionMark, degraded: CircleAlert, failing: OctagonAlert };
const overall: Record<Health['status'], string> = { ok: 'This node is well', degraded: 'This node works; somebody should look at it', failing: 'This node needs help now' };

export function HealthScreen() {
  const { data, error } = useQuery({ queryKey: keys.health, refetchInterval: lookMs, queryFn: async () => taken(await api.GET('/api/health', {})) });
  return (
    <main className="screen" id="main">
      <div className="head">
        <h1 className="grow">{data ? overall[data.status] : 'Health'}</h1>
        <Diagnostics />
        <Button component={Link} to="/nodes" variant="default" leftSection={<ArrowLeft size={16} />}>Sync</Button>
      </div>
      {error && !data && <Empty title="The node does not answer"><p>This page looks again by itself.</p></Empty>}
      {data && <ul className="checks">{findings(data).map((one) => <Check key={one.check} finding={one} />)}</ul>}
      {data && <Notices open={data.checks.notices.open} />}
      <Backups />
      <h2>This node</h2>
      <NodeCard />
    </main>
  );
}

function Check({ finding: { title, tone, words, remedy } }: { finding: Finding }) {
  const Icon = icons[tone];
  return (
    <li className={`panel check ${tone}`}>
      <Icon size={22} aria-hidden />
      <div className="grow"><strong>{title}</strong><div>{words}</div>{remedy && <div className="check-remedy">{remedy}</div>}</div>
      <span className="check-tone">{toneWords[tone]}</span>
    </li>
  );
}
