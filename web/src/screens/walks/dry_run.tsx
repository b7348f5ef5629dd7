// What an upload of one show would send, what the cloud changed meanwhile, and which conflicts both make: said by the
// node, which asks the cloud and moves nothing.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, taken } from '../../api/queries.ts';
import type { Conflict, Schemas } from '../../api/client.ts';
import { clock, plural } from '../../parts/time.ts';
import { groupWords, tableWords, valueWords } from '../conflicts/words.ts';
import { Name } from './after.tsx';

type Tally = Schemas['EventTally'];

// `vector`: what is here; something new is looked at anew.
export function DryRun({ id, vector }: { id: string; vector: Record<string, number> }) {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['preview', id, vector], retry: false, placeholderData: (before) => before,
    queryFn: async () => taken(await api.GET('/api/sync/production/{id}/upload', { params: { path: { id } } })),
  });
  if (error && !data) return <p className="differs">{error.message}</p>;
  if (!data) return <p className="dim" role="status">Asking the cloud what it has ..</p>;
  const peer = data.peer?.name ?? 'the cloud';
  return (
    <>
      <div className="tallies">
        <TallyView title="Would be sent" tally={data.to_send} none="Nothing." />
        {data.to_receive && <TallyView title={`Changed on ${peer} meanwhile`} tally={data.to_receive} none="Nothing." />}
      </div>
      <div className="foreseen">
        {data.foresight ? <Foreseen foresight={data.foresight} peer={peer} at={data.at} /> : (
          <span className="differs">The cloud is out of reach, so nobody can know what it changed meanwhile or which conflicts that makes. Nothing is lost either way: where two wanted different things both are kept.</span>
        )}
        <div><Button mt={8} variant="default" loading={isFetching} onClick={() => void refetch()}>Look again</Button></div>
      </div>
    </>
  );
}

function TallyView({ title, tally, none }: { title: string; tally: Tally; none: string }) {
  const parts = (one: Tally['tables'][number]) => [one.created && `${one.created} new`, one.changed && `${one.changed} changed`, one.deleted && `${one.deleted} deleted`].filter(Boolean).join(', ');
  return (
    <div>
      <h4>{title}</h4>
      {tally.events === 0 ? <span className="dim">{none}</span> : <>
        <div>{plural(tally.events, 'edit')}{tally.counted < tally.events && `; the oldest ${tally.counted.toLocaleString('en')} were counted:`}</div>
        <ul>{tally.tables.map((one) => <li key={one.table}>{tableWords(one.table)}{one.table === 'productions' ? ' details' : 's'}: {parts(one)}</li>)}</ul>
        <ul>{tally.people.map((one, i) => <li key={i}>{[one.by.user ?? 'Somebody without a name', one.by.device].filter(Boolean).join(', ')}: {plural(one.events, 'edit')} of {plural(one.rows, 'row')}</li>)}</ul>
      </>}
    </div>
  );
}

function Foreseen({ foresight, peer, at }: { foresight: Schemas['Foresight']; peer: string; at: string }) {
  const { rows_on_both: both, conflict_count: count, conflicts, complete } = foresight;
  return (
    <>
      {both === 0 && count === 0 ? <div>No row was changed on both sides: everything goes together without a question.</div>
        : count === 0 ? <div>{plural(both, 'row was', 'rows were')} changed on both sides; all of it merges by itself.</div>
          : <div><span className="differs">{plural(count, 'conflict')} will need a decision</span> after sending{both ? `; ${plural(both, 'row was', 'rows were')} changed on both sides` : ''}. Both versions are kept until then.</div>}
      {conflicts.length > 0 && <ul>{conflicts.map((one) => <li key={one.id}><Name conflict={one} /> <span className="dim">{values(one)}</span></li>)}</ul>}
      {count > conflicts.length && <div className="dim">and {(count - conflicts.length).toLocaleString('en')} more</div>}
      <div className="hint">
        As of {clock(at)}{complete ? '' : `, and of a part of it: ${peer} has more than is looked at beforehand, so there may be more conflicts`}. What anybody writes from now on can't be known; other nodes may still bring theirs to {peer}.
      </div>
    </>
  );
}

function values(conflict: Conflict): string {
  if (conflict.kind !== 'field') return '';
  const words = conflict.sides.map((side) => Object.values(side.value).filter((value) => value !== null).map(valueWords).join(' × ') || 'empty');
  return `${groupWords(conflict.group)}: ${words.join(' or ')}`;
}
