import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { RunDetail } from '../../src/ledger/views.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { Works } from './reruns.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Frames that are worked on one by one, and gathered. */
function scan(
  frames: number,
  more: { readonly join?: JsonObject; readonly work?: JsonObject; readonly gather?: JsonObject } = {},
): JsonObject {
  return {
    1: { queue: 'work', parameters: { bad: '{$REPLACE:bad}' }, output: 2, ...more.work },
    2: { queue: 'gather', join: { count: frames, timeout: 1, order: 'n', ...more.join }, output: 3, ...more.gather },
    3: { queue: 'work' },
    start: Array.from({ length: frames }, (_, index) => [1, { n: index + 1 }]),
  };
}

/** Which messages a run begins with that repeats a part of another, and that its books balance; on any broker. */
export function exerciseReruns(start: () => Promise<AsyncDisposable & { address(namespace?: string): string }>): void {
  let broker: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());
  const open = async (recipe: JsonObject): Promise<Works> =>
    await Works.open(broker.address(uniqueNamespace()), recipe);

  it('the failed part of a scan is its failed frames, and what its join had got', async () => {
    await using works = await open(scan(5));
    const first = await works.run({ bad: [2, 4] });
    expect(first).toMatchObject({ state: 'failed', steps: [{ done: 3, dead: 2 }, { dead: 3 }] });
    const again = await works.rerun(first.id, { part: 'failed', set: { bad: [] } });
    expect(works.given(again.id, 1)).toEqual(['{"n":2}', '{"n":4}']);
    expect(works.given(again.id, 3)).toEqual(['[{"n":1},{"n":2},{"n":3},{"n":4},{"n":5}]']);
    expect(again).toMatchObject({ state: 'finished', rerunOf: first.id, waiting: 0 });
    expect(balanceOf(again)).toEqual([
      [1, 2, 2],
      [2, 5, 5],
      [3, 1, 1],
    ]);
  });

  it('a failure that an error link told the join of is done again in place of being told again', async () => {
    await using works = await open(scan(4, { work: { error: 2 }, gather: { error: 3 } }));
    const first = await works.run({ bad: [3] });
    expect(first).toMatchObject({
      state: 'finished',
      failed: 5,
      steps: [{ errorLink: 1 }, { errorLink: 4 }, { done: 1 }],
    });
    const again = await works.rerun(first.id, { part: 'failed', set: { bad: [] } });
    expect(again).toMatchObject({ state: 'finished', failed: 0, steps: [{ done: 1 }, { joined: 4 }, { done: 1 }] });
    expect(works.given(again.id, 3)).toEqual(['[{"n":1},{"n":2},{"n":3},{"n":4}]']);
  });

  it('a part that fails once more can be repeated in its turn', async () => {
    await using works = await open(scan(4));
    const first = await works.run({ bad: [1, 2] });
    const second = await works.rerun(first.id, { part: 'failed', set: { bad: [2] } });
    expect(second).toMatchObject({ state: 'failed', steps: [{ done: 1, dead: 1 }, { dead: 3 }] });
    const third = await works.rerun(second.id, { part: 'failed', set: { bad: [] } });
    expect(works.given(third.id, 1)).toEqual(['{"n":2}']);
    expect(third).toMatchObject({ state: 'finished', steps: [{ done: 1 }, { joined: 4 }, { done: 1 }] });
  });

  it('joins that were complete are left alone when others of their step are made again', async () => {
    const recipe = {
      ...scan(2, { join: { by: 'g' } }),
      start: [
        [1, { n: 1, g: 'a' }],
        [1, { n: 2, g: 'a' }],
        [1, { n: 3, g: 'b' }],
        [1, { n: 4, g: 'b' }],
      ],
    };
    await using works = await open(recipe);
    const first = await works.run({ bad: [4] });
    expect(first).toMatchObject({
      state: 'failed',
      steps: [{ done: 3, dead: 1 }, { joined: 2, dead: 1 }, { done: 1 }],
    });
    const again = await works.rerun(first.id, { part: 'failed', set: { bad: [] } });
    expect(works.given(again.id, 3)).toEqual(['[{"n":3,"g":"b"},{"n":4,"g":"b"}]']);
    expect(balanceOf(again)).toEqual([
      [1, 1, 1],
      [2, 2, 2],
      [3, 1, 1],
    ]);
  });

  it('from a step on, the run begins with what that was sent, and joins get what came from elsewhere', async () => {
    const recipe = {
      1: { queue: 'work', output: [2, 3] },
      2: { queue: 'work', output: 4 },
      3: { queue: 'work', output: 4 },
      4: { queue: 'gather', join: { count: 2, timeout: 5 }, output: 5 },
      5: { queue: 'work' },
      start: [[1, { n: 1 }]],
    };
    await using works = await open(recipe);
    const first = await works.run({});
    expect(first.state).toBe('finished');
    const { preview } = await works.plan(first.id, { part: 'from', step: 2 });
    expect(preview.begins.map(({ step }) => step).sort()).toEqual([2, 4]);
    const again = await works.rerun(first.id, { part: 'from', step: 2 });
    expect(balanceOf(again)).toEqual([
      [2, 1, 1],
      [4, 2, 2],
      [5, 1, 1],
    ]);
    expect([works.given(again.id, 1), works.given(again.id, 3)]).toEqual([[], []]);
    const joinOnly = await works.rerun(first.id, { part: 'from', step: 4 });
    expect(balanceOf(joinOnly)).toEqual([
      [4, 2, 2],
      [5, 1, 1],
    ]);
  });

  it('nothing of a run that ended well has failed, and steps that were sent nothing are nothing to begin with', async () => {
    await using works = await open(scan(2));
    const first = await works.run({ bad: [] });
    await expect(works.plan(first.id, { part: 'failed' })).rejects.toThrow('all its messages ended well');
    await expect(works.plan(first.id, { part: 'from', step: 7 })).rejects.toThrow('step 7 was sent no messages');
    await expect(works.plan('nobody', {})).rejects.toThrow('No run has the id "nobody"');
  });

  it('what was too large to be kept is named, and nothing starts', async () => {
    const large = { n: 2, text: 'x'.repeat(9_000) };
    const recipe = {
      ...scan(2),
      start: [
        [1, { n: 1 }],
        [1, large],
      ],
    };
    await using works = await open(recipe);
    const first = await works.run({ bad: [1] });
    await expect(works.plan(first.id, { part: 'failed', set: { bad: [] } })).rejects.toThrow(
      /the payload of 1 message to step 2, of up to 90\d\d bytes, were too large to be kept/,
    );
    // What the recipe itself begins with stands in the recipe, whatever its size.
    const again = await works.rerun(first.id, { part: 'whole', set: { bad: [] } });
    expect(again).toMatchObject({ state: 'finished', steps: [{ done: 2 }, { joined: 2 }, { done: 1 }] });
  });
}

/** Of each step: its number, the messages sent to it, and those accounted for. */
function balanceOf({ steps }: RunDetail): readonly (readonly [number, number, number])[] {
  return steps.map(({ step, sent, done, joined, skipped, duplicate, late, errorLink, dead, cancelled }) => [
    step,
    sent,
    done + joined + skipped + duplicate + late + errorLink + dead + cancelled,
  ]);
}
