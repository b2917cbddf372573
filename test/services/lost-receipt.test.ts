import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { done, send } from '../../src/services/outcome.ts';
import { defineService, type AnyService } from '../../src/services/service.ts';
import { unwatched, type RunningNotes } from '../../src/services/suspects.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { LeapingClock } from '../fixtures/leaping-clock.ts';
import { startProxy, type Fate } from '../fixtures/proxy.ts';
import { payloadOf, Site } from '../fixtures/site.ts';

it.each([
  ['that reached the broker is not settled twice', 'pass-and-cut'],
  ['that was lost is settled again, without running the handler again', 'lose-and-cut'],
] as [string, Fate][])('a commit without receipt %s', async (_what, fate) => {
  await using broker = await startEmbeddedBroker();
  await using proxy = await startProxy(broker.port);
  let runs = 0;
  const counting = defineService({
    name: 'counting',
    description: 'counts how often it runs',
    queue: 'work',
    parameters: { type: 'object' },
    process: ({ payload }) => {
      runs += 1;
      return done(send(payload));
    },
  });
  await using direct = await Site.start(broker.address(), []);
  await using _through = await Site.start(`stomp://127.0.0.1:${proxy.port}`, [counting]);
  const decided = Promise.withResolvers<undefined>();
  proxy.decide = (chunk) => {
    if (!chunk.includes('COMMIT')) return 'pass';
    proxy.decide = () => 'pass';
    decided.resolve(undefined);
    return fate;
  };
  const run = await direct.run({ 1: { queue: 'work', output: 2 }, 2: { queue: 'out' }, start: [[1, 'once']] });
  await decided.promise;
  await direct.run({ 1: { queue: 'work', output: 2 }, 2: { queue: 'out' }, start: [[1, 'after']] });
  const came = [await direct.next(direct.client.queue('out')), await direct.next(direct.client.queue('out'))];
  expect(came.map(payloadOf).sort()).toEqual(['after', 'once']);
  expect(came.map(({ headers }) => headers['baton-run'])).toContain(run);
  expect(runs).toBe(2);
});

it('a connection lost while a handler runs costs nothing: what it decides settles the delivery that came again', async () => {
  await using broker = await startEmbeddedBroker();
  await using proxy = await startProxy(broker.port);
  let runs = 0;
  const [began, reconnected] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const slow = defineService({
    name: 'slow',
    description: 'runs while its connection is lost',
    queue: 'work',
    parameters: { type: 'object' },
    process: async () => {
      runs += 1;
      began.resolve(undefined);
      await reconnected.promise;
      return done(send('finished'));
    },
  });
  await using direct = await Site.start(broker.address(), []);
  await using _through = await Site.start(`stomp://127.0.0.1:${proxy.port}`, [slow]);
  await direct.run({ 1: { queue: 'work', output: 2 }, 2: { queue: 'out' }, start: [[1, 'once']] });
  await began.promise;
  proxy.cut();
  // Heart-beats of the service tell that it is connected again, and the message has come with that.
  await expect.poll(() => proxy.connections).toBeGreaterThan(0);
  await direct.next(direct.client.topic('transient.status'));
  reconnected.resolve(undefined);
  expect(payloadOf(await direct.next(direct.client.queue('out')))).toBe('finished');
  expect(runs).toBe(1);
});

it('a connection lost before a handler may start costs nothing: the message is taken when it comes again', async () => {
  await using broker = await startEmbeddedBroker();
  await using proxy = await startProxy(broker.port);
  const [noting, reconnected] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const notes: RunningNotes = {
    ...unwatched,
    started: async () => {
      noting.resolve(undefined);
      await reconnected.promise;
    },
  };
  await using direct = await Site.start(broker.address(), []);
  await using _through = await Site.start(`stomp://127.0.0.1:${proxy.port}`, [joining()], { notes });
  await direct.run(joined);
  await noting.promise;
  proxy.cut();
  await expect.poll(() => proxy.connections).toBeGreaterThan(0);
  await direct.next(direct.client.topic('transient.status'));
  reconnected.resolve(undefined);
  expect(payloadOf(await direct.next(direct.client.queue('out')))).toBe('joined');
});

it('a join whose commit was lost settles what it decided, without running its handler again', async () => {
  await using broker = await startEmbeddedBroker();
  await using proxy = await startProxy(broker.port);
  let runs = 0;
  await using direct = await Site.start(broker.address(), []);
  await using _through = await Site.start(`stomp://127.0.0.1:${proxy.port}`, [joining(() => (runs += 1))]);
  proxy.decide = (chunk) => {
    if (!chunk.includes('COMMIT')) return 'pass';
    proxy.decide = () => 'pass';
    return 'lose-and-cut';
  };
  await direct.run(joined);
  expect(payloadOf(await direct.next(direct.client.queue('out')))).toBe('joined');
  expect(runs).toBe(1);
});

const joined = {
  1: { queue: 'work', join: { count: 2 }, output: 2 },
  2: { queue: 'out' },
  start: [
    [1, 'one'],
    [1, 'two'],
  ],
};

function joining(onRun: () => void = () => undefined): AnyService {
  return defineService({
    name: 'joining',
    description: 'joins',
    queue: 'work',
    parameters: { type: 'object' },
    joins: true,
    process: () => {
      onRun();
      return done(send('joined'));
    },
  });
}

it('what ends each connection over which it is settled becomes a failure, and holds up no other', async () => {
  await using broker = await startEmbeddedBroker();
  await using proxy = await startProxy(broker.port);
  let cuts = 0;
  proxy.decide = (chunk) => {
    if (!chunk.includes('deadly') || !chunk.includes('COMMIT')) return 'pass';
    cuts += 1;
    return 'lose-and-cut';
  };
  const sending = defineService({
    name: 'sending',
    description: 'sends what it is told',
    queue: 'work',
    parameters: { type: 'object' },
    concurrency: 8,
    retry: { attempts: 1, delay: 1, factor: 1, maxDelay: 1 },
    process: ({ parameters: { letters } }) => done(send((letters as string[]).join(''))),
  });
  await using direct = await Site.start(broker.address(), []);
  const recipe = (...letters: string[]): JsonObject => ({
    1: { queue: 'work', parameters: { letters }, output: 2 },
    2: { queue: 'out' },
    start: [[1, null]],
  });
  for (const word of ['deadly', 'a', 'b', 'c']) await direct.run(recipe(...word));
  await using _through = await Site.start(`stomp://127.0.0.1:${proxy.port}`, [sending], { clock: new LeapingClock() });
  const came = [];
  for (let number = 0; number < 3; number += 1) came.push(payloadOf(await direct.next(direct.client.queue('out'))));
  expect(came.sort()).toEqual(['a', 'b', 'c']);
  const dead = await direct.next(direct.client.queue('DLQ.work'));
  expect(dead.headers['baton-error-message']).toMatch(/over which each connection ended/);
  // Once with the others, and then five times alone.
  expect(cuts).toBeLessThanOrEqual(6);
});
