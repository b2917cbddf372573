import type { HealthState, QueueView, ServiceView } from './api.ts';

/** What the checks look at. */
export interface Facts {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Why there is no connection to the broker; undefined while there is one. */
  readonly disconnected: string | undefined;
  /** Why the ledger enters nothing; undefined while it does. */
  readonly ledgerTrouble: string | undefined;
  /** Messages that came to the ledger and were no records. */
  readonly malformed: number;
  /** When the broker last told of its queues; undefined when it never did. */
  readonly queuesTold: number | undefined;
  readonly queues: readonly QueueView[];
  /** Since when queues hold messages without having a consumer. */
  readonly unreadSince: ReadonlyMap<string, number>;
  readonly services: readonly ServiceView[];
  /** Bytes on the disk of the ledger's store. */
  readonly disk: { readonly free: number; readonly total: number } | undefined;
}

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly state: HealthState;
  readonly message: string;
  readonly advice?: string;
}

/** All checks, in the order in which they are shown. */
export const checks: readonly ((facts: Facts) => Finding)[] = [broker, ledger, queues, services, deadLetters, disk];

function broker({ disconnected, queuesTold, now }: Facts): Finding {
  const check = 'broker';
  if (disconnected !== undefined) {
    const advice =
      'Start the broker, or mend the network to it; Baton connects again by itself and loses nothing meanwhile.';
    return { check, state: 'error', message: disconnected, advice };
  }
  if (queuesTold === undefined || now - queuesTold > 30_000) {
    const message = 'The broker is connected, but does not tell what is in its queues.';
    const advice = 'On ActiveMQ enable the statisticsBrokerPlugin, as deploy/activemq/activemq.xml does.';
    return { check, state: 'notice', message, advice };
  }
  return { check, state: 'pass', message: 'The broker is connected.' };
}

/** Record messages that wait: some seconds' worth at full load. */
const backlogLimit = 5_000;

function ledger({ ledgerTrouble, queues: all, malformed }: Facts): Finding {
  const check = 'ledger';
  const queue = all.find(({ name }) => name === 'baton.ledger');
  const backlog = (queue?.waiting ?? 0) + (queue?.inFlight ?? 0);
  if (ledgerTrouble !== undefined) {
    const advice = 'Make room on the disk of the store, or mend it; the broker keeps the records until then.';
    return { check, state: 'error', message: `The ledger cannot write: ${ledgerTrouble}`, advice };
  }
  if (backlog > backlogLimit) {
    const message = `The ledger is behind: ${count(backlog, 'record message')} wait.`;
    return {
      check,
      state: 'warning',
      message,
      advice: 'What is shown of runs is as old as that; look at the load of this host and the speed of its disk.',
    };
  }
  if (malformed > 0) {
    const message = `${count(malformed, 'message')} to the ledger could not be read as records and ${malformed === 1 ? 'was' : 'were'} put aside.`;
    return {
      check,
      state: 'notice',
      message,
      advice: 'Look into the table "malformed" of the store: a service of another version may have sent them.',
    };
  }
  return { check, state: 'pass', message: 'The ledger is up to date.' };
}

/** A service that is restarted leaves its queue alone for a moment, in milliseconds. */
const unreadLimit = 5_000;

function queues({ queues: all, unreadSince, now }: Facts): Finding {
  const check = 'queues';
  const isUnread = ({ name }: QueueView): boolean => now - (unreadSince.get(name) ?? now) >= unreadLimit;
  const lonely = all.filter((queue) => isUnread(queue) && !isDeadLetterQueue(queue));
  if (lonely.length === 0) return { check, state: 'pass', message: 'Every queue with messages in it has a consumer.' };
  const message = `Messages wait in queues that nobody reads: ${listed(lonely.map((queue) => `${queue.name} (${String(queue.waiting)})`))}.`;
  return { check, state: 'warning', message, advice: 'Start the services that read these queues: baton service NAME.' };
}

function services({ services: all }: Facts): Finding {
  const check = 'services';
  const lost = all.filter((service) => service.lost);
  if (all.length === 0) {
    const message = 'No service has been heard of.';
    return { check, state: 'notice', message, advice: 'Start one: baton up starts those of the configuration.' };
  }
  if (lost.length > 0) {
    const message = `${count(lost.length, 'service')} went silent: ${listed(lost.map(({ service, host }) => `${service} on ${host}`))}.`;
    return {
      check,
      state: 'warning',
      message,
      advice: 'Look whether their hosts run; the log of each tells how it ended.',
    };
  }
  return { check, state: 'pass', message: `${count(all.length, 'service')} heard of, none lost.` };
}

function deadLetters({ queues: all }: Facts): Finding {
  const check = 'dead letters';
  const filled = all.filter((queue) => isDeadLetterQueue(queue) && queue.waiting > 0);
  if (filled.length === 0) return { check, state: 'pass', message: 'No dead letters.' };
  const message = `Messages that nobody could process: ${listed(filled.map((queue) => `${queue.name} (${String(queue.waiting)})`))}.`;
  return {
    check,
    state: 'warning',
    message,
    advice: 'The failed runs tell the cause of each, as do the headers of the messages.',
  };
}

/** Free space on the ledger's disk below which it is time to act, in bytes. */
const spaceLimits: readonly (readonly [HealthState, number])[] = [
  ['error', 200e6],
  ['warning', 1e9],
  ['notice', 5e9],
];

function disk({ disk: space }: Facts): Finding {
  const check = 'disk';
  if (!space) return { check, state: 'notice', message: 'How much room the store has is not known.' };
  const message = `The disk of the store has ${(space.free / 1e9).toFixed(1)} GB free of ${(space.total / 1e9).toFixed(1)}.`;
  const state = spaceLimits.find(([, limit]) => space.free < limit)?.[0] ?? 'pass';
  const advice = 'Make room: without it the ledger stops, and the embedded broker with it.';
  return { check, state, message, ...(state === 'pass' ? {} : { advice }) };
}

function isDeadLetterQueue({ name }: QueueView): boolean {
  return /^(ActiveMQ\.)?DLQ(\.|$)/.test(name);
}

function count(number: number, thing: string): string {
  return `${String(number)} ${thing}${number === 1 ? '' : 's'}`;
}

function listed(all: readonly string[]): string {
  const shown = all.slice(0, 5).join(', ');
  return all.length > 5 ? `${shown} and ${String(all.length - 5)} more` : shown;
}
