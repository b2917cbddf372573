import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Role } from '../../../src/monitor/api.ts';
import type { Person, Session } from './session.ts';

/** The page's session, put there by `main.tsx`. */
export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('No session around this component.');
  return session;
}

export function usePerson(): Person {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, session.current);
}

/** Whether it is worth offering what needs an operator; the monitor decides itself. */
export function useMayAct(): boolean {
  const person = usePerson();
  return person.kind === 'known' && acting.includes(person.user.role);
}

const acting: readonly Role[] = ['operator', 'admin'];
