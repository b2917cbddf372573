import { isObject, type Json, type JsonObject } from '../core/json.ts';

/** A queue as the broker counts it. Totals are since the broker started. */
export interface QueueStatistics {
  /** With the namespace prefix. */
  readonly name: string;
  /** Messages in the queue, those in flight among them. */
  readonly size: number;
  readonly inFlight: number;
  readonly consumers: number;
  readonly enqueued: number;
  readonly dequeued: number;
}

/** To be sent to, with a `reply-to`: the broker answers with one message a queue that the pattern (`a.>`) matches. */
export function statisticsQueue(pattern: string): string {
  return `/queue/ActiveMQ.Statistics.Destination.${pattern}`;
}

/** To be sent to, with a `reply-to`: the broker answers with one message about itself. */
export const brokerStatisticsQueue = '/queue/ActiveMQ.Statistics.Broker';

/** What makes ActiveMQ write the answer as JSON; a header of the subscription to the reply queue. */
export const asJson = { transformation: 'jms-map-json' } as const;

/**
 * Reads one answer of the statistics plugin: `{"map":{"entry":[{"string":"size","long":3},{"string":["brokerName","b"]}]}}`.
 * Undefined when it is none, or not of a queue.
 */
export function readStatistics(body: Buffer): QueueStatistics | undefined {
  const entries = readEntries(body);
  const destination = entries.get('destinationName');
  if (typeof destination !== 'string' || !destination.startsWith('queue://')) return undefined;
  const count = (name: string): number => Number(entries.get(name) ?? 0);
  return {
    name: destination.slice('queue://'.length),
    size: count('size'),
    inFlight: count('inflightCount'),
    consumers: count('consumerCount'),
    enqueued: count('enqueueCount'),
    dequeued: count('dequeueCount'),
  };
}

/** All that one answer tells, by name; empty when it is none. */
export function readEntries(body: Buffer): ReadonlyMap<string, Json> {
  return new Map(entriesOf(body));
}

function entriesOf(body: Buffer): readonly (readonly [string, Json])[] {
  const answer = parsed(body);
  const map = isObject(answer) ? answer['map'] : undefined;
  const entries = isObject(map) ? map['entry'] : undefined;
  return Array.isArray(entries) ? entries.flatMap((entry: Json) => (isObject(entry) ? nameAndValue(entry) : [])) : [];
}

/** A number stands under its type, beside the name; a text stands with the name in a list of two. */
function nameAndValue({ string: name, ...value }: JsonObject): readonly (readonly [string, Json])[] {
  if (typeof name === 'string') return Object.values(value).map((number) => [name, number]);
  if (!Array.isArray(name)) return [];
  const [key, text] = name as readonly Json[];
  return typeof key === 'string' && text !== undefined ? [[key, text]] : [];
}

function parsed(body: Buffer): Json {
  try {
    return JSON.parse(body.toString()) as Json;
  } catch {
    return null;
  }
}
