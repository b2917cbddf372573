import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { done, later, rejected, send, type Outcome } from '../../src/services/outcome.ts';
import { defineService, type AnyService, type ServiceOptions, type StepInput } from '../../src/services/service.ts';
import { Site } from '../fixtures/site.ts';

/** The priority of a run on all its messages; each test under an address of its own. */
export function exercisePriorities(address: () => string): void {
  describe('the priority of a run', () => {
    it('stays with its messages when they are parked, tried again, joined, and told to error links', async () => {
      const worker = service('worker', 'work', ({ payload, attempt, deferral }) => {
        if (deferral === 0) return later(0.2, 'not yet');
        if (attempt === 1) throw new Error('once');
        return payload === 'bad' ? rejected('it is bad') : done(send(payload, undefined, 0.1));
      });
      const joiner = service('joiner', 'join', ({ members }) => done(send(members.length)), { joins: true });
      await using here = await Site.start(address(), [worker, joiner]);
      await here.run(
        {
          1: { queue: 'work', output: 2, error: 4, retry: { attempts: 2, delay: 0.1 } },
          2: { queue: 'join', join: { count: 2, timeout: 30 }, output: 3 },
          3: { queue: 'joined' },
          4: { queue: 'told' },
          start: ['good', 'good', 'bad'].map((payload): Json => [1, payload]),
        },
        { priority: 2 },
      );
      for (const queue of ['joined', 'told'])
        expect((await here.next(here.client.queue(queue))).headers['priority']).toBe('2');
    });

    it('is that of its environment, whatever a service in Python sent it with', async () => {
      const worker = service('worker', 'work', () => later(3_000, 'much later'));
      await using here = await Site.start(address(), [worker]);
      const environment = { ID: 'a run', baton: { priority: 2 } };
      const body = JSON.stringify({ environment, recipe, payload: null, 'recipe-path': [], 'recipe-pointer': 1 });
      const headers = { 'workflows-recipe': 'True' };
      await here.client.send({ destination: here.client.queue('work'), headers, body });
      await here.settled(1, 'later');
      expect(await parkedWith(here)).toEqual([['4', '2']]);
    });

    it('has what is live worked on before what is reprocessed', async () => {
      const order: Json[] = [];
      const worker = service('worker', 'work', ({ payload }) => {
        order.push(payload);
        return done();
      });
      await using here = await Site.start(address(), []);
      const several = (payload: string, count: number): JsonObject => ({
        1: { queue: 'work' },
        start: Array.from({ length: count }, () => [1, payload]),
      });
      await here.run(several('reprocessed', 3), { priority: 2 });
      await here.run(several('live', 2), { priority: 6 });
      await using _host = await here.anotherHost([worker]);
      await here.settled(1, 'done', 5);
      expect(order).toEqual(['live', 'live', 'reprocessed', 'reprocessed', 'reprocessed']);
    });

    it('passes nobody among those who wait for their time', async () => {
      const worker = service('worker', 'work', () => later(3_000, 'much later'));
      await using here = await Site.start(address(), [worker]);
      for (const [index, priority] of [2, 9, 6].entries()) {
        await here.run(recipe, { priority });
        await here.settled(1, 'later', index + 1);
      }
      expect(await parkedWith(here)).toEqual([
        ['4', '2'],
        ['4', '9'],
        ['4', '6'],
      ]);
    });
  });
}

const recipe = { 1: { queue: 'work' }, start: [[1, null]] };

/** What waits for more than half an hour, in its order: its priority there, and its own. */
async function parkedWith({ client }: Site): Promise<(string | undefined)[][]> {
  const parked: (string | undefined)[][] = [];
  for await (const { headers } of client.browse(client.queue('baton.later.2048')))
    parked.push([headers['priority'], headers['baton-priority']]);
  return parked;
}

type Process = (step: StepInput<JsonObject>) => Outcome;

function service(
  name: string,
  queue: string,
  process: Process,
  options: Partial<ServiceOptions<JsonObject>> = {},
): AnyService {
  const parameters = { type: 'object' };
  return defineService<JsonObject>({ name, queue, description: 'of a test', parameters, process, ...options });
}
