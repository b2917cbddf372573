import type { JsonObject } from '../src/core/json.ts';

/** Messages that a run fans out to and joins again. */
export const items = 6;
/** Messages that a run sends through one group, whose order is kept. */
const ordered = 4;
/** Members that a join waits for which one of them comes too late for, now and then. */
const tardyMembers = 3;
/** Messages a run consists of at least; retries, deferrals and checkpoints come on top. */
export const messagesPerRun = 1 + 3 * items + 1 + 2 * ordered + 2;

/** What the first step of a run is told to send, by channel. */
export const fanOut = { items, ordered, tardyMembers } as const;

/** What one run is asked to do beside its work. */
export interface Twist {
  /** One message ends in the dead-letter queue, by killing its process or by being rejected. */
  readonly doom: 'poison' | 'hopeless' | 'none';
  /** One join's last member comes long after its deadline. */
  readonly isTardy: boolean;
}

/** The twist of the n-th run. */
export function twistOf(index: number): Twist {
  const doom = index % 40 === 5 ? 'poison' : index % 20 === 2 ? 'hopeless' : 'none';
  return { doom, isTardy: index % 3 === 1 };
}

/** The outputs of a run: each is to become exactly one message on the reply queue. */
export function outputsOf({ isTardy }: Twist): readonly string[] {
  const numbered = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${name}-${String(index)}`);
  return [
    'joined',
    'error',
    ...numbered('item', items),
    ...numbered('ordered', ordered),
    ...(isTardy ? ['partial'] : []),
  ];
}

/** Fan-out, random retries, deferrals and checkpoints, joins, a group, error links, and messages doomed by design. */
export const recipe: JsonObject = {
  1: {
    queue: 'chaos.split',
    service: 'chaos-split',
    output: { item: 2, ordered: 5, failing: 6, poison: 8, hopeless: 9, partial: 10 },
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
  5: { queue: 'chaos.ordered', service: 'chaos-ordered', group: true, output: 4 },
  6: { queue: 'chaos.doomed', service: 'chaos-doomed', error: 7 },
  7: { queue: 'chaos.sink', service: 'chaos-sink', parameters: { output: 'error' } },
  8: { queue: 'chaos.poison', service: 'chaos-poison' },
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
  start: [[1, { doom: '{doom}', tardy: '{$REPLACE:tardy}' }]],
};

/** The step whose messages may come late. */
export const tardyStep = 10;

/** The service processes: what is heavy stands in both, so that groups and joins change hands. */
export const processes: Readonly<Record<string, readonly string[]>> = {
  first: ['chaos-split', 'chaos-work', 'chaos-join', 'chaos-ordered'],
  second: ['chaos-work', 'chaos-join', 'chaos-ordered', 'chaos-sink', 'chaos-doomed', 'chaos-poison'],
};

/** The steps at which a message may die by design. */
export const doomedSteps: ReadonlySet<number> = new Set([8, 9]);
