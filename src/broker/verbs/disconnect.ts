import type { Session } from '../session.ts';

/** DISCONNECT: ends the session. Its receipt, if it asks for one, is the last frame of the connection. */
export function disconnect(session: Session): void {
  session.end();
}
