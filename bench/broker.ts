/**
 * How fast a broker is, by a client that is the same for all: `node bench/broker.ts [rounds]`. Prints, for the embedded
 * broker and (where it is installed) ActiveMQ in turn, messages per second through ACK + SEND transactions, and the
 * time of one message through an idle broker. Figures stand in docs/adr/0004-embedded-broker.md.
 */
import { Peer } from '../test/broker/peer.ts';
import { activemqAvailable, startActiveMQ } from '../test/fixtures/activemq.ts';
import { startBrokerProcess } from '../test/fixtures/broker-process.ts';
import { fill, forwardingRate } from './forwarding.ts';

const MESSAGES = 20_000;
const BODY = Buffer.alloc(1500, 'x');
const ROUND_TRIPS = 1000;

/** Milliseconds from SEND to the receipt of its ACK, one message at a time, sorted. */
async function latencies(port: number): Promise<number[]> {
  await using peer = await Peer.connect(port);
  const queue = `/queue/bench.idle.${String(Date.now())}`;
  await peer.subscribe(queue);
  const times: number[] = [];
  for (let index = 0; index < ROUND_TRIPS; index += 1) {
    const start = performance.now();
    peer.send('SEND', { destination: queue, persistent: 'true' }, BODY);
    await peer.settle(await peer.message());
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

const brokers = [
  { name: 'embedded', start: startBrokerProcess },
  ...(activemqAvailable() ? [{ name: 'ActiveMQ', start: startActiveMQ }] : []),
];
for (let round = 0; round < Number(process.argv[2] ?? 3); round += 1) {
  for (const { name, start } of brokers) {
    await using broker = await start();
    await latencies(broker.port);
    const times = await latencies(broker.port);
    const [p50, p99] = [0.5, 0.99].map((part) => times[Math.floor(part * times.length)]?.toFixed(2));
    const destination = `/queue/bench.${String(Date.now())}`;
    await fill(broker.port, MESSAGES, () => ({ destination }));
    const rate = await forwardingRate(broker.port, destination, MESSAGES);
    console.log(`${name}: ${String(rate)} messages/s; send, deliver, ack p50 ${p50 ?? '?'} ms, p99 ${p99 ?? '?'} ms`);
  }
}
