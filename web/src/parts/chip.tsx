// The state of things in one place, always on screen. Green only where nothing waits for anybody.
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, CloudOff, Loader } from 'lucide-react';
import type { SessionState } from '../sync/session.ts';
import { useSession, useSessionState } from '../sync/use.ts';
import { plural } from './time.ts';

export interface ChipState {
  tone: 'good' | 'warn' | 'bad' | '';
  words: string;
  to: '/conflicts' | '/nodes';
}

export function chipState(state: SessionState): ChipState {
  const waiting = state.entries.filter((entry) => entry.state === 'queued').length;
  const parked = state.entries.length - waiting;
  const conflicts = (state.core.status?.conflicts.pending ?? 0) + parked;
  if (state.core.link === 'offline')
    return { tone: 'bad', words: waiting ? `Offline · ${waiting} waiting` : 'Offline', to: '/nodes' };
  if (state.core.link === 'connecting') return { tone: '', words: 'Connecting', to: '/nodes' };
  if (conflicts) return { tone: 'warn', words: plural(conflicts, 'conflict'), to: '/conflicts' };
  if (waiting) return { tone: '', words: 'Saving', to: '/nodes' };
  return { tone: 'good', words: 'Live', to: '/nodes' };
}

const icons = { good: CircleCheck, warn: CircleAlert, bad: CloudOff, '': Loader };

export function Chip() {
  const state = useSession().state;
  useSessionState((now) => Object.values(chipState(now)).join()); // drawn again when it says something else
  const node = useSessionState((now) => now.core.status?.node.name);
  const { tone, words, to } = chipState(state);
  const Icon = icons[tone];
  return (
    <Link to={to} className={`chip ${tone}`} aria-label={`${words}${node ? ` on ${node}` : ''}`} data-testid="chip">
      <Icon size={18} aria-hidden /> {words}
    </Link>
  );
}
