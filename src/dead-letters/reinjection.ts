import { bodyOf, senderHeaders, without } from '../services/received.ts';
import type { ReinjectionRecord } from '../services/record.ts';
import type { Outgoing } from '../stomp/client.ts';
import { originOf, placeOf, type Letter } from './letter.ts';

/** A dead letter on its way back, and what the ledger is told. */
export interface Reinjection {
  readonly send: Outgoing;
  /** None for what the ledger never counted as dead: announcements, and what died by the broker's hand. */
  readonly record?: ReinjectionRecord;
}

/** When, and on whose word. */
export interface Order {
  readonly now: number;
  readonly user: string;
}

/** What belongs to the end of the message, and not to the message. */
const endings: ReadonlySet<string> = new Set([
  'baton-error-code',
  'baton-error-message',
  'baton-error-step',
  'baton-error-service',
  'baton-error-host',
  'baton-error-attempt',
  'baton-first-failure',
  'baton-last-failure',
  'baton-recipe-hash',
  'baton-source-hash',
  'baton-ready-by',
  'originalExpiration',
]);

/**
 * The message as its sender sent it, to where it came from, with its counters cleared: attempts and deferrals begin
 * anew, and so does the time of a join. `baton-reinjected` tells its deliveries apart from those before, in the ids of
 * the ledger: doing it twice, by a file or after an interruption, gives the same ids. Undefined when nothing tells
 * where it came from.
 */
export function reinjection(letter: Letter, order: Order): Reinjection | undefined {
  const destination = originOf(letter);
  if (destination === undefined) return undefined;
  const { headers } = letter;
  const times = (Number(headers['baton-reinjected']) || 0) + 1;
  const send = {
    destination,
    headers: {
      ...without(senderHeaders(letter), endings),
      ...anew(headers, order),
      'baton-reinjected': String(times),
      'dlq-reinjected': 'True',
    },
    body: bodyOf(letter),
  };
  const record = recordOf(letter, times, order);
  return record ? { send, record } : { send };
}

function anew(headers: Letter['headers'], { now }: Order): Record<string, string> {
  const fresh = { 'baton-attempt': '1', 'baton-deferral': '0', 'baton-sent': String(now) };
  const group = headers['baton-group'];
  return {
    ...Object.fromEntries(Object.entries(fresh).filter(([name]) => headers[name] !== undefined)),
    // ActiveMQ does not always deliver it.
    ...(group === undefined ? {} : { JMSXGroupID: group }),
  };
}

/** The ledger counted it as dead when a service or the dispatcher gave it up; a parked message that was lost on its way still waits. */
function recordOf(letter: Letter, times: number, { now, user }: Order): ReinjectionRecord | undefined {
  const { 'baton-error-code': code, 'baton-key': key } = letter.headers;
  const place = code === undefined || code === 'misparked' || key === undefined ? undefined : placeOf(letter);
  return place && { kind: 'reinjection', id: `${key ?? ''}.r${String(times)}`, ...place, time: now, user };
}
