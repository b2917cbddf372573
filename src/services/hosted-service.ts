import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { JsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { WhenCache } from '../recipes/when.ts';
import { Client } from '../stomp/client.ts';
import type { BrokerAddress } from '../stomp/address.ts';
import { askQueues } from './ask-queues.ts';
import { Closures } from './closures.ts';
import { Consumer, type Watch } from './consumer.ts';
import { heed } from './heed.ts';
import { HighWater } from './high-water.ts';
import { JobBoard } from './jobs/job-board.ts';
import { JoinClaims } from './join-claims.ts';
import { JoinWork } from './join-work.ts';
import { names } from './names.ts';
import { ParameterReader } from './parameters.ts';
import { printRecords } from './record-text.ts';
import type { AnyService, Processor } from './service.ts';
import type { StepSurroundings } from './stages.ts';
import { StatusBroadcast, status } from './status.ts';
import type { StepLogs } from './step-log.ts';
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
  /** The loggers of its handlers. */
  readonly logs: StepLogs;
}

/** A join holds its members unacknowledged: the prefetch must cover all open members. ActiveMQ's own maximum. */
const joinPrefetch = 65_535;

/** One service over connections of its own: subscribed, heart-beating, drained on stop. */
export class HostedService {
  readonly name: string;
  readonly #options: HostedServiceOptions;
  readonly #clients: readonly [Client, ...Client[]];
  readonly #status: StatusBroadcast;
  readonly #jobs: JobBoard;
  readonly #highWater: HighWater | undefined;
  #processor: Processor<unknown> | undefined;
  #consumers: readonly Consumer[] = [];
  #closures: Closures | undefined;
  #claims: JoinClaims | undefined;
  #unheed: () => void = () => undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: HostedServiceOptions) {
    const { service, address, host, version, clock, log } = options;
    const connect = (): Client => new Client({ address, name: `${host} ${service.name}`, clock, log });
    this.name = service.name;
    this.#options = options;
    this.#clients = [connect(), ...Array.from({ length: service.connections - 1 }, connect)];
    const identity = { host, service: service.description, serviceClass: service.name, version };
    this.#status = new StatusBroadcast(this.#clients[0], identity, clock);
    const queue = options.settings.queue ?? service.queue;
    this.#jobs = new JobBoard({ client: this.#clients[0], host, queue, clock, log });
    this.#highWater = this.#limit();
  }

  /** Resolves when the service has started and is subscribed. */
  async start(): Promise<void> {
    const { service, folder, log, clock, settings } = this.#options;
    await Promise.all(this.#clients.map(async (client) => client.start()));
    this.#status.start();
    const own = join(folder, service.name);
    await mkdir(own, { recursive: true });
    const processor = await service.start({
      log,
      folder: own,
      settings: settings.settings ?? {},
      showTask: (task) => this.#status.showTask(task),
      jobs: this.#jobs,
    });
    this.#processor = processor;
    this.#closures = service.joins ? new Closures(own, clock.now()) : undefined;
    this.#claims = service.joins ? new JoinClaims(this.#clients[0], log) : undefined;
    await this.#claims?.start();
    this.#consumers = this.#clients.map((client) => this.#consume(client, processor));
    this.#unheed = this.#heed();
    for (const consumer of this.#consumers) await consumer.start();
    this.#status.set(status.idle);
  }

  /** Ends as `stop` does, and says why. */
  async drain(why: string): Promise<void> {
    this.#unheed();
    this.#status.order({ words: (code) => `${code === status.end ? 'drained' : 'draining'}, ${why}` });
    await this.stop();
  }

  /** Takes no more, ends what runs (at once, when asked to hurry), settles it, and disconnects. May be called twice. */
  async stop(hurry = false): Promise<void> {
    if (hurry) for (const consumer of this.#consumers) consumer.abort();
    this.#stopped ??= this.#stop();
    await this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#unheed();
    this.#status.set(status.shutdown);
    this.#highWater?.stop();
    await Promise.all(this.#consumers.map(async (consumer) => consumer.drain()));
    await this.#processor?.stop?.();
    this.#processor = undefined;
    await this.#jobs.stop();
    this.#status.stop();
    await Promise.all(this.#clients.map(async (client) => client.stop()));
    // As long as there is a connection, the deadline of a join may pass, and somebody be asked.
    this.#claims?.stop();
    this.#closures?.[Symbol.dispose]();
    this.#closures = undefined;
  }

  #heed(): () => void {
    const { service, host, watch, log } = this.#options;
    const own = { serviceClass: service.name, host, status: this.#status, consumers: this.#consumers, log };
    return heed(watch.pauses, own);
  }

  #limit(): HighWater | undefined {
    const { service, settings, log } = this.#options;
    if (service.highWater === undefined) return undefined;
    const [client] = this.#clients;
    return new HighWater({
      limit: service.highWater,
      own: client.queue(settings.queue ?? service.queue),
      ask: async (queues) => await askQueues(client, queues),
      onChange: (reason) => {
        this.#status.explain(reason);
        for (const consumer of this.#consumers) consumer.resume();
      },
      log,
    });
  }

  #showBusy(): void {
    this.#status.set(this.#consumers.some(({ busy }) => busy) ? status.processing : status.idle);
  }

  #consume(client: Client, processor: Processor<unknown>): Consumer {
    const { service, settings, host, watch, clock, log, logs } = this.#options;
    const queue = settings.queue ?? service.queue;
    const concurrency = Math.ceil((settings.concurrency ?? service.concurrency) / service.connections);
    const surroundings: StepSurroundings = {
      service,
      processor,
      readers: { parameters: new ParameterReader(service.parameters), whens: new WhenCache() },
      destinations: client,
      queue,
      host,
      clock,
      log,
      logs,
      events: watch.events,
      cancellations: watch.cancellations,
      tellLedger: async (record) =>
        client.send({ destination: client.queue(names.ledger), body: printRecords({ records: [record] }) }),
    };
    const [closures, claims] = [this.#closures, this.#claims];
    const joins = closures && claims && new JoinWork(surroundings, closures, claims, watch);
    const work = new StepWork(surroundings, joins);
    const consumer = new Consumer({
      client,
      destination: client.queue(queue),
      concurrency,
      prefetch: service.joins ? joinPrefetch : concurrency + (service.ahead ?? concurrency),
      timeout: service.timeout,
      work,
      watch,
      highWater: this.#highWater,
      onBusy: () => this.#showBusy(),
    });
    work.attach(consumer);
    return consumer;
  }
}
