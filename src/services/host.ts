import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import { Events } from '../core/events.ts';
import { isObject, type Json } from '../core/json.ts';
import { silent, type Log } from '../core/log.ts';
import { Client } from '../stomp/client.ts';
import type { BrokerAddress } from '../stomp/address.ts';
import type { ServiceEvents } from './events.ts';
import { followCancellations } from './cancellation-news.ts';
import type { Cancellations } from './cancellations.ts';
import { watchOver } from './consumer.ts';
import { HostedService, type ServiceSettings } from './hosted-service.ts';
import { LogBroadcast } from './log-broadcast.ts';
import { names } from './names.ts';
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
  readonly #name: string;
  #unfollow: (() => void) | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: HostOptions) {
    const { services, address, name, settings = {}, clock = systemClock, log = silent, runLog = 'info' } = options;
    const watch = watchOver(options.suspects, options.notes, this.events);
    this.#name = name;
    this.#cancellations = watch.cancellations;
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
  }

  async start(): Promise<void> {
    await this.#control.start();
    const destination = this.#control.topic(names.command);
    await this.#control.subscribe({ destination, ack: 'auto' }, ({ body }) => this.#command(body.toString('utf8')));
    this.#unfollow = await followCancellations(this.#control, this.#cancellations);
    await Promise.all(this.#services.map(async (service) => service.start()));
  }

  /** Drains every service; `hurry` tells running handlers to give up now. */
  async stop(hurry = false): Promise<void> {
    this.#stopped ??= this.#stop(hurry);
    await this.#stopped;
  }

  /** Drains one service and leaves the others. */
  async stopService(name: string): Promise<void> {
    await this.#services.find((service) => service.name === name)?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(hurry: boolean): Promise<void> {
    await Promise.all(this.#services.map(async (service) => service.stop(hurry)));
    this.#unfollow?.();
    await Promise.all([this.#control.stop(), this.#broadcast.stop()]);
  }

  #command(body: string): void {
    const command = shutdownCommand(body);
    if (!command) return;
    if (command.host === this.#name) this.events.emit('shutdown', {});
    else if (this.#services.some(({ name }) => name === command.service))
      this.events.emit('shutdown', { service: command.service ?? '' });
  }
}

/** Zocalo's shutdown command, by host or by service class; undefined for anything else on the topic. */
export function shutdownCommand(body: string): { readonly host?: string; readonly service?: string } | undefined {
  let command: Json;
  try {
    command = JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(command) || command['command'] !== 'shutdown') return undefined;
  const { host, service } = command;
  return { ...(typeof host === 'string' ? { host } : {}), ...(typeof service === 'string' ? { service } : {}) };
}
