// What waits for a person: edits of this device that the node refused, and conflicts between nodes.
// Nothing is chosen beforehand, and each choice says what it does.
import { Link } from '@tanstack/react-router';
import { useConflicts, useShows } from '../../api/queries.ts';
import type { Conflict } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { plural } from '../../parts/time.ts';
import { useSessionState } from '../../sync/use.ts';
import { Between } from './between.tsx';
import { Parked } from './parked.tsx';

export function Conflicts() {
  const entries = useSessionState((state) => state.entries);
  const { data } = useConflicts();
  const shows = useShows();
  const parked = entries.filter((entry) => entry.state === 'parked');
  const conflicts = data ?? [];
  const count = parked.length + conflicts.length;
  const titles = new Map((shows.data ?? []).map((show) => [show.id, show.show_name]));
  const byShow = new Map<string | null, Conflict[]>();
  for (const one of conflicts) byShow.set(one.production_id, [...(byShow.get(one.production_id) ?? []), one]);
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
      {[...byShow].map(([id, list]) => (
        <section key={id ?? 'library'} aria-label={id ? titles.get(id) ?? 'A show' : 'Equipment library'}>
          <h2>{id ? <Link to="/shows/$showId/$sheet" params={{ showId: id, sheet: 'sources' }} search={{}}>{titles.get(id) ?? 'A show'}</Link> : <Link to="/equipment" search={{}}>Equipment library</Link>}</h2>
          {list.map((conflict) => <Between key={conflict.id} conflict={conflict} />)}
        </section>
      ))}
    </main>
  );
}
