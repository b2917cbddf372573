import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from '../core/clock.ts';
import { Audit } from './audit.ts';
import { Passwords } from './passwords.ts';
import { Sessions, type SessionLimits } from './sessions.ts';
import { fileName, openStore } from './store.ts';
import { Tokens } from './tokens.ts';
import { Users } from './users.ts';

/** Who may do what, and who did: what is kept of it in one store. Monitor and command line open it side by side, and what one changes counts for the other at once. */
export interface Access extends Disposable {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly audit: Audit;
}

export interface AccessOptions {
  readonly clock?: Clock;
  readonly sessions?: SessionLimits;
}

/** A day's shifts without a look, and a week of beamtime. */
export const standardSessions: SessionLimits = { idleHours: 12, hours: 168 };

/** Opens the store in the folder, or makes it. Throws `access.unusable` and `access.newer`. */
export function openAccess(
  folder: string,
  { clock = systemClock, sessions = standardSessions }: AccessOptions = {},
): Access {
  const database = openStore(folder);
  return {
    users: new Users(database, clock, new Passwords()),
    sessions: new Sessions(database, clock, sessions),
    tokens: new Tokens(database, clock),
    audit: new Audit(database, clock),
    [Symbol.dispose]: () => {
      if (database.isOpen) database.close();
    },
  };
}

/** Whether there is a store in the folder. */
export function hasAccess(folder: string): boolean {
  return existsSync(join(folder, fileName));
}
