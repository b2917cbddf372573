import { describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { reinjectQueue } from '../../src/dead-letters/reinject.ts';
import { done, send } from '../../src/services/outcome.ts';
import { defineService, type AnyService } from '../../src/services/service.ts';
import { payloadOf, Site } from '../fixtures/site.ts';

/** Joins that close once and for all, or not for good; each test under an address of its own. */
export function exerciseJoins(address: () => string): void {
  describe('a join that closed', () => {
    it('stays closed for whoever comes late to another host, which has nothing of what the first wrote down', async () => {
      await using here = await Site.start(address(), services());
      const run = await here.run(recipe([0], { error: 3 }));
      await here.settled(2, 'error-link');
      await here.host.stop();
      await using _elsewhere = await here.anotherHost(undefined, 'another');
      // Nobody waits an hour to hear that.
      await here.run(recipe([0, 1, 2], { error: 3, join: { timeout: 3_600 } }), {}, run);
      const late = await here.settled(2, 'late', 3);
      expect(late.map(({ host }) => host)).toEqual(['test.2', 'test.2', 'test.2']);
      expect(late[0]?.cause?.message).toContain('after its join had closed');
    });

    it('is tried again whole by another host, however long ago its members were sent', async () => {
      let isMended = false;
      const joiners = services(() => isMended);
      await using here = await Site.start(address(), joiners);
      await here.run(recipe([0, 1, 2, 3], { join: { count: 4, timeout: 1 }, retry: { attempts: 2, delay: 1 } }));
      await here.settled(2, 'retry', 4);
      await here.host.stop();
      isMended = true;
      await using _elsewhere = await here.anotherHost(undefined, 'another');
      expect((await here.settled(2, 'joined', 4)).map(({ attempt }) => attempt)).toEqual([2, 2, 2, 2]);
    });

    it('into the dead-letter queue is made anew of what is re-injected, and of what was missing', async () => {
      await using here = await Site.start(address(), services());
      const run = await here.run(recipe([0, 1, 2], { join: { count: 4, timeout: 0.1 } }));
      await here.settled(2, 'dead', 3);
      await reinjected(here, 3);
      await here.run(recipe([0, 1, 2, 3], { join: { count: 4, timeout: 0.1 } }), {}, run);
      await here.settled(2, 'joined', 4);
      expect(payloadOf(await here.next(here.client.queue('out')))).toEqual([0, 1, 2, 3]);
    });

    it('into the dead-letter queue because its handler failed is handled again when it is re-injected', async () => {
      let isMended = false;
      await using here = await Site.start(
        address(),
        services(() => isMended),
      );
      await here.run(recipe([0, 1, 2, 3], { join: { timeout: 30 }, retry: { attempts: 1 } }));
      await here.settled(2, 'dead', 4);
      isMended = true;
      await reinjected(here, 4);
      await here.settled(2, 'joined', 4);
      expect(payloadOf(await here.next(here.client.queue('out')))).toEqual([0, 1, 2, 3]);
    });
  });
}

/** A worker that passes numbers on, and a service that joins them, which fails until it is mended. */
function services(isMended = (): boolean => true): readonly AnyService[] {
  const told = { description: 'a service of a test', parameters: { type: 'object' } };
  const worker = defineService<JsonObject>({
    ...told,
    name: 'worker',
    queue: 'work',
    process: ({ payload }) => done(send(payload)),
  });
  const joiner = defineService<JsonObject>({
    ...told,
    name: 'joiner',
    queue: 'join',
    joins: true,
    process: ({ members }) => {
      if (!isMended()) throw new Error('not yet');
      return done(send(members.map(({ payload }) => (isObject(payload) ? (payload['n'] ?? null) : null))));
    },
  });
  return [worker, joiner];
}

function recipe(numbers: readonly number[], step: JsonObject): JsonObject {
  return {
    1: { queue: 'work', output: 2 },
    2: { queue: 'join', output: 3, ...step, join: { timeout: 0.1, count: 4, order: 'n', ...(step['join'] as object) } },
    3: { queue: 'out' },
    start: numbers.map((n): Json => [1, { n }]),
  };
}

async function reinjected({ client }: Site, limit: number): Promise<void> {
  const order = () => ({ now: Date.now(), user: 'operator' });
  const { signal } = new AbortController();
  const queue = client.queue('join').replace('/queue/', '/queue/DLQ.');
  expect(await reinjectQueue(client, queue, order, { limit, signal })).toMatchObject({ moved: limit, left: [] });
}
