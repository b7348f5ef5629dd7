// The head of a show: its name, its padlock, who else is here, undo; and its sheets.
import { Link } from '@tanstack/react-router';
import { memo, useMemo } from 'react';
import type { Production } from '../../api/client.ts';
import { initials } from '../../parts/grid/line.tsx';
import { UndoButtons } from '../../parts/undo.tsx';
import type { Present, Row } from '../../sync/model.ts';
import type { ShowView } from '../../sync/open_show.ts';
import { useSessionState } from '../../sync/use.ts';
import { LockButton } from './lock_button.tsx';
import { sheets, sheetTitles } from './sheets.ts';

export const useOthers = (show: ShowView): readonly Present[] => {
  const me = useSessionState((state) => state.core.identity);
  return useMemo(() => show.present.filter(({ by }) => by.user !== me?.user || (by.device ?? '') !== me?.device), [show.present, me]);
};

export function Title({ showId, show }: { showId: string; show: ShowView }) {
  return <Head showId={showId} row={show.tables.productions.rows[0]} present={useOthers(show)} />;
}

const Head = memo(function Head({ showId, row, present }: { showId: string; row: Row | undefined; present: readonly Present[] }) {
  const production = row as unknown as Production | undefined;
  return (
    <div className="head">
      <div className="grow">
        <h1 className="cut" title={production?.show_name}>{production?.show_name ?? 'Show'}</h1>
        <div className="dim small cut">{[production?.client, production?.venue, production?.room].filter(Boolean).join(' · ')}</div>
      </div>
      {production && <LockButton production={production} />}
      <People present={present} />
      <UndoButtons showId={showId} />
    </div>
  );
});

export function Tabs({ showId, show }: { showId: string; show: ShowView }) {
  const [sources, sends, connections] = sheets.map((one) => show.tables[one].rows.length);
  return <TabLinks showId={showId} sources={sources!} sends={sends!} connections={connections!} />;
}

const TabLinks = memo(function TabLinks({ showId, ...counts }: { showId: string; sources: number; sends: number; connections: number }) {
  return (
    <nav className="tabs" aria-label="Sheets">
      {sheets.map((one) => (
        <Link key={one} to="/shows/$showId/$sheet" params={{ showId, sheet: one }} search={{}} activeOptions={{ includeSearch: false }}>
          {sheetTitles[one]} <span className="count">{counts[one]}</span>
        </Link>
      ))}
      <Link to="/shows/$showId/$sheet" params={{ showId, sheet: 'devices' }} search={{}} activeOptions={{ includeSearch: false }}>Devices</Link>
      <Link to="/shows/$showId/flow" params={{ showId }} search={{}} activeOptions={{ includeSearch: false }}>Signal flow</Link>
      <Link to="/shows/$showId/$sheet" params={{ showId, sheet: 'history' }} search={{}} activeOptions={{ includeSearch: false }}>History</Link>
    </nav>
  );
});

function People({ present }: { present: readonly Present[] }) {
  const most = 4;
  const names = [...new Set(present.map((one) => one.by.user ?? 'Somebody'))];
  if (!names.length) return null;
  return (
    <div className="people" role="img" aria-label={`Also here: ${names.join(', ')}`} title={`Also here: ${names.join(', ')}`}>
      {names.slice(0, most).map((name) => <span key={name}>{initials(name)}</span>)}
      {names.length > most && <span>+{names.length - most}</span>}
    </div>
  );
}
