import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { WhenCache } from '../recipes/when.ts';
import { Client } from '../stomp/client.ts';
import type { BrokerAddress } from '../stomp/address.ts';
import { Consumer, type Watch } from './consumer.ts';
import { JoinWork } from './join-work.ts';
import { ParameterReader } from './parameters.ts';
import type { AnyService, Processor } from './service.ts';
import type { StepSurroundings } from './stages.ts';
import { StatusBroadcast, status } from './status.ts';
import { StepWork } from './step-work.ts';

/** What the site's configuration says of one service. */
export interface ServiceSettings {
  readonly queue?: string;
  readonly concurrency?: number;
  /** Whatever the service itself understands. */
  readonly settings?: JsonObject;
}

export interface HostedServiceOptions {
  readonly service: AnyService;
  readonly settings: ServiceSettings;
  readonly address: BrokerAddress;
  /** The folder that services may keep files in; each gets one of its own below. */
  readonly folder: string;
  /** `host.pid`. */
  readonly host: string;
  readonly version: string;
  readonly watch: Watch;
  readonly clock: Clock;
  readonly log: Log;
}

/** Prefetched beyond what is worked on, so that the next message is there when one ends, and batches fill. */
const prefetchAhead = 2;
/** A join holds its members unacknowledged: the prefetch must cover all open members. ActiveMQ's own maximum. */
const joinPrefetch = 65_535;

/** One service over one connection of its own: subscribed, heart-beating, drained on stop. */
export class HostedService {
  readonly name: string;
  readonly #options: HostedServiceOptions;
  readonly #client: Client;
  readonly #status: StatusBroadcast;
  #processor: Processor<unknown> | undefined;
  #consumer: Consumer | undefined;

  constructor(options: HostedServiceOptions) {
    const { service, address, host, version, clock, log } = options;
    this.name = service.name;
    this.#options = options;
    this.#client = new Client({ address, name: `${host} ${service.name}`, clock, log });
    const identity = { host, service: service.description, serviceClass: service.name, version };
    this.#status = new StatusBroadcast(this.#client, identity, clock);
  }

  /** Resolves when the service has started and is subscribed. */
  async start(): Promise<void> {
    const { service, folder, log, settings } = this.#options;
    await this.#client.start();
    this.#status.start();
    const own = join(folder, service.name);
    await mkdir(own, { recursive: true });
    this.#processor = await service.start({ log, folder: own, settings: settings.settings ?? {} });
    this.#consumer = this.#consume(this.#processor);
    await this.#consumer.start();
    this.#status.set(status.idle);
  }

  /** Takes no more, ends what runs (at once, when asked to hurry), settles it, and disconnects. */
  async stop(hurry = false): Promise<void> {
    this.#status.set(status.shutdown);
    if (hurry) this.#consumer?.abort();
    await this.#consumer?.drain();
    await this.#processor?.stop?.();
    this.#processor = undefined;
    this.#status.stop();
    await this.#client.stop();
  }

  #consume(processor: Processor<unknown>): Consumer {
    const { service, settings, host, watch, clock, log } = this.#options;
    const queue = settings.queue ?? service.queue;
    const concurrency = settings.concurrency ?? service.concurrency;
    const surroundings: StepSurroundings = {
      service,
      processor,
      readers: { parameters: new ParameterReader(service.parameters), whens: new WhenCache() },
      destinations: this.#client,
      queue,
      host,
      clock,
      log,
      events: watch.events,
    };
    const joins = service.joins ? new JoinWork(surroundings, watch) : undefined;
    const consumer = new Consumer({
      client: this.#client,
      destination: this.#client.queue(queue),
      concurrency,
      prefetch: service.joins ? joinPrefetch : concurrency * prefetchAhead,
      timeout: service.timeout,
      work: new StepWork(surroundings, joins),
      watch,
      onBusy: (isBusy) => this.#status.set(isBusy ? status.processing : status.idle),
    });
    joins?.attach(consumer);
    return consumer;
  }
}
