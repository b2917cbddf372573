import type { Outgoing } from '../stomp/client.ts';
import { parkingQueue, type Destinations } from './names.ts';

/** Headers that say where a parked message belongs, and when. */
export const parkingHeaders: ReadonlySet<string> = new Set(['baton-destination', 'baton-due', 'baton-parked']);

/** The same message, parked for so many milliseconds. */
export function parked(message: Outgoing, milliseconds: number, now: number, destinations: Destinations): Outgoing {
  return {
    ...message,
    destination: destinations.queue(parkingQueue(milliseconds)),
    headers: {
      ...message.headers,
      'baton-destination': message.destination,
      'baton-due': String(Math.round(now + milliseconds)),
      'baton-parked': String(Math.round(now)),
    },
  };
}
