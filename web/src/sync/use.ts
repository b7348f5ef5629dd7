// React's eyes on the session.
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ShowView } from './open_show.ts';
import type { Session, SessionState } from './session.ts';

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('there is no session around this');
  return session;
}

// `select` gives the same object for the same state.
export function useSessionState<T>(select: (state: SessionState) => T): T {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, () => select(session.state));
}

// Has the core said anything yet?
export function useTold(): boolean {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, () => session.told);
}

// Who else is in a show, each person once, by name.
export function useOthersIn(id: string): readonly string[] {
  const crowd = useSessionState((state) => state.crowds.get(id));
  const me = useSessionState((state) => state.core.identity);
  return useMemo(() => [...new Set((crowd ?? []).filter(({ by }) => by.user !== me?.user || (by.device ?? '') !== me?.device).map(({ by }) => by.user ?? 'Somebody'))].sort(), [crowd, me]);
}

// This screen is in a show, at no row of it.
export function useHere(id: string): void {
  const session = useSession();
  useEffect(() => session.place(id, { table: null, record_id: null, column: null }), [session, id]);
}

// Opens a show for as long as the component stands.
export function useShow(id: string): ShowView | null {
  const session = useSession();
  useEffect(() => session.open(id), [session, id]);
  return useSyncExternalStore(session.subscribe, () => session.show(id));
}
