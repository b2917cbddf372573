import { useEffect, useRef, useState, type ReactElement, type SubmitEvent } from 'react';
import { Failure } from '../parts/Failure.tsx';
import { go } from '../routing/place.ts';
import { RequestFailure } from '../server/request.ts';
import { Sign } from '../shell/Sign.tsx';
import { ThemeSwitch } from '../shell/ThemeSwitch.tsx';
import { useSession } from './context.ts';

interface LoginProps {
  /** Whether anybody could log in. */
  readonly passwords: boolean;
  /** Whether it was this page's own session that has ended. */
  readonly wasKnown: boolean;
}

/** Where one says who one is. */
export function Login({ passwords, wasKnown }: LoginProps): ReactElement {
  return (
    <main className="login">
      <title>Log in · Baton</title>
      <div className="login-box">
        <h1>
          <Sign /> Baton
        </h1>
        <p className="soft">{location.host}</p>
        {wasKnown && (
          <p className="login-ended" role="status">
            You are no longer logged in. Log in, and go on where you were.
          </p>
        )}
        {passwords ? <Form /> : <NobodyYet />}
      </div>
      <ThemeSwitch />
    </main>
  );
}

function Form(): ReactElement {
  const session = useSession();
  const [failure, setFailure] = useState<RequestFailure>();
  const [busy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string): string => {
      const value = given.get(name);
      return typeof value === 'string' ? value : '';
    };
    setBusy(true);
    session
      .logIn(text('username').trim(), text('password'))
      .then(() => {
        if (location.pathname === '/login') go('/', 'replace');
      })
      .catch((error: unknown) => {
        setFailure(error instanceof RequestFailure ? error : new RequestFailure(0, String(error), 'Reload the page.'));
        setBusy(false);
      });
  };

  // Whoever mistyped begins with the password again.
  useEffect(() => {
    if (failure !== undefined) password.current?.select();
  }, [failure]);

  return (
    <form onSubmit={submit} aria-label="Log in">
      <label className="field">
        <span>Name</span>
        <input name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} required autoFocus />
      </label>
      <label className="field">
        <span>Password</span>
        <input name="password" type="password" autoComplete="current-password" required ref={password} />
      </label>
      {failure !== undefined && <Failure failure={failure} />}
      <button type="submit" className="button login-button" disabled={busy}>
        {busy ? 'Logging in …' : 'Log in'}
      </button>
    </form>
  );
}

function NobodyYet(): ReactElement {
  return (
    <p>
      Nobody can log in here yet. On the host of this page, as the account that Baton runs as:{' '}
      <code>baton user add NAME --role admin</code>
    </p>
  );
}
