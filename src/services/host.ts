import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import { Events } from '../core/events.ts';
import { silent, type Log } from '../core/log.ts';
import { Client } from '../stomp/client.ts';
import type { BrokerAddress } from '../stomp/address.ts';
import type { ServiceEvents } from './events.ts';
import { followCancellations } from './cancellation-news.ts';
import type { Cancellations } from './cancellations.ts';
import { followCommands } from './commands.ts';
import { watchOver } from './consumer.ts';
import { HostedService, type ServiceSettings } from './hosted-service.ts';
import { LogBroadcast } from './log-broadcast.ts';
import { rememberPauses, type Pauses } from './pauses.ts';
import type { AnyService } from './service.ts';
import { stepLogs, type RunLogLevel } from './step-log.ts';
import type { RunningNotes, Suspects } from './suspects.ts';

export interface HostOptions {
  readonly services: readonly AnyService[];
  readonly address: BrokerAddress;
  /** `host.pid`: how heartbeats and commands name this process. */
  readonly name: string;
  readonly version: string;
  /** Where services may keep files. */
  readonly folder: string;
  /** Settings by service name. */
  readonly settings?: Readonly<Record<string, ServiceSettings>>;
  readonly clock?: Clock;
  readonly log?: Log;
  /** From which level on lines of handlers are told with their runs, whatever `log` writes; `info` when absent. */
  readonly runLog?: RunLogLevel;
  readonly suspects?: Suspects;
  readonly notes?: RunningNotes;
}

/** All services of one process. `start` resolves when all are subscribed; `stop` when all are drained, and may be called twice or before start. */
export class Host implements AsyncDisposable {
  readonly events = new Events<ServiceEvents>();
  readonly #services: HostedService[];
  readonly #control: Client;
  readonly #broadcast: LogBroadcast;
  readonly #cancellations: Cancellations;
  readonly #pauses: Pauses;
  readonly #name: string;
  readonly #folder: string;
  readonly #log: Log;
  #forgetPauses: (() => Promise<void>) | undefined;
  /** Those that were not drained. */
  readonly #left: Set<HostedService>;
  #unfollow: (() => void) | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: HostOptions) {
    const { services, address, name, settings = {}, clock = systemClock, log = silent, runLog = 'info' } = options;
    const watch = watchOver(options.suspects, options.notes, this.events);
    this.#name = name;
    this.#folder = options.folder;
    this.#log = log;
    this.#cancellations = watch.cancellations;
    this.#pauses = watch.pauses;
    this.#control = new Client({ address, name: `${name} control`, clock, log });
    const connect = (): Client => new Client({ address, name: `${name} log`, clock, log });
    const broadcast = new LogBroadcast({ connect, clock, log });
    this.#broadcast = broadcast;
    this.#services = services.map(
      (service) =>
        new HostedService({
          service,
          settings: settings[service.name] ?? {},
          address,
          folder: options.folder,
          host: name,
          version: options.version,
          watch,
          clock,
          log: log.child({ service: service.name }),
          logs: stepLogs(log.child({ service: service.name }), runLog, broadcast),
        }),
    );
    this.#left = new Set(this.#services);
  }

  async start(): Promise<void> {
    this.#forgetPauses = await rememberPauses(this.#pauses, this.#folder, this.#log);
    await this.#control.start();
    const services = this.#services.map(({ name }) => name);
    await followCommands(
      this.#control,
      { host: this.#name, services },
      {
        shutdown: (service) => this.events.emit('shutdown', service === undefined ? {} : { service }),
        drain: (those, why) => void this.#drain(those, why),
      },
    );
    this.#unfollow = await followCancellations(this.#control, this.#cancellations, this.#pauses);
    await Promise.all(this.#services.map(async (service) => service.start()));
  }

  /** Drains every service; `hurry` tells running handlers to give up now. */
  async stop(hurry = false): Promise<void> {
    this.#stopped ??= this.#stop(hurry);
    await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(hurry: boolean): Promise<void> {
    await Promise.all(this.#services.map(async (service) => service.stop(hurry)));
    this.#unfollow?.();
    await this.#forgetPauses?.();
    await Promise.all([this.#control.stop(), this.#broadcast.stop()]);
  }

  /** With its last service the process has nothing more to do. */
  async #drain(names: readonly string[], why: string): Promise<void> {
    const those = this.#services.filter((service) => names.includes(service.name));
    await Promise.all(those.map(async (service) => await service.drain(why)));
    for (const service of those) this.#left.delete(service);
    if (this.#left.size === 0) this.events.emit('shutdown', {});
  }
}
