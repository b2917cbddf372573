/**
 * What a backlog costs the embedded broker: `node bench/backlog.ts [messages]`, a million of 1.5 kB when not given. For
 * one queue, a thousand queues, message groups, and a consumer with a selector: messages per second in and through, beside
 * those of the empty broker, memory, and the time to start again after SIGKILL.
 */
import { startBrokerProcess, type BrokerProcess } from '../test/fixtures/broker-process.ts';
import { fill, forwardingRate, type Headers } from './forwarding.ts';
import { peakMegabytes, residentMegabytes } from './process-facts.ts';

const MESSAGES = Number(process.argv[2] ?? 1_000_000);
/** Twice as many, of half of the backlog, are taken out of it. */
const FORWARDED = Math.min(20_000, Math.floor(MESSAGES / 8));

/** A kind of backlog, and the queue of it that is then worked on. */
interface Backlog {
  readonly name: string;
  readonly headersOf: (index: number) => Headers;
  readonly queue: string;
  readonly subscription?: Headers;
}

const backlogs: readonly Backlog[] = [
  { name: 'one queue', headersOf: () => ({ destination: '/queue/a' }), queue: '/queue/a' },
  {
    name: 'a thousand queues',
    headersOf: (index) => ({ destination: `/queue/${index % 2 === 0 ? 'a' : String(index % 1000)}` }),
    queue: '/queue/a',
  },
  {
    name: 'ten thousand groups',
    headersOf: (index) => ({ destination: '/queue/a', JMSXGroupID: String(index % 10_000) }),
    queue: '/queue/a',
  },
  {
    name: 'every second one selected',
    headersOf: (index) => ({ destination: '/queue/a', colour: index % 2 === 0 ? 'red' : 'blue' }),
    queue: '/queue/a',
    subscription: { selector: "colour = 'red'" },
  },
];

for (const backlog of backlogs) {
  await using broker = await startBrokerProcess();
  console.log(backlog.name, JSON.stringify(await measure(broker, backlog)));
}

async function measure(broker: BrokerProcess, { headersOf, queue, subscription }: Backlog): Promise<object> {
  const { port } = broker;
  // The second of two: the first warms the process.
  const [, empty] = [await through(port), await through(port)];
  const filled = await fill(port, MESSAGES, headersOf);
  const beside = await through(port);
  const itself = await forwardingRate(port, queue, FORWARDED, subscription);
  const [full, peak] = [await residentMegabytes(broker.pid), await peakMegabytes(broker.pid)];
  await broker.kill('SIGKILL');
  const start = performance.now();
  await broker.restart();
  const restart = Math.round(performance.now() - start);
  await through(port);
  const after = await forwardingRate(port, queue, FORWARDED, subscription);
  return {
    empty,
    filled,
    beside,
    itself,
    megabytes: full,
    peak,
    restartMs: restart,
    after,
    megabytesAfterRestart: await residentMegabytes(broker.pid),
    peakAfterRestart: await peakMegabytes(broker.pid),
  };
}

/** Through a queue that has nothing else. */
async function through(port: number): Promise<number> {
  const destination = `/queue/beside.${String(performance.now())}`;
  await fill(port, FORWARDED, () => ({ destination }));
  return await forwardingRate(port, destination, FORWARDED);
}
