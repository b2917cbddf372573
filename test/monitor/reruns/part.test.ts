import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { RunMessage, RunMessages } from '../../../src/ledger/run-messages.ts';
import type { KnownRun } from '../../../src/monitor/reruns/lineage.ts';
import { messagesOf } from '../../../src/monitor/reruns/part.ts';
import type { Recipe } from '../../../src/recipes/recipe.ts';
import type { JsonObject } from '../../../src/core/json.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Frames of groups: worked on, recorded beside, gathered by group, and stored. */
interface Plan {
  /** How many frames each group has. */
  readonly groups: readonly number[];
  /** By step, the frames that fail there (of the join, any of whose members). */
  readonly bad: Readonly<Record<number, readonly number[]>>;
  /** Where failures are told: at the join, at the last step, or nowhere. */
  readonly workError: boolean;
  readonly joinError: boolean;
  /** After so many messages the run was cancelled. */
  readonly cancelledAfter: number;
}

const [work, record, gather, store] = [1, 2, 3, 4];

const plans: fc.Arbitrary<Plan> = fc.record({
  groups: fc.array(fc.integer({ min: 2, max: 2 }), { minLength: 1, maxLength: 4 }),
  bad: fc.record({
    1: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 3 }),
    2: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 3 }),
    3: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 1 }),
    4: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 1 }),
  }),
  workError: fc.boolean(),
  joinError: fc.boolean(),
  cancelledAfter: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 30 })),
});

function recipeOf({ workError, joinError }: Plan): Recipe {
  return {
    1: { queue: 'work', output: [record, gather], ...(workError ? { error: gather } : {}) },
    2: { queue: 'record' },
    3: { queue: 'gather', join: { count: 2, by: 'g' }, output: store, ...(joinError ? { error: store } : {}) },
    4: { queue: 'store' },
    start: [],
  };
}

type Sent = Pick<RunMessage, 'step' | 'payload' | 'overErrorLink' | 'sender'>;

/** What services would do with the messages that a run begins with: pure, and as the documents say. */
class Run {
  readonly messages: RunMessage[] = [];
  /** What was recorded and stored, as `STEP FRAMES`. */
  readonly results: string[] = [];
  readonly #plan: Plan;
  #settled = 0;

  constructor(plan: Plan, begins: readonly Sent[]) {
    this.#plan = plan;
    const open = begins.map(({ step, payload = null, overErrorLink }) => this.#send({ step, payload, overErrorLink }));
    const held: RunMessage[] = [];
    for (let next = open.shift() ?? this.#close(held, open); next; next = open.shift() ?? this.#close(held, open)) {
      if (next.step === gather) held.push(next);
      else open.push(...this.#work(next));
    }
  }

  get known(): KnownRun {
    const steps = new Map([1, 2, 3, 4].map((step) => [step, { sent: 0, known: 0, leavesRecords: true }] as const));
    const run: RunMessages = { run: 'r', state: 'failed', inferred: false, messages: this.messages, steps };
    return { ...run, recipe: recipeOf(this.#plan) };
  }

  #send(sent: Sent): RunMessage {
    const message: RunMessage = { ...sent, key: `m${String(this.messages.length)}`, bytes: 1 };
    this.messages.push(message);
    return message;
  }

  #settle(message: RunMessage, fate: NonNullable<RunMessage['fate']>): void {
    this.messages.splice(this.messages.indexOf(message), 1, { ...message, fate });
    this.#settled += 1;
  }

  #work(message: RunMessage): RunMessage[] {
    const { step, key, payload = null } = message;
    if (this.#settled >= this.#plan.cancelledAfter) {
      this.#settle(message, 'cancelled');
      return [];
    }
    const sender = { key, step };
    if (!message.overErrorLink && framesIn(payload).some((n) => this.#plan.bad[step]?.includes(n))) {
      const isTold = step === work && this.#plan.workError;
      this.#settle(message, isTold ? 'error-link' : 'dead');
      return isTold ? [this.#send({ step: gather, payload: { error: {}, payload }, overErrorLink: true, sender })] : [];
    }
    this.#settle(message, 'done');
    if (step !== work && !message.overErrorLink) this.results.push(`${String(step)} ${framesIn(payload).join()}`);
    const next = step === work ? [record, gather] : [];
    return next.map((to) => this.#send({ step: to, payload, overErrorLink: false, sender }));
  }

  /** All else is done: the joins close, complete or by their deadlines. */
  #close(held: RunMessage[], open: RunMessage[]): RunMessage | undefined {
    const groups = Map.groupBy(held.splice(0), ({ payload, overErrorLink }) => groupIn(payload, overErrorLink));
    for (const members of groups.values()) open.push(...this.#join(members));
    return open.shift();
  }

  #join(members: readonly RunMessage[]): RunMessage[] {
    const settle = (fate: NonNullable<RunMessage['fate']>): void => {
      for (const member of members) this.#settle(member, fate);
    };
    if (this.#settled >= this.#plan.cancelledAfter) {
      settle('cancelled');
      return [];
    }
    const last = members.at(-1);
    const frames = members.flatMap(({ payload = null }) => framesIn(payload)).sort((a, b) => a - b);
    const isWhole = members.length === 2 && members.every(({ overErrorLink }) => !overErrorLink);
    const isGood = isWhole && !frames.some((n) => this.#plan.bad[gather]?.includes(n));
    settle(isGood ? 'joined' : this.#plan.joinError ? 'error-link' : 'dead');
    if (!last || (!isGood && !this.#plan.joinError)) return [];
    const payload = frames.map((n) => ({ n }));
    return [this.#send({ step: store, payload, overErrorLink: !isGood, sender: { key: last.key, step: gather } })];
  }
}

function framesIn(payload: RunMessage['payload']): readonly number[] {
  return [payload].flat().map((each) => Number((each as JsonObject)['n']));
}

function groupIn(payload: RunMessage['payload'], overErrorLink: boolean): unknown {
  return ((overErrorLink ? (payload as JsonObject)['payload'] : payload) as JsonObject)['g'];
}

function beginning({ groups }: Plan): readonly Sent[] {
  return groups.flatMap((size, g) =>
    Array.from({ length: size }, (_, index) => ({
      ...{ step: work, overErrorLink: false },
      payload: { n: 2 * g + index, g },
    })),
  );
}

const nothingBad = { bad: {}, cancelledAfter: Infinity };

describe('what a run begins with that repeats', () => {
  it('what failed: with the first it does everything, and nothing twice', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const first = new Run(plan, beginning(plan));
        const whole = new Run({ ...plan, ...nothingBad }, beginning(plan)).results.sort();
        if (first.results.length === whole.length) return;
        const again = new Run({ ...plan, ...nothingBad }, messagesOf(first.known, { part: 'failed' }));
        expect([...first.results, ...again.results].sort()).toEqual(whole);
        expect(again.messages.filter(({ fate }) => fate !== 'done' && fate !== 'joined')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('what failed, and fails again elsewhere: a third does the rest', () => {
    fc.assert(
      fc.property(plans, plans, (plan, { bad, cancelledAfter }) => {
        const first = new Run(plan, beginning(plan));
        const whole = new Run({ ...plan, ...nothingBad }, beginning(plan)).results.sort();
        if (first.results.length === whole.length) return;
        const second = new Run({ ...plan, bad, cancelledAfter }, messagesOf(first.known, { part: 'failed' }));
        const done = [...first.results, ...second.results];
        if (done.length < whole.length) {
          const third = new Run({ ...plan, ...nothingBad }, messagesOf(second.known, { part: 'failed' }));
          done.push(...third.results);
        }
        expect(done.sort()).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('a step: whatever follows from it is done as in the first, and its joins are whole', () => {
    fc.assert(
      fc.property(plans, fc.constantFrom(work, record, gather), (plan, step) => {
        const good = { ...plan, ...nothingBad };
        const first = new Run(good, beginning(plan));
        const again = new Run(good, messagesOf(first.known, { part: 'from', step }));
        const reached = step === work ? [record, store] : step === record ? [record] : [store];
        const expected = first.results.filter((result) => reached.some((each) => result.startsWith(String(each))));
        expect(again.results.sort()).toEqual(expected.sort());
        expect(again.messages.filter(({ fate }) => fate !== 'done' && fate !== 'joined')).toEqual([]);
      }),
    );
  });
});
