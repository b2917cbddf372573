import type { JsonObject } from '../src/core/json.ts';

/** Messages that a run fans out to and joins again. */
export const items = 6;
/** Messages that a run sends through one group, whose order is kept. */
const ordered = 4;
/** Messages a run consists of at least; retries, deferrals and checkpoints come on top. */
export const messagesPerRun = 1 + items + items + 1 + ordered + ordered + 1 + 1;

/** What one run is asked to do beside its work: end one message in the dead-letter queue, by killing or by rejecting it. */
export type Doom = 'poison' | 'hopeless' | 'none';

/** The outputs of a run: each is to become exactly one message on the reply queue. */
export const outputs: readonly string[] = [
  'joined',
  'error',
  ...Array.from({ length: ordered }, (_, index) => `ordered-${String(index)}`),
];

/** What the first step of a run is told to send, by channel. */
export const fanOut = { items, ordered } as const;

/** Fan-out, random retries, deferrals and checkpoints, a join, a group, an error link, and messages doomed by design. */
export const recipe: JsonObject = {
  1: {
    queue: 'chaos.split',
    service: 'chaos-split',
    output: { item: 2, ordered: 5, failing: 6, poison: 8, hopeless: 9 },
  },
  2: { queue: 'chaos.work', service: 'chaos-work', retry: { attempts: 5, delay: 0.1, factor: 1 }, output: 3 },
  3: { queue: 'chaos.join', service: 'chaos-join', join: { count: items, order: 'item' }, output: 4 },
  4: { queue: 'chaos.sink', service: 'chaos-sink' },
  5: { queue: 'chaos.ordered', service: 'chaos-ordered', group: true, output: 4 },
  6: { queue: 'chaos.doomed', service: 'chaos-doomed', error: 7 },
  7: { queue: 'chaos.sink', service: 'chaos-sink' },
  8: { queue: 'chaos.poison', service: 'chaos-poison' },
  9: { queue: 'chaos.doomed', service: 'chaos-doomed' },
  start: [[1, { doom: '{doom}' }]],
};

/** The service processes: what is heavy stands in both, so that groups and joins change hands. */
export const processes: Readonly<Record<string, readonly string[]>> = {
  first: ['chaos-split', 'chaos-work', 'chaos-join', 'chaos-ordered'],
  second: ['chaos-work', 'chaos-join', 'chaos-ordered', 'chaos-sink', 'chaos-doomed', 'chaos-poison'],
};

/** The steps at which a message may die by design. */
export const doomedSteps: ReadonlySet<number> = new Set([8, 9]);
