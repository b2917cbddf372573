import { activeMQInstalled, startActiveMQ } from '../scripts/activemq-broker.ts';
import { startBaton, type TestBaton } from '../test/fixtures/baton.ts';
import { startBrokerProcess } from '../test/fixtures/broker-process.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { nodeOptions } from './load.ts';

/** The brokers that are measured, under the names that the report has for them. */
export const brokerNames = ['embedded', 'activemq'] as const;
export type BrokerName = (typeof brokerNames)[number];

/** Those that can be started here. */
export const availableBrokers: readonly BrokerName[] = brokerNames.filter(
  (name) => name === 'embedded' || activeMQInstalled(),
);

/** A broker in a process of its own, with an empty store. */
export interface BenchBroker extends AsyncDisposable {
  /** `stomp://127.0.0.1:PORT` */
  readonly address: string;
}

export async function startBench(name: BrokerName): Promise<BenchBroker> {
  if (name === 'activemq') return await startLargeActiveMQ();
  const broker = await startBrokerProcess({ nodeOptions });
  return { address: broker.address(), [Symbol.asyncDispose]: async () => broker[Symbol.asyncDispose]() };
}

/** A whole Baton on a broker of this kind: on its own one when that is the embedded. `config` as in `baton.yaml`. */
export async function startBatonOn(name: BrokerName, config: object): Promise<TestBaton> {
  if (name === 'embedded') return await startBaton(undefined, { config });
  await using stack = new AsyncDisposableStack();
  const { address } = stack.use(await startLargeActiveMQ());
  const baton = stack.use(await startBaton(`${address}/bench`, { config }));
  const running = stack.move();
  return { ...baton, [Symbol.asyncDispose]: async () => running.disposeAsync() };
}

/** With the heap of a production broker: with less it slows producers down before the measurement is over. */
async function startLargeActiveMQ(): Promise<BenchBroker> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const { address } = stack.use(await startActiveMQ({ folder: folder.path, port: 0, heap: '1g' }));
  const running = stack.move();
  return { address, [Symbol.asyncDispose]: async () => running.disposeAsync() };
}
