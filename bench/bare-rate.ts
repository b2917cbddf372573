import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Deliveries } from './deliveries.ts';
import { batch, connections, outQueue, prefetchOf, queueOf, type Load } from './load.ts';
import { Rate } from './rate.ts';
import { Progress } from './stalled.ts';

/** Steps per second of a client that does nothing but acknowledge and forward what `fill` put there. Rejects with `Stalled`. */
export async function bareRate(address: string, load: Load): Promise<number> {
  const { messages, queues } = load;
  const { port, prefix } = parseBrokerAddress(address);
  const full = (queue: string): string => `/queue/${prefix}.${queue}`;
  const consumers = await Promise.all(Array.from({ length: connections }, async () => Deliveries.connect(port)));
  // The last batch of each may stay incomplete.
  const rate = new Rate(messages - connections * batch);
  let committed = 0;
  for (const consumer of consumers) consumer.onCommitted = () => rate.count((committed += batch));
  // One queue has all connections, many are shared out among them.
  for (let n = 0; n < Math.max(connections, queues); n += 1)
    consumers[n % connections]?.forward(full(queueOf(n % queues)), full(outQueue), batch, {
      'activemq.prefetchSize': String(prefetchOf(load)),
    });
  const progress = new Progress(messages);
  try {
    while (!rate.isComplete) {
      progress.check(committed);
      await new Promise((done) => setTimeout(done, 10));
    }
  } finally {
    for (const consumer of consumers) consumer.close();
  }
  return rate.perSecond;
}
