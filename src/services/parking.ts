import type { Outgoing } from '../stomp/client.ts';
import type { Headers } from '../stomp/frame.ts';
import { parkingQueue, type Destinations } from './names.ts';
import { without } from './received.ts';

/** Headers that say where a parked message belongs, and when, and what it is like there. */
const parkingHeaders: ReadonlySet<string> = new Set([
  'baton-destination',
  'baton-due',
  'baton-parked',
  'baton-priority',
]);
/** In the queues of the timekeeper nobody passes another: only what is first is waited for. */
const priority = '4';

/** The same message, parked for so many milliseconds. */
export function parked(message: Outgoing, milliseconds: number, now: number, destinations: Destinations): Outgoing {
  const own = message.headers?.['priority'];
  return {
    ...message,
    destination: destinations.queue(parkingQueue(milliseconds)),
    headers: {
      ...message.headers,
      ...(own === undefined ? {} : { 'baton-priority': own }),
      priority,
      'baton-destination': message.destination,
      'baton-due': String(Math.round(now + milliseconds)),
      'baton-parked': String(Math.round(now)),
    },
  };
}

/** The headers of a parked message as they were before. */
export function unparked(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { 'baton-priority': own } = headers;
  return { ...without(headers, parkingHeaders), ...(own === undefined ? {} : { priority: own }) };
}

/**
 * How long a parked message has waited, and is still to. What passed before it was received goes by the clocks of hosts,
 * and what passes since by one that nobody sets: a clock that is put back or forward neither holds a message up nor, as
 * long as it is held, sends it early.
 */
export class Stay {
  readonly #delay: number;
  readonly #since: number;

  /** `now` when it was received. A message without these headers is due at once. */
  constructor(headers: Headers, now: number) {
    const since = time(headers, 'baton-parked');
    this.#delay = Math.max(0, time(headers, 'baton-due') - since);
    // Parked in the future: by a clock that was put back since, or by another host's.
    this.#since = performance.now() - Math.max(0, now - since);
  }

  /** Milliseconds of its whole delay that are left; not above 0 when it is due. */
  get left(): number {
    return this.#delay - this.#waited;
  }

  /** The same of what it waits in a delay class of so many milliseconds. */
  leftIn(milliseconds: number): number {
    return Math.min(milliseconds, this.#delay) - this.#waited;
  }

  get #waited(): number {
    return performance.now() - this.#since;
  }
}

function time(headers: Headers, name: string): number {
  const told = Number(headers[name]);
  return Number.isNaN(told) ? 0 : told;
}
