import type { ReactElement, ReactNode } from 'react';
import { Failure } from '../parts/Failure.tsx';
import { usePlace } from '../routing/place.ts';
import { usePerson } from './context.ts';
import { Login } from './Login.tsx';
import './login.css';

/** Shows the page to those whom the monitor knows, and everybody else where to log in. The address stays: after the login one is where one wanted to be. */
export function Door({ children }: { readonly children: ReactNode }): ReactElement | null {
  const person = usePerson();
  const { path } = usePlace();
  if (person.kind === 'asking') return null;
  if (person.kind === 'stranger') return <Login passwords={person.passwords} wasKnown={person.wasKnown} />;
  if (person.kind === 'unclear' && person.failure.status !== 0)
    return (
      <main className="login">
        <title>Baton</title>
        <div className="login-box">
          <h1>Baton</h1>
          <Failure failure={person.failure} />
        </div>
      </main>
    );
  if (path === '/login') return <Login passwords wasKnown={false} />;
  return <>{children}</>;
}
