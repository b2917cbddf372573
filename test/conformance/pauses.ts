import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { done, send } from '../../src/services/outcome.ts';
import type { Pause } from '../../src/services/pause.ts';
import { defineService, type AnyService, type StepInput } from '../../src/services/service.ts';
import { Beats } from '../fixtures/beats.ts';
import { Site } from '../fixtures/site.ts';

/** Services that are paused and drained; each test under an address of its own. */
export function exercisePauses(address: () => string): void {
  const recipe = { 1: { queue: 'work' } };
  const starts = (count: number, from = 0): Json => Array.from({ length: count }, (_, n) => [1, from + n]);

  describe('a paused service', () => {
    it('finishes what it works on, gives the rest to others with no attempt counted, and goes on when it is resumed', async () => {
      const here = { ran: [] as Json[], ...Promise.withResolvers<void>() };
      const there: Json[] = [];
      const first = Promise.withResolvers<void>();
      const slow = worker(async ({ payload }) => {
        here.ran.push(payload);
        first.resolve();
        await here.promise;
      });
      await using site = await Site.start(address(), [slow]);
      const beats = await Beats.of(site.client);
      await site.run({ ...recipe, start: starts(8) });
      await first.promise;
      await site.tellPauses([pauseOf('worker', 'test.1')]);
      const pausing = await beats.said('test.1', 'pausing by jane: the licence is gone');
      expect(pausing).toMatchObject({ status: 4, paused: { who: 'jane', since: 17 }, workflows: '3.5' });
      {
        await using _other = await site.anotherHost([worker(({ payload }) => void there.push(payload))], 'two');
        here.resolve();
        const records = await site.settled(1, 'done', 8);
        expect(here.ran).toEqual([0]);
        expect(there.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(new Set(records.map(({ attempt, deferral }) => `${attempt} ${deferral}`))).toEqual(new Set(['1 0']));
      }
      await beats.said('test.1', 'paused by jane: the licence is gone');
      await site.tellPauses([]);
      await site.run({ ...recipe, start: starts(3, 8) });
      await site.settled(1, 'done', 11);
      expect(here.ran).toEqual([0, 8, 9, 10]);
    });

    it('obeys from its first message on where its whole class is paused before it starts', async () => {
      const ran: Json[] = [];
      await using site = await Site.start(address(), []);
      const beats = await Beats.of(site.client);
      await site.tellPauses([pauseOf('worker', '*')]);
      await site.run({ ...recipe, start: starts(3) });
      await using _late = await site.anotherHost([worker(({ payload }) => void ran.push(payload))]);
      await beats.said('test.2', 'paused by jane: the licence is gone');
      expect(ran).toEqual([]);
      await site.tellPauses([]);
      await site.settled(1, 'done', 3);
      expect(ran).toEqual([0, 1, 2]);
    });

    it('hands over the members of joins that it held', async () => {
      const joining = (joined: Json[][]): AnyService =>
        defineService({
          name: 'worker',
          description: 'joins',
          queue: 'work',
          parameters: { type: 'object' },
          joins: true,
          process: ({ members }) => {
            joined.push(members.map(({ payload }) => payload));
            return done();
          },
        });
      const feed = defineService({
        name: 'feed',
        description: 'passes on',
        queue: 'feed',
        parameters: { type: 'object' },
        process: ({ payload }) => done(send(payload)),
      });
      const [here, there]: [Json[][], Json[][]] = [[], []];
      await using site = await Site.start(address(), [joining(here)]);
      const beats = await Beats.of(site.client);
      await site.run({
        1: { queue: 'work', join: { count: 3 } },
        2: { queue: 'feed', output: 1 },
        start: [
          [1, 'first'],
          [1, 'second'],
          [2, 'last'],
        ],
      });
      await beats.next(({ host, status }) => host === 'test.1' && status === 4);
      await site.tellPauses([pauseOf('worker', 'test.1')]);
      await beats.said('test.1', 'paused by jane: the licence is gone');
      await using _other = await site.anotherHost([joining(there), feed], 'two');
      await site.settled(1, 'joined', 3);
      expect(here).toEqual([]);
      expect(there.map((members) => members.map(String).toSorted())).toEqual([['first', 'last', 'second']]);
    });
  });

  it('a service that is drained finishes what it works on, says so, and its process ends with the last one', async () => {
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slow = worker(async () => {
      begun.resolve();
      await gate.promise;
    });
    const beside = defineService({
      name: 'beside',
      description: 'stays',
      queue: 'other',
      parameters: { type: 'object' },
      process: () => done(),
    });
    await using site = await Site.start(address(), [slow, beside]);
    const beats = await Beats.of(site.client);
    let ended = 0;
    site.host.events.on('shutdown', () => (ended += 1));
    await site.run({ ...recipe, start: starts(4) });
    await begun.promise;
    const command = { command: 'drain', host: 'test.1', who: 'jane', reason: 'a new disk' };
    const order = async (service: string): Promise<void> =>
      await site.client.send({
        destination: site.client.topic('command'),
        body: JSON.stringify({ ...command, service }),
      });
    await order('worker');
    await beats.said('test.1', 'draining, asked by jane: a new disk');
    gate.resolve();
    expect(await beats.said('test.1', 'drained, asked by jane: a new disk')).toMatchObject({ status: 6 });
    await site.settled(1, 'done');
    expect(site.records.filter(({ kind }) => kind === 'step')).toHaveLength(1);
    await site.run({ 1: { queue: 'other' }, start: [[1, 'goes on']] });
    await site.settled(1, 'done', 2);
    expect(ended).toBe(0);
    const end = site.host.events.once('shutdown');
    await order('*');
    await end;
  });
}

function pauseOf(service: string, host: string): Pause {
  return { service, host, since: 17, who: 'jane', reason: 'the licence is gone' };
}

function worker(work: (step: StepInput<unknown>) => unknown): AnyService {
  return defineService({
    name: 'worker',
    description: 'works',
    queue: 'work',
    parameters: { type: 'object' },
    process: async (step) => {
      await work(step);
      return done();
    },
  });
}
