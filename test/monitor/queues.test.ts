import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { silent } from '../../src/core/log.ts';
import type { QueueView } from '../../src/monitor/api.ts';
import { QueueWatch } from '../../src/monitor/queues.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client, type Delivery } from '../../src/stomp/client.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';

interface SuiteBroker extends AsyncDisposable {
  address(namespace?: string): string;
}

describe('the queues of the embedded broker', () => exerciseQueueWatch(startEmbeddedBroker));

requireOrSkip('ActiveMQ', activemqAvailable())('the queues of ActiveMQ', () => exerciseQueueWatch(startActiveMQ));

function exerciseQueueWatch(start: () => Promise<SuiteBroker>): void {
  let broker: SuiteBroker;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  it('are told with what waits, what is in flight and who reads, by their names without the namespace', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    await bench.send('work', 5);
    await bench.send('DLQ.work', 0);
    const deliveries = await bench.receive('work', 2);
    const queues = await bench.until((all) => all.get('work')?.inFlight === 2);
    expect(queues.get('work')).toMatchObject({ waiting: 3, inFlight: 2, consumers: 1, enqueued: 5, dequeued: 0 });
    await bench.client.transact({ ack: deliveries, send: [] });
    const after = await bench.until((all) => (all.get('work')?.dequeued ?? 0) >= 2);
    expect(after.get('work')?.outRate).toBeGreaterThan(0);
  });

  it('are those of the namespace and its dead-letter queues, and none that brokers have for themselves', async () => {
    const [here, elsewhere] = [uniqueNamespace(), uniqueNamespace()];
    await using bench = await Bench.open(broker.address(here));
    await using other = await Bench.open(broker.address(elsewhere));
    await other.send('work', 1);
    await bench.send('a.b.c', 1);
    await bench.client.send({ destination: `/queue/DLQ.${here}.a.b.c`, body: 'dead' });
    const queues = await bench.until((all) => all.has('DLQ.a.b.c') && all.has('a.b.c'));
    expect([...queues.keys()].toSorted()).toEqual(['DLQ.a.b.c', 'a.b.c']);
    await other.until((all) => all.has('work'));
  });

  it('without a namespace are all queues', async () => {
    const name = uniqueNamespace();
    await using bench = await Bench.open(broker.address());
    await bench.send(`${name}.work`, 1);
    const queues = await bench.until((all) => all.has(`${name}.work`));
    expect([...queues.keys()].filter((queue) => queue.startsWith('ActiveMQ.'))).toEqual([]);
  });

  it('have a rate in once there was a second look', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    await bench.send('work', 1);
    await bench.until((all) => all.has('work'));
    await bench.send('work', 10);
    const queues = await bench.until((all) => (all.get('work')?.inRate ?? 0) > 0);
    expect(queues.get('work')?.enqueued).toBe(11);
  });

  it('that hold messages and have no consumer are known since when', async () => {
    await using bench = await Bench.open(broker.address(uniqueNamespace()));
    await bench.send('work', 1);
    await bench.until((all) => all.get('work')?.waiting === 1);
    const since = bench.watch.unreadSince.get('work') ?? 0;
    expect(since).toBeGreaterThan(0);
    await bench.until(() => (bench.watch.answered ?? 0) > since);
    expect(bench.watch.unreadSince.get('work')).toBe(since);
    await bench.receive('work', 1);
    await bench.until((all) => all.get('work')?.consumers === 1);
    expect(bench.watch.unreadSince.has('work')).toBe(false);
  });
}

it('a question that cannot be asked is not asked again at once', async () => {
  await using broker = await startEmbeddedBroker();
  const address = parseBrokerAddress(broker.address(`n${'o'.repeat(10_000)}`));
  await using client = new Client({ address, name: 'test' });
  await client.start();
  const told = Promise.withResolvers<void>();
  let complaints = 0;
  const write = (): void => {
    complaints += 1;
    told.resolve();
  };
  const watch = new QueueWatch({ client, clock: systemClock, log: pino({}, { write }), interval: 3600 });
  await watch.start();
  await told.promise;
  await client.send({ destination: '/queue/a', body: '' });
  await watch.stop();
  expect(complaints).toBe(1);
});

/** A watch on the queues of a namespace, with quick looks. */
class Bench implements AsyncDisposable {
  readonly client: Client;
  readonly watch: QueueWatch;

  private constructor(client: Client) {
    this.client = client;
    this.watch = new QueueWatch({ client, clock: systemClock, log: silent, interval: 0.05 });
  }

  static async open(address: string): Promise<Bench> {
    const client = new Client({ address: parseBrokerAddress(address), name: 'test' });
    await client.start();
    const bench = new Bench(client);
    await bench.watch.start();
    return bench;
  }

  async send(queue: string, count: number): Promise<void> {
    const destination = this.client.queue(queue);
    await this.client.transact({ ack: [], send: Array.from({ length: count }, () => ({ destination, body: 'x' })) });
  }

  /** Takes so many messages and keeps them unacknowledged. */
  async receive(queue: string, count: number): Promise<readonly Delivery[]> {
    const { promise, resolve } = Promise.withResolvers<readonly Delivery[]>();
    const deliveries: Delivery[] = [];
    const request = { destination: this.client.queue(queue), ack: 'client-individual', prefetch: count } as const;
    await this.client.subscribe(request, (delivery) => {
      deliveries.push(delivery);
      if (deliveries.length === count) resolve([...deliveries]);
    });
    return await promise;
  }

  /** The first answer of the broker that meets the condition. */
  async until(condition: (queues: ReadonlyMap<string, QueueView>) => boolean): Promise<ReadonlyMap<string, QueueView>> {
    const byName = (queues: readonly QueueView[]): Map<string, QueueView> =>
      new Map(queues.map((queue) => [queue.name, queue]));
    const { queues } = await this.watch.events.once('queues', (told) => condition(byName(told.queues)));
    return byName(queues);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch.stop();
    await this.client.stop();
  }
}
