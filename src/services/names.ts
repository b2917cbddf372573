/** Names on the broker that belong to Baton itself, without the namespace prefix. */
export const names = {
  ledger: 'baton.ledger',
  replies: 'baton.replies',
  suspects: 'baton.suspects',
  cancelled: 'baton.cancelled',
  log: 'baton.log',
  jobs: 'baton.jobs',
  status: 'transient.status',
  command: 'command',
  announcements: ['data-collection', 'processing_recipe'],
  /** Runs that are to be repeated, with the recipes that they were made from: only Baton itself may bring those. */
  reruns: 'baton.reruns',
  results: 'results',
  joins: 'baton.joins',
} as const;

/** Turns a name into a destination, with the namespace prefix. The STOMP client is one. */
export interface Destinations {
  queue(name: string): string;
  topic(name: string): string;
}

/** Delay classes in seconds. A delay is waited out in the largest class that fits, then the next: any delay is a few hops, and every queue is in order of its due times. */
export const delayClasses: readonly number[] = Array.from({ length: 16 }, (_, power) => 2 ** (power - 3));

/** The queue in which a message waits that is due in so many milliseconds. */
export function parkingQueue(milliseconds: number): string {
  const fitting = delayClasses.findLast((seconds) => seconds * 1000 <= milliseconds) ?? delayClasses[0];
  return parkingName(fitting ?? 0);
}

/** The name of one delay class's queue. */
export function parkingName(seconds: number): string {
  return `baton.later.${seconds}`;
}

/** The dead-letter queue of a queue's full destination: ActiveMQ's form, `DLQ.` before the name with its prefix. */
export function deadLetterQueue(destination: string): string {
  return destination.replace('/queue/', '/queue/DLQ.');
}
