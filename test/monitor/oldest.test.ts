import { assert, integer, property, array, constantFrom, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueueView } from '../../src/monitor/api.ts';
import { OldestWaiting } from '../../src/monitor/oldest.ts';

const queue = (waiting: number, enqueued: number): QueueView => ({
  ...{ name: 'work', waiting, inFlight: 0, consumers: 1, enqueued, dequeued: 0, inRate: 0, outRate: 0 },
});

describe('the oldest message that waits', () => {
  it('waits at least as long as is told, in a queue that is read in order, and since the last look where it was there', () => {
    const step = tuple(constantFrom('came', 'gone', 'look'), integer({ min: 1, max: 5 }));
    assert(
      property(array(step, { maxLength: 300 }), (steps) => {
        const oldest = new OldestWaiting();
        const waiting: number[] = [];
        let [time, enqueued, looked] = [0, 0, 0];
        for (const [what, number] of steps) {
          time += number;
          if (what === 'gone') waiting.splice(0, number);
          if (what === 'came') {
            enqueued += number;
            waiting.push(...Array.from({ length: number }, () => time));
          }
          if (what !== 'look') continue;
          oldest.take([queue(waiting.length, enqueued)], time);
          const told = oldest.since.get('work');
          const [first] = waiting;
          if (first === undefined) expect(told).toBeUndefined();
          else expect(told).toBeGreaterThanOrEqual(first);
          // What was there at the last look has waited since then at least.
          if (first !== undefined && first <= looked) expect(told).toBeLessThanOrEqual(looked);
          looked = time;
        }
      }),
    );
  });

  it('is as old as before when the broker was restarted and counts anew', () => {
    const oldest = new OldestWaiting();
    oldest.take([queue(5, 100)], 1_000);
    oldest.take([queue(5, 0)], 2_000);
    expect(oldest.since.get('work')).toBe(1_000);
    oldest.take([queue(3, 0)], 3_000);
    expect(oldest.since.get('work')).toBe(1_000);
    oldest.take([queue(0, 0)], 4_000);
    expect(oldest.since.size).toBe(0);
  });

  it('is known to the next watch', () => {
    const oldest = new OldestWaiting();
    oldest.take([queue(5, 100)], 1_000);
    const next = new OldestWaiting(oldest.knew);
    next.take([queue(6, 101)], 2_000);
    expect(next.since.get('work')).toBe(1_000);
    next.take([queue(1, 101)], 3_000);
    expect(next.since.get('work')).toBe(2_000);
  });
});
