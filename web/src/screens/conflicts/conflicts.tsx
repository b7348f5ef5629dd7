// What waits for a person: edits of this device that the node refused, and conflicts between nodes.
// Nothing is chosen beforehand, and each choice says what it does.
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useConflicts, useShows } from '../../api/queries.ts';
import type { Conflict } from '../../api/client.ts';
import { grouped, type Effect } from '../../flow/effect.ts';
import { Empty } from '../../parts/empty.tsx';
import { plural } from '../../parts/time.ts';
import { useSessionState, useShow } from '../../sync/use.ts';
import { Between } from './between.tsx';
import { bulkChoices, choiceWords, type BulkChoice } from './bulk.ts';
import { BulkDialog } from './bulk_dialog.tsx';
import { Decided } from './decided.tsx';
import { Parked } from './parked.tsx';
import { useEffects } from './use_effects.ts';
import './conflicts.css';

const namedSends = 4; // in a heading

// Several that get one choice. What is decided leaves the list below; the dialog stays until it is read.
interface Bulk {
  conflicts: readonly Conflict[];
  choice: BulkChoice;
  effects: ReadonlyMap<string, Effect | null>;
}

const none: readonly Conflict[] = [];

export function Conflicts() {
  const entries = useSessionState((state) => state.entries);
  const [bulk, setBulk] = useState<Bulk | null>(null);
  const { data } = useConflicts();
  const shows = useShows();
  const parked = entries.filter((entry) => entry.state === 'parked');
  const conflicts = data ?? none;
  const count = parked.length + conflicts.length;
  const titles = new Map((shows.data ?? []).map((show) => [show.id, show.show_name]));
  const byShow = useMemo(() => {
    const lists = new Map<string | null, Conflict[]>();
    for (const one of conflicts) lists.set(one.production_id, [...(lists.get(one.production_id) ?? []), one]);
    return lists;
  }, [conflicts]);
  return (
    <main className="screen" id="main">
      <div className="head"><h1 className="grow">Conflicts</h1><span className="dim">{data && (count ? `${plural(count, 'decision')} to make` : '')}</span></div>
      {data && count === 0 && (
        <Empty title="Nobody has to decide anything"><p>Where two people change the same thing without knowing of each other, both versions come here, and somebody says which one holds.</p></Empty>
      )}
      {parked.length > 0 && (
        <section aria-label="From this device">
          <h2>From this device</h2>
          <p className="dim small">The node did not take these edits. They are kept on this device until you say what becomes of them.</p>
          {parked.map((entry) => <Parked key={entry.id} entry={entry} />)}
        </section>
      )}
      {[...byShow].map(([id, list]) => (id ? <OfShow key={id} showId={id} title={titles.get(id) ?? 'A show'} conflicts={list} onBulk={setBulk} /> : <Section key="library" showId={null} title="Equipment library" conflicts={list} effects={noEffects} onBulk={setBulk} />))}
      <Decided />
      {bulk && <BulkDialog {...bulk} onClose={() => setBulk(null)} />}
    </main>
  );
}

const noEffects: readonly (Effect | null)[] = [];

function OfShow({ showId, title, conflicts, onBulk }: Omit<SectionProps, 'effects' | 'showId'> & { showId: string }) {
  const show = useShow(showId);
  const effects = useEffects(show, conflicts);
  return <Section showId={showId} title={title} conflicts={conflicts} effects={effects} onBulk={onBulk} />;
}

interface SectionProps {
  showId: string | null; // null: the library
  title: string;
  conflicts: readonly Conflict[];
  effects: readonly (Effect | null)[];
  onBulk(bulk: Bulk): void;
}

// The conflicts of a show, those together that touch the same sends; of several one choice can be made.
function Section({ showId, title, conflicts, effects, onBulk }: SectionProps) {
  const live = useSessionState((state) => state.core.link === 'live');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const groups = useMemo(() => grouped(conflicts.map((_, i) => effects[i] ?? null)), [conflicts, effects]);
  const byId = useMemo(() => new Map(conflicts.map((one, i) => [one.id, effects[i] ?? null])), [conflicts, effects]);
  const selected = conflicts.filter((one) => chosen.has(one.id));
  const choose = (ids: readonly string[], on: boolean) => setChosen((now) => new Set(on ? [...now, ...ids] : [...now].filter((id) => !ids.includes(id))));
  const all = selected.length === conflicts.length;
  const named = groups.some(({ names }) => names.length > 0);
  return (
    <section aria-label={title}>
      <h2>{showId ? <Link to="/shows/$showId/$sheet" params={{ showId, sheet: 'sources' }} search={{}}>{title}</Link> : <Link to="/equipment" search={{}}>{title}</Link>}</h2>
      {conflicts.length > 1 && (
        <div className="bulk-bar" role="group" aria-label={`Several conflicts of ${title}`}>
          <Button variant="default" onClick={() => choose(conflicts.map(({ id }) => id), !all)}>{all ? 'Choose none' : `Choose all ${conflicts.length}`}</Button>
          {selected.length > 0 && <span className="small" role="status">{selected.length} chosen. Take for {selected.length === 1 ? 'it' : 'all of them'}</span>}
          {selected.length > 0 && bulkChoices.map((one) => <Button key={one} variant="default" disabled={!live} onClick={() => onBulk({ conflicts: selected, choice: one, effects: byId })}>{choiceWords[one].charAt(0).toUpperCase() + choiceWords[one].slice(1)} ..</Button>)}
        </div>
      )}
      {groups.flatMap(({ members, names }) => [
        ...(named ? [<h3 key={`to ${conflicts[members[0]!]!.id}`} className="path-head">{names.length ? `On the way to ${names.slice(0, namedSends).join(', ')}${names.length > namedSends ? ` and ${names.length - namedSends} more` : ''}` : 'On no signal path'}</h3>] : []),
        ...members.map((i) => {
          const conflict = conflicts[i]!;
          return <Between key={conflict.id} conflict={conflict} effect={effects[i] ?? null} chosen={chosen.has(conflict.id)} onChoose={conflicts.length > 1 ? (on) => choose([conflict.id], on) : null} />;
        }),
      ])}
    </section>
  );
}
