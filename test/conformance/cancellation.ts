import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { done, later, send, type Outcome } from '../../src/services/outcome.ts';
import { defineService, type AnyService, type ServiceOptions, type StepInput } from '../../src/services/service.ts';
import { Site } from '../fixtures/site.ts';

/** What becomes of a run that was cancelled. `address` names a namespace of its own each time. */
export function exerciseCancellation(address: () => string): void {
  describe('a cancelled run', () => {
    it('is not worked on any more: what waits is settled as cancelled, other runs go on', async () => {
      const worked: Json[] = [];
      const started = Promise.withResolvers<undefined>();
      const service = worker(
        async ({ payload }, { signal }) => {
          worked.push(payload);
          started.resolve(undefined);
          if (payload === 'a') await aborted(signal);
          return done(send(payload));
        },
        { concurrency: 1 },
      );
      await using here = await Site.start(address(), [service]);
      const run = await here.run({ ...oneStep(), start: ['a', 'b', 'c', 'd'].map((payload) => [1, payload]) });
      await started.promise;
      await here.run(oneStep());
      await here.cancel(run);
      const records = await here.settled(1, 'cancelled', 4);
      expect(records.map(({ sends, outputs }) => [sends, outputs])).toEqual(Array(4).fill([{}, []]));
      await here.settled(1, 'done');
      expect(worked).toEqual(['a', 'begin']);
    });

    it('has the signals of its handlers aborted, and whatever they return or throw is dropped', async () => {
      const started = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      const service = worker(
        async ({ payload }, { signal }) => {
          started[Number(payload)]?.resolve(undefined);
          const reason = await aborted(signal);
          if (payload === 0) throw reason;
          return done(send(reason.message));
        },
        { concurrency: 2 },
      );
      await using here = await Site.start(address(), [service]);
      const run = await here.run({ ...oneStep({ output: 2 }), 2: { queue: 'out' }, start: [0, 1].map((n) => [1, n]) });
      await Promise.all(started.map(async ({ promise }) => promise));
      await here.cancel(run);
      const records = await here.settled(1, 'cancelled', 2);
      expect(records.map(({ sends, cause }) => [sends, cause])).toEqual([
        [{}, undefined],
        [{}, undefined],
      ]);
    });

    it('is known to a service that starts later, before its first handler runs', async () => {
      let worked = 0;
      const services = [worker(() => ((worked += 1), done()))];
      await using here = await Site.start(address(), []);
      const run = await here.run(oneStep());
      await here.cancel(run);
      await using _host = await here.anotherHost(services);
      await here.settled(1, 'cancelled');
      expect(worked).toBe(0);
    });

    it('is forgotten by services when it is no longer on the list', async () => {
      let started = Promise.withResolvers<undefined>();
      const service = worker(async ({ payload }, { signal }) => {
        started.resolve(undefined);
        if (payload === 'begin') await aborted(signal);
        return done();
      });
      await using here = await Site.start(address(), [service]);
      const run = await here.run(oneStep());
      await started.promise;
      await here.cancel(run);
      await here.settled(1, 'cancelled');
      started = Promise.withResolvers();
      const other = await here.run(oneStep());
      await started.promise;
      await here.tellCancelled([other]);
      await here.settled(1, 'cancelled', 2);
      await here.run({ ...oneStep(), start: [[1, 'again']] }, {}, run);
      await here.settled(1, 'done');
    });

    it('has the members of its joins released', async () => {
      const services = [
        worker(({ payload }) => done(send(payload))),
        worker(() => done(), { name: 'joiner', queue: 'join', joins: true }),
      ];
      await using here = await Site.start(address(), services);
      const recipe = {
        1: { queue: 'work', output: 2 },
        2: { queue: 'join', join: { count: 4, timeout: 3600 } },
        start: [0, 1, 2].map((n) => [1, n]),
      };
      const run = await here.run(recipe);
      await here.settled(1, 'done', 3);
      // One that is delivered after the three is settled when they are held.
      await here.run({ ...recipe, 2: { queue: 'join', join: { count: 1 } }, start: [[1, 0]] });
      await here.settled(2, 'done');
      await here.cancel(run);
      await here.settled(2, 'cancelled', 3);
    });

    it('does not wait for the time of what is parked', async () => {
      await using here = await Site.start(address(), [worker(() => later(3600, 'no quota'))]);
      const run = await here.run({ ...oneStep(), start: [1, 2, 3].map((n) => [1, n]) });
      await here.settled(1, 'later', 3);
      await here.cancel(run);
      const records = await here.settled(1, 'cancelled', 3);
      expect(records.map(({ deferral }) => deferral)).toEqual([1, 1, 1]);
    });
  });
}

type Process = (step: StepInput<JsonObject>, tools: { readonly signal: AbortSignal }) => Outcome | Promise<Outcome>;

function worker(process: Process, options: Partial<ServiceOptions<JsonObject>> = {}): AnyService {
  const defaults = { description: 'a service of a test', parameters: { type: 'object' } };
  return defineService<JsonObject>({ ...defaults, name: 'worker', queue: 'work', process, ...options });
}

function oneStep(extra: JsonObject = {}): JsonObject {
  return { 1: { queue: 'work', ...extra }, start: [[1, 'begin']] };
}

/** Why the signal is aborted, once it is. */
async function aborted(signal: AbortSignal): Promise<Error> {
  return await new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(signal.reason as Error), { once: true }),
  );
}
