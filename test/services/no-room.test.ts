import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { done, send } from '../../src/services/outcome.ts';
import { defineService } from '../../src/services/service.ts';
import { Site } from '../fixtures/site.ts';

describe('an outcome that the broker has no room for', () => {
  it('is settled as decided once there is room: no attempt is counted, and nothing dies of it', async () => {
    await using broker = await startBroker({
      port: 0,
      store: ':memory:',
      limits: { storeBytes: 4_000_000, roomMs: 100 },
    });
    const full = Promise.withResolvers<undefined>();
    let runs = 0;
    const service = defineService({
      name: 'growing',
      description: 'ends when the store is full',
      queue: 'work',
      parameters: { type: 'object' },
      retry: { attempts: 1, delay: 1, factor: 1, maxDelay: 1 },
      async process() {
        runs += 1;
        await full.promise;
        return done(send('x'.repeat(900_000)));
      },
    });
    await using site = await Site.start(`stomp://127.0.0.1:${String(broker.port)}`, [service]);
    await site.run({ 1: { queue: 'work', output: 2 }, 2: { queue: 'out' }, start: [[1, '']] });
    const ballast = site.client.queue('ballast');
    const fill = async (): Promise<never> => {
      for (;;) await site.client.send({ destination: ballast, body: 'x'.repeat(100_000) });
    };
    await expect(fill()).rejects.toMatchObject({ code: 'stomp.no-room' });

    const refusals = [1, 2, 3, 4, 5, 6].reduce(async (before) => {
      await before;
      await broker.events.once('storeFailed');
    }, Promise.resolve());
    full.resolve(undefined);
    await refusals;
    await site.client.subscribe({ destination: ballast, ack: 'auto' }, () => undefined);
    expect(await site.settled(1, 'done')).toMatchObject([{ attempt: 1 }]);
    expect(site.records.filter((record) => record.kind === 'step')).toHaveLength(1);
    expect(runs).toBe(1);
  });
});
