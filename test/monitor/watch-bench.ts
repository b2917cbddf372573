import { systemClock, type Clock } from '../../src/core/clock.ts';
import { silent } from '../../src/core/log.ts';
import { startLedger, type Ledger } from '../../src/ledger/ledger.ts';
import type { HealthCheck, HealthState } from '../../src/monitor/api.ts';
import type { HealthOptions } from '../../src/monitor/health-options.ts';
import { standardLimits, type Levels, type LimitName } from '../../src/monitor/limits.ts';
import { watchesOf, type Watches } from '../../src/monitor/watches.ts';
import { StatusBroadcast, status } from '../../src/services/status.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

interface AddressedBroker {
  address(namespace?: string): string;
}

/** A clock that can be put forward. */
export class MovedClock implements Clock {
  #ahead = 0;
  now(): number {
    return Date.now() + this.#ahead;
  }
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await systemClock.sleep(milliseconds, signal);
  }
  forward(milliseconds: number): void {
    this.#ahead += milliseconds;
  }
}

/** What watches a site, with a real ledger and broker; it can be ended and started again on what it left. */
export class WatchBench implements AsyncDisposable {
  readonly clock = new MovedClock();
  readonly folder: string;
  readonly broker: AddressedBroker;
  readonly client: Client;
  readonly #options: HealthOptions;
  readonly #stack: AsyncDisposableStack;
  #running = new AsyncDisposableStack();
  #watches: Watches | undefined;
  #ledger: Ledger | undefined;

  private constructor(
    stack: AsyncDisposableStack,
    folder: string,
    broker: AddressedBroker,
    client: Client,
    options: HealthOptions,
  ) {
    this.#stack = stack;
    this.folder = folder;
    this.broker = broker;
    this.client = client;
    this.#options = options;
  }

  static async open(options: HealthOptions = {}, given?: AddressedBroker): Promise<WatchBench> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await temporaryFolder());
    const broker = given ?? stack.use(await startEmbeddedBroker());
    const client = stack.use(clientOf(broker, 'test'));
    await client.start();
    const bench = new WatchBench(stack.move(), folder.path, broker, client, options);
    await bench.start();
    return bench;
  }

  get watches(): Watches {
    if (!this.#watches) throw new Error('nothing watches');
    return this.#watches;
  }

  get ledger(): Ledger {
    if (!this.#ledger) throw new Error('there is no ledger');
    return this.#ledger;
  }

  get checks(): readonly HealthCheck[] {
    return this.watches.healthWatch.health.checks;
  }

  async start(): Promise<void> {
    const { clock } = this;
    await using starting = new AsyncDisposableStack();
    const client = starting.use(clientOf(this.broker, 'monitor'));
    await client.start();
    const ledger = starting.use(await startLedger({ client, folder: this.folder }));
    const found = { ...this.#options, client, ledger, clock, log: silent, version: '1.2.3', queueInterval: 0.1 };
    this.#watches = await watchesOf({ storeInterval: 0.1, ...found }, starting);
    await this.#watches.start();
    this.#ledger = ledger;
    this.#running = starting.move();
  }

  async stop(): Promise<void> {
    await this.#running.disposeAsync();
  }

  /** Resolves when the check is in that state. */
  async until(check: string, ...states: readonly HealthState[]): Promise<HealthCheck> {
    const found = (): HealthCheck | undefined =>
      this.checks.find((each) => each.check === check && states.includes(each.state));
    for (;;) {
      const now = found();
      if (now) return now;
      await this.watches.healthWatch.events.once('health');
    }
  }

  /** A service that broadcasts as those of Baton do; the function ends it. */
  service(host: string, { version = '1.2.3', ahead = 0 } = {}): StatusBroadcast {
    const clock: Clock = { ...systemClock, now: () => this.clock.now() + ahead };
    const identity = { host, service: 'worker', serviceClass: 'worker', version };
    const broadcast = new StatusBroadcast(this.client, identity, clock);
    this.#stack.defer(() => broadcast.stop());
    broadcast.start();
    broadcast.set(status.idle);
    return broadcast;
  }

  async send(queue: string, count = 1): Promise<void> {
    const destination = this.client.queue(queue);
    const send = Array.from({ length: count }, () => ({ destination, body: 'x', headers: { persistent: 'true' } }));
    await this.client.transact({ ack: [], send });
  }

  /** Reads the queue empty, and on. */
  async consume(queue: string, ack: 'auto' | 'client-individual' = 'auto'): Promise<void> {
    await this.client.subscribe({ destination: this.client.queue(queue), ack }, () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#stack.disposeAsync();
  }
}

/** The usual limits, but for one. */
export function limitsWith(name: LimitName, levels: Partial<Levels>): { readonly limits: typeof standardLimits } {
  return { limits: { ...standardLimits, [name]: { ...standardLimits[name], ...levels } } };
}

function clientOf(broker: AddressedBroker, name: string): Client {
  const backoff = { delay: 0.05, factor: 1, maxDelay: 0.05 };
  return new Client({ address: parseBrokerAddress(broker.address('site')), name, backoff });
}
