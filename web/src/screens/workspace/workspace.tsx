// One show: its sheets as they are, or as they were, and its history.
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Empty } from '../../parts/empty.tsx';
import { useUndoKeys } from '../../parts/undo.tsx';
import { History } from '../history/history.tsx';
import type { ShowView } from '../../sync/open_show.ts';
import { useHere, useShow } from '../../sync/use.ts';
import { SheetView } from './sheet_view.tsx';
import { sheets, titleOf, type Sheet } from './sheets.ts';
import { Tabs, Title } from './title.tsx';
import './workspace.css';

const DevicesView = lazy(() => import('./devices_view.tsx').then((module) => ({ default: module.DevicesView })));
const PastView = lazy(() => import('./past_view.tsx').then((module) => ({ default: module.PastView })));

export function Workspace() {
  const { showId, sheet } = useParams({ from: '/shows/$showId/$sheet' });
  const { as_of } = useSearch({ from: '/shows/$showId/$sheet' });
  const show = useShow(showId);
  if (!['history', 'devices', ...sheets].includes(sheet)) return <main className="screen" id="main"><Empty title="There is no such sheet" /></main>;
  if (!show || show.state === 'loading') return <main className="screen full" id="main" aria-busy="true"><h1>Opening the show</h1></main>;
  if (show.state === 'gone') return (
    <main className="screen" id="main"><Empty title="This show is not on this node">
      <p>It was deleted, or it has not been downloaded yet. The Sync screen says what this node has.</p>
      <Link to="/" search={{}}>All shows</Link>
    </Empty></main>
  );
  if (sheet === 'history') return <HistoryView showId={showId} show={show} />;
  if (sheet === 'devices') return <Suspense fallback={<main className="screen full" id="main" aria-busy="true" />}><DevicesView key={showId} showId={showId} show={show} /></Suspense>;
  if (as_of) return <Suspense fallback={<main className="screen full" id="main" aria-busy="true" />}><PastView key={`${showId}/${sheet}`} showId={showId} sheet={sheet as Sheet} show={show} at={as_of} /></Suspense>;
  return <SheetView key={`${showId}/${sheet}`} showId={showId} sheet={sheet as Sheet} show={show} />;
}

function HistoryView({ showId, show }: { showId: string; show: ShowView }) {
  const { type, row, by } = useSearch({ from: '/shows/$showId/$sheet' });
  const navigate = useNavigate({ from: '/shows/$showId/$sheet' });
  useUndoKeys(showId);
  useHere(showId);
  const nameOf = (table: string, id: string): string => {
    const row = show.tables[table as Sheet]?.byId.get(id);
    return row ? titleOf(row) : '';
  };
  return (
    <main className="screen full" id="main">
      <Title showId={showId} show={show} />
      <div className="head"><Tabs showId={showId} show={show} /></div>
      <History showId={showId} nameOf={nameOf} of={{ type, row, by }} onOf={(of) => void navigate({ search: of as never, replace: true })} />
    </main>
  );
}
