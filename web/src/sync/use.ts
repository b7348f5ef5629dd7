// React's eyes on the session.
import { createContext, useContext, useEffect, useSyncExternalStore } from 'react';
import type { Session, SessionState, ShowView } from './session.ts';

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

// Opens a show for as long as the component stands.
export function useShow(id: string): ShowView | null {
  const session = useSession();
  useEffect(() => session.open(id), [session, id]);
  return useSyncExternalStore(session.subscribe, () => session.show(id));
}
