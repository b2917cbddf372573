import { systemClock, type Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { Events } from '../core/events.ts';
import { silent, type Log } from '../core/log.ts';
import { followCancellations } from '../services/cancellation-news.ts';
import { followCommands } from '../services/commands.ts';
import { Consumer, watchOver, type Watch } from '../services/consumer.ts';
import type { ServiceEvents } from '../services/events.ts';
import { heed } from '../services/heed.ts';
import { names } from '../services/names.ts';
import { rememberPauses } from '../services/pauses.ts';
import { status, StatusBroadcast } from '../services/status.ts';
import type { RunningNotes, Suspects } from '../services/suspects.ts';
import type { BrokerAddress } from '../stomp/address.ts';
import { Client } from '../stomp/client.ts';
import { AnnouncementWork } from './announcement-work.ts';
import { Library } from './library.ts';
import type { AboutNames } from './request.ts';
import { StartedRuns } from './started-runs.ts';

export interface DispatcherOptions {
  readonly address: BrokerAddress;
  /** The folder with recipes and `rules.yaml`. */
  readonly recipes: string;
  /** The folder in which it remembers which runs it started. */
  readonly store: string;
  readonly announcements: {
    readonly customRecipes: boolean;
    readonly fields: AboutNames;
    /** How long an announcement of a run that was started is a duplicate; a year where nothing is said. */
    readonly rememberDays?: number;
  };
  /** `host.pid`. */
  readonly host: string;
  readonly version: string;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly suspects?: Suspects;
  readonly notes?: RunningNotes;
}

/** Announcements looked at at the same time: reading files waits more than it computes. */
const concurrency = 4;
/** Between two times that old claims are forgotten. */
const forgetEveryMs = 3_600_000;
/** Between a few of them and the next. */
const forgetPauseMs = 20;
/** Seconds for one announcement. */
const timeout = 60;
const serviceClass = 'dispatcher';

/** Consumes the queues of announcements, and that of reruns, and starts runs. */
export class Dispatcher implements AsyncDisposable {
  readonly events = new Events<ServiceEvents>();
  readonly #client: Client;
  readonly #status: StatusBroadcast;
  readonly #runs: StartedRuns;
  readonly #watch: Watch;
  readonly #host: string;
  readonly #store: string;
  readonly #consumers: readonly Consumer[];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #rememberMs: number;
  readonly #stopping = new AbortController();
  #forgetting: Promise<void> | undefined;
  readonly #ends: (() => void | Promise<void>)[] = [];
  #stopped: Promise<void> | undefined;

  constructor(options: DispatcherOptions) {
    const { address, host, version, clock = systemClock, log = silent } = options;
    this.#client = new Client({ address, name: `${host} dispatcher`, clock, log });
    this.#status = new StatusBroadcast(this.#client, { host, service: 'Dispatcher', serviceClass, version }, clock);
    this.#host = host;
    this.#store = options.store;
    this.#runs = new StartedRuns(options.store);
    this.#clock = clock;
    this.#log = log;
    this.#rememberMs = (options.announcements.rememberDays ?? 365) * 86_400_000;
    const library = new Library(options.recipes);
    const watch = watchOver(options.suspects, options.notes, this.events);
    this.#watch = watch;
    this.#consumers = [...names.announcements, names.reruns].map((queue) => {
      const work = new AnnouncementWork({
        destinations: this.#client,
        prefix: address.prefix,
        queue,
        names: options.announcements.fields,
        customPermitted: options.announcements.customRecipes,
        library,
        runs: this.#runs,
        cancellations: watch.cancellations,
        host,
        clock,
        log,
      });
      const destination = this.#client.queue(queue);
      return new Consumer({
        client: this.#client,
        destination,
        concurrency,
        prefetch: concurrency * 4,
        timeout,
        work,
        watch,
        onBusy: () => this.#showBusy(),
      });
    });
  }

  async start(): Promise<void> {
    const { pauses, cancellations } = this.#watch;
    this.#ends.push(await rememberPauses(pauses, this.#store, this.#log));
    await this.#client.start();
    await this.#obey();
    this.#ends.push(await followCancellations(this.#client, cancellations, pauses));
    this.#status.start();
    const own = { serviceClass, host: this.#host, status: this.#status, consumers: this.#consumers, log: this.#log };
    this.#ends.push(heed(pauses, own));
    for (const consumer of this.#consumers) await consumer.start();
    this.#status.set(status.idle);
    this.#forgetting = this.#forgetOld();
  }

  /** Settles what it has begun, and disconnects. May be called twice. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #obey(): Promise<void> {
    await followCommands(
      this.#client,
      { host: this.#host, services: [serviceClass] },
      {
        shutdown: () => this.events.emit('shutdown', {}),
        drain: (_, why) => {
          this.#status.order({ words: (code) => `${code === status.end ? 'drained' : 'draining'}, ${why}` });
          this.events.emit('shutdown', {});
        },
      },
    );
  }

  #showBusy(): void {
    this.#status.set(this.#consumers.some(({ busy }) => busy) ? status.processing : status.idle);
  }

  /** Forgets the runs whose announcements are no duplicates any more. Should that not be possible, it is tried again. */
  async #forgetOld(): Promise<void> {
    const { signal } = this.#stopping;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      const before = this.#clock.now() - this.#rememberMs;
      try {
        const forgotten = await this.#runs.forget(before, async () => this.#clock.sleep(forgetPauseMs, signal));
        if (forgotten > 0) this.#log.info({ forgotten }, 'forgot the ids of runs that were started long ago');
      } catch (error) {
        if (!isOver()) this.#log.warn({ reason: messageOf(error) }, 'the ids of old runs are not forgotten yet');
      }
      await this.#clock.sleep(forgetEveryMs, signal).catch(() => undefined);
    }
  }

  async #stop(): Promise<void> {
    this.#status.set(status.shutdown);
    await Promise.all(this.#consumers.map(async (consumer) => consumer.drain()));
    for (const end of this.#ends) await end();
    this.#status.stop();
    await this.#client.stop();
    this.#stopping.abort();
    await this.#forgetting;
    this.#runs[Symbol.dispose]();
  }
}
