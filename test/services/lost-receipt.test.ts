import { expect, it } from 'vitest';
import { done, send } from '../../src/services/outcome.ts';
import { defineService } from '../../src/services/service.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
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
