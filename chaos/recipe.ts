import type { JsonObject } from '../src/core/json.ts';

/** Messages that a run fans out to and joins again. */
const items = 6;
/** Messages that a run sends through one group, whose order is kept. */
const ordered = 4;
/** Members that a join waits for which one of them comes too late for, now and then. */
const tardyMembers = 3;
/** Messages a run consists of at least; retries, deferrals and checkpoints come on top. */
export const messagesPerRun = 1 + 3 * items + 1 + 2 * ordered + 2;

/** What the first step of a run is told to send, by channel. */
export const fanOut = { items, ordered, tardyMembers } as const;

/** How a message ends its process, each time. */
export type CrashKind = (typeof crashKinds)[number];
export const crashKinds = ['kill', 'exit', 'block', 'segfault', 'leak'] as const;

/** What one announcement asks for beside its work. */
export interface Twist {
  /** One message ends in the dead-letter queue, by ending its process or by being rejected. */
  readonly doom: CrashKind | 'hopeless' | 'none';
  /** One join's last member comes long after its deadline. */
  readonly isTardy: boolean;
  /** It names a recipe that is not there, and is refused. */
  readonly isRefused: boolean;
  /** One message goes through a service that leaves no records: the run ends by silence. */
  readonly isForeign: boolean;
}

/** Announcements for one that crashes: a process that crashes again and again waits for longer and longer. */
const perCrash = { atLeast: 4, atMost: 20 };

/** What the n-th announcement of a run asks for. `crashes`: which kind comes first; absent, no handler ends its process. */
export function twistOf(index: number, count: number, crashes: number | undefined): Twist {
  const every = Math.min(perCrash.atMost, Math.max(perCrash.atLeast, Math.floor(count / crashKinds.length)));
  const isCrash = crashes !== undefined && index % every === 1;
  const crash = isCrash ? crashKinds[(Math.floor(index / every) + crashes) % crashKinds.length] : undefined;
  const isRefused = index % 15 === 6;
  // Silence takes a minute to be noticed: too long for a short run.
  const isForeign = count >= 30 && index % 15 === 10 && !isCrash;
  const doom = crash ?? (index % 20 === 2 ? 'hopeless' : 'none');
  const isHarmless = isRefused || isForeign;
  return { doom: isHarmless ? 'none' : doom, isTardy: index % 3 === 1 && !isRefused, isRefused, isForeign };
}

/** The outputs of an announcement: each is to become exactly one message on the reply queue. */
export function outputsOf({ isTardy, isRefused, isForeign }: Twist): readonly string[] {
  if (isRefused) return [];
  const numbered = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${name}-${String(index)}`);
  return [
    'joined',
    'error',
    ...numbered('item', items),
    ...numbered('ordered', ordered),
    ...(isTardy ? ['partial'] : []),
    ...(isForeign ? ['foreign'] : []),
  ];
}

/** Where groups are kept in order. */
export const orderedQueue = 'chaos.ordered';
/** What the service reads that leaves no records. */
export const foreignQueue = 'chaos.foreign';

/** Fan-out, random retries, deferrals and checkpoints, joins, a group, error links, and messages doomed by design. */
export const recipe: JsonObject = {
  1: {
    queue: 'chaos.split',
    service: 'chaos-split',
    output: { item: 2, ordered: 5, failing: 6, poison: 8, hopeless: 9, partial: 10, foreign: 12 },
  },
  2: { queue: 'chaos.work', service: 'chaos-work', retry: { attempts: 5, delay: 0.1, factor: 1 }, output: [3, 4] },
  3: {
    queue: 'chaos.join',
    service: 'chaos-join',
    parameters: { output: 'joined' },
    join: { count: items, order: 'item' },
    output: 4,
  },
  4: { queue: 'chaos.sink', service: 'chaos-sink' },
  5: { queue: orderedQueue, service: 'chaos-ordered', group: true, output: 4 },
  6: { queue: 'chaos.doomed', service: 'chaos-doomed', error: 7 },
  7: { queue: 'chaos.sink', service: 'chaos-sink', parameters: { output: 'error' } },
  8: { queue: 'chaos.poison', service: 'chaos-poison', timeout: 1 },
  9: { queue: 'chaos.doomed', service: 'chaos-doomed' },
  10: {
    queue: 'chaos.join',
    service: 'chaos-join',
    parameters: { output: 'partial' },
    join: { count: tardyMembers, timeout: 2 },
    output: 4,
    error: 11,
  },
  11: { queue: 'chaos.sink', service: 'chaos-sink', parameters: { output: 'partial' } },
  12: { queue: foreignQueue, service: 'chaos-foreign', output: 4 },
  start: [[1, { doom: '{doom}', how: '{how}', tardy: '{$REPLACE:tardy}', foreign: '{$REPLACE:foreign}' }]],
};

/** The step whose messages may come late. */
export const tardyStep = 10;

/** The service processes: what is heavy stands in two, so that groups and joins change hands; what crashes has neighbours. */
export const processes: Readonly<Record<string, readonly string[]>> = {
  first: ['chaos-split', 'chaos-work', 'chaos-join', 'chaos-ordered'],
  second: ['chaos-work', 'chaos-join', 'chaos-ordered', 'chaos-sink', 'chaos-doomed', 'chaos-poison'],
  third: ['chaos-work', 'chaos-sink', 'chaos-poison'],
};

/** The steps at which a message may die by design. */
export const doomedSteps: ReadonlySet<number> = new Set([8, 9]);

/** What the ledger is to count: of these steps together, this tally, so many. */
export function expectedTallies(twist: Twist): readonly (readonly [steps: readonly number[], Counted, number])[] {
  return [
    [[1], 'done', 1],
    [[3], 'joined', items],
    [[4, 7, 11], 'done', outputsOf(twist).length],
    [[5], 'done', ordered],
    [[6], 'errorLink', 1],
    [[8, 9], 'dead', twist.doom === 'none' ? 0 : 1],
    [[1, 2, 3, 4, 5, 6, 7, 10, 11], 'dead', 0],
  ];
}

/** What waits at a step by the books of a run that has ended: nothing, but where a message passed through a silent service. */
export function expectedWaiting(step: number, { isForeign }: Twist): number {
  if (!isForeign) return 0;
  if (step === 12) return 1;
  return step === 4 ? -1 : 0;
}

type Counted = 'done' | 'joined' | 'errorLink' | 'dead';
