import type { ReactElement } from 'react';
import { Link } from '../routing/Link.tsx';
import { usePerson, useSession } from './context.ts';

/** Who one is here, and the way out; nothing where everybody is who is on the host. */
export function PersonInBar(): ReactElement | null {
  const session = useSession();
  const person = usePerson();
  if (person.kind !== 'known') return null;
  const { name, role, way } = person.user;
  if (way === 'host') {
    return person.passwords ? (
      <Link to="/login" className="button">
        Log in
      </Link>
    ) : null;
  }
  return (
    <div className="person">
      <span className="person-name clip" title={`${name}, ${role}`}>
        {name} <span className="soft">{role}</span>
      </span>
      {way === 'session' && (
        <button type="button" className="button" title={`Log ${name} out`} onClick={() => void session.logOut()}>
          Log out
        </button>
      )}
    </div>
  );
}
