import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { done, send } from '../../src/services/outcome.ts';
import { defineService } from '../../src/services/service.ts';
import { defaultLimits } from '../../src/stomp/frame.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { freePort } from '../fixtures/free-port.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { Site } from '../fixtures/site.ts';

const LIMIT = 1_000_000;

describe('an output larger than the broker reads', () => {
  it('fails its message, and no other, on the embedded broker', async () => {
    const limits = { frame: { ...defaultLimits, bodyBytes: LIMIT } };
    await using broker = await startBroker({ port: 0, store: ':memory:', limits });
    await exerciseLargeOutput(`stomp://127.0.0.1:${String(broker.port)}`);
  });
});

requireOrSkip('ActiveMQ', activemqAvailable())('an output larger than ActiveMQ reads', () => {
  it('fails its message, and no other', async () => {
    const port = await freePort();
    const uri = `stomp://127.0.0.1:${String(port)}?wireFormat.maxFrameSize=${String(LIMIT)}`;
    await using _broker = await startActiveMQ({ connectors: `<transportConnector uri="${uri}"/>` });
    await exerciseLargeOutput(`stomp://127.0.0.1:${String(port)}`);
  });
});

async function exerciseLargeOutput(url: string): Promise<void> {
  const service = defineService({
    name: 'growing',
    description: 'makes something of the size it is told',
    queue: 'work',
    parameters: { type: 'object' },
    concurrency: 4,
    retry: { attempts: 1, delay: 1, factor: 1, maxDelay: 1 },
    process: ({ payload }) => done(send('x'.repeat(Number(payload)))),
  });
  await using site = await Site.start(url, [service]);
  const recipe = { 1: { queue: 'work', output: 2 }, 2: { queue: 'out' } };
  for (const size of [1, 2, 2 * LIMIT, 3, 4]) await site.run({ ...recipe, start: [[1, size]] });
  const [dead] = await site.settled(1, 'dead');
  expect(dead?.cause).toMatchObject({ message: expect.stringMatching(/maximum frame size|limit bodyBytes/) as string });
  expect(await site.settled(1, 'done', 4)).toHaveLength(4);
  expect((await site.next(site.client.queue('DLQ.work'))).headers['baton-error-code']).toBe('stomp.refused');
}
