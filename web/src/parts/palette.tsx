// Ctrl+K: the way to any screen, show or sheet, by a few letters of its name.
import { Modal, TextInput } from '@mantine/core';
import { useNavigate, useParams, type NavigateOptions } from '@tanstack/react-router';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { useShows } from '../api/queries.ts';
import { fitting, type Place } from './places.ts';

type Goal = Place & { to: NavigateOptions };

const mostShown = 12;
const screens: readonly Goal[] = [
  { name: 'Shows', to: { to: '/', search: {} } }, { name: 'Equipment', to: { to: '/equipment', search: {} } }, { name: 'Conflicts', to: { to: '/conflicts' } },
  { name: 'Sync', to: { to: '/nodes' } }, { name: 'Health and backups', to: { to: '/health' } }, { name: 'Import', to: { to: '/import' } },
  { name: 'Before a show', to: { to: '/nodes/before', search: {} } }, { name: 'After a show', to: { to: '/nodes/after', search: {} } },
];
const sheets: readonly [string, string][] = [['sources', 'Sources'], ['sends', 'Sends'], ['connections', 'Connections'], ['devices', 'Devices'], ['history', 'History']];

function goalsOf(shows: readonly { id: string; show_name: string; client: string }[], here: string | undefined): Goal[] {
  const open = shows.find((show) => show.id === here);
  const of = open ? [
    ...sheets.map(([sheet, name]): Goal => ({ name, more: open.show_name, to: { to: '/shows/$showId/$sheet', params: { showId: open.id, sheet }, search: {} } })),
    { name: 'Signal flow', more: open.show_name, to: { to: '/shows/$showId/flow', params: { showId: open.id }, search: {} } } satisfies Goal,
    { name: 'Print or PDF', more: open.show_name, to: { to: '/shows/$showId/print', params: { showId: open.id }, search: {} } } satisfies Goal,
  ] : [];
  return [...of, ...screens, ...shows.map((show): Goal => ({ name: show.show_name, more: show.client, to: { to: '/shows/$showId/$sheet', params: { showId: show.id, sheet: 'sources' }, search: {} } }))];
}

export function Palette({ onClose }: { onClose(): void }) {
  const navigate = useNavigate();
  const { showId } = useParams({ strict: false });
  const { data } = useShows();
  const [q, setQ] = useState('');
  const [at, setAt] = useState(0);
  const goals = useMemo(() => goalsOf(data ?? [], showId), [data, showId]);
  const found = useMemo(() => fitting(goals, q).slice(0, mostShown), [goals, q]);
  const active = Math.min(at, found.length - 1);
  const go = (goal: Goal | undefined) => {
    if (!goal) return;
    onClose();
    void navigate(goal.to);
  };
  const keyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((active + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') go(found[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal opened onClose={onClose} title="Go to" size="lg" closeButtonProps={{ 'aria-label': 'Close', size: 44 }}>
      <TextInput data-autofocus aria-label="Where to" placeholder="A screen, a show, a sheet" role="combobox" aria-expanded aria-controls="places" aria-autocomplete="list"
        aria-activedescendant={found.length ? `place-${active}` : undefined} value={q} onKeyDown={keyDown} onChange={(event) => {
          setQ(event.currentTarget.value);
          setAt(0);
        }} />
      <div id="places" className="places" role="listbox" aria-label="Places">
        {found.map((goal, i) => (
          <div key={`${goal.name} ${goal.more ?? ''} ${i}`} id={`place-${i}`} role="option" aria-selected={i === active} onPointerMove={() => setAt(i)} onClick={() => go(goal)}>
            <span className="cut">{goal.name}</span>{goal.more && <span className="dim small cut">{goal.more}</span>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="dim" role="status">Nothing is called that.</p>}
    </Modal>
  );
}
