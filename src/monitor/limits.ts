import type { HealthState } from './api.ts';

/** From which value on a check is in which state; null: it never is. */
export interface Levels {
  readonly notice: number | null;
  readonly warning: number | null;
  readonly error: number | null;
}

/** What one limit is of, which side of it is bad, and what holds where a site says nothing. */
interface Limit {
  readonly of: string;
  readonly bad: 'above' | 'below';
  readonly levels: Levels;
}

/** All limits of the checks. A value at its limit is in that state already. */
export const limits = {
  freeBytes: { of: 'bytes free where a store is', bad: 'below', levels: levels(5e9, 1e9, 200e6) },
  freePercent: { of: 'percent free where a store is', bad: 'below', levels: levels(5, 2, 1) },
  commitSeconds: {
    of: 'seconds that a small write takes until it is on disk',
    bad: 'above',
    levels: levels(0.5, 2, 10),
  },
  answerSeconds: { of: 'seconds until the broker answers', bad: 'above', levels: levels(1, 5, 20) },
  brokerPercent: {
    of: 'percent of the broker’s limits of store, memory and temporary store in use',
    bad: 'above',
    levels: levels(70, 85, 97),
  },
  ledgerMessages: {
    of: 'messages with records that wait for the ledger',
    bad: 'above',
    levels: levels(1_000, 5_000, 100_000),
  },
  unreadSeconds: {
    of: 'seconds that messages wait in a queue that nobody reads',
    bad: 'above',
    levels: levels(null, 5, null),
  },
  oldestSeconds: {
    of: 'seconds that the oldest message of a queue waits',
    bad: 'above',
    levels: levels(300, 1800, null),
  },
  heldBackSeconds: { of: 'seconds that a service is held back', bad: 'above', levels: levels(5, 300, null) },
  clockSeconds: { of: 'seconds that a clock is off', bad: 'above', levels: levels(1, 5, null) },
  deadLetters: { of: 'dead letters', bad: 'above', levels: levels(null, 1, null) },
  newDeadLetters: { of: 'dead letters that came within ten minutes', bad: 'above', levels: levels(null, null, 20) },
  overBudget: { of: 'steps that went over their budget within ten minutes', bad: 'above', levels: levels(1, 10, null) },
  stalledSeconds: {
    of: 'seconds for which nothing of a back-fill starts or ends, though nothing holds it',
    bad: 'above',
    levels: levels(null, 1800, null),
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof limits;

/** The levels that hold at a site, by limit. */
export type Limits = Readonly<Record<LimitName, Levels>>;

/** What holds where a site says nothing. */
export const standardLimits = Object.fromEntries(
  Object.entries(limits).map(([name, limit]) => [name, limit.levels]),
) as unknown as Limits;

/** The state of a value by a limit. */
export function stateBy(all: Limits, name: LimitName, value: number): HealthState {
  const isBad = (level: number | null): boolean =>
    level !== null && (limits[name].bad === 'above' ? value >= level : value <= level);
  return (['error', 'warning', 'notice'] as const).find((state) => isBad(all[name][state])) ?? 'pass';
}

/** From the gravest to none. */
export const gravity: readonly HealthState[] = ['error', 'warning', 'notice', 'pass'];

export function worstOf(states: readonly HealthState[]): HealthState {
  return gravity.find((state) => states.includes(state)) ?? 'pass';
}

function levels(notice: number | null, warning: number | null, error: number | null): Levels {
  return { notice, warning, error };
}
