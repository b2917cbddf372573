import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { Dispatcher } from '../dispatcher/dispatcher.ts';
import { SpoolSender } from '../dispatcher/spool-sender.ts';
import type { RunningPart } from '../services/attend.ts';
import { watchOver } from '../services/consumer.ts';
import { Host } from '../services/host.ts';
import { Replier } from '../services/replier.ts';
import { Timekeeper } from '../services/timekeeper.ts';
import { Client } from '../stomp/client.ts';
import { startBrokerPart } from './broker-part.ts';
import { knownServices, serviceNamed } from './known-services.ts';
import { logServices } from './log-services.ts';
import { brokerAddress, processName, spoolFolder, type PartTools } from './part-tools.ts';
import { startMonitorPart } from './monitor-part.ts';

/** What a process can be. */
export type PartKind =
  | { readonly kind: 'broker' | 'dispatcher' | 'post' | 'monitor' }
  | { readonly kind: 'services'; readonly name: string; readonly services: readonly string[] };

/** What the supervisor tells a process to be. */
export interface Begin {
  readonly part: PartKind;
  readonly config: Config;
  readonly version: string;
}

/** The one place where implementations are put together. */
export async function startPart(part: PartKind, config: Config, tools: PartTools): Promise<RunningPart> {
  switch (part.kind) {
    case 'broker':
      return await startBrokerPart(config, tools.log);
    case 'dispatcher':
      return await dispatcherPart(config, tools);
    case 'post':
      return await postPart(config, tools);
    case 'monitor':
      return await startMonitorPart(config, tools);
    case 'services':
      return await servicesPart(part.services, config, tools);
  }
}

async function dispatcherPart(
  config: Config,
  { log, suspects, notes, version, shutdown }: PartTools,
): Promise<RunningPart> {
  const dispatcher = new Dispatcher({
    address: brokerAddress(config),
    recipes: config.recipes,
    store: join(config.store, 'dispatcher'),
    announcements: config.announcements,
    host: processName(),
    version,
    log,
    suspects,
    notes,
  });
  dispatcher.events.on('shutdown', shutdown);
  await dispatcher.start();
  return { details: {}, stop: async () => dispatcher.stop() };
}

/** The timekeeper, the replier, and who sends what was spooled: they move messages, and work on none. */
async function postPart(config: Config, { log, suspects, notes }: PartTools): Promise<RunningPart> {
  const address = brokerAddress(config);
  const client = new Client({ address, name: `${processName()} timekeeper`, log });
  // It loses its connection with each answer to somebody who is gone; all other answers wait until it is back.
  const backoff = { delay: 0.02, factor: 2, maxDelay: 1 };
  const replies = new Client({ address, name: `${processName()} replier`, backoff, log });
  const timekeeper = new Timekeeper(client, systemClock, watchOver(suspects, notes));
  const replier = new Replier(replies, systemClock, watchOver(suspects, notes));
  const spool = new SpoolSender({ client, folder: spoolFolder(config), clock: systemClock, log });
  await Promise.all([client.start(), replies.start()]);
  await timekeeper.start();
  await replier.start();
  spool.start();
  const stop = async (): Promise<void> => {
    await Promise.all([timekeeper.stop(), replier.stop(), spool.stop()]);
    await Promise.all([client.stop(), replies.stop()]);
  };
  return { details: {}, stop };
}

async function servicesPart(
  wanted: readonly string[],
  config: Config,
  { log, suspects, notes, version, shutdown }: PartTools,
): Promise<RunningPart> {
  const known = await knownServices(config);
  const services = wanted.map((name) => serviceNamed(name, known));
  const host = new Host({
    services,
    address: brokerAddress(config),
    name: processName(),
    version,
    folder: join(config.store, 'services'),
    settings: config.services,
    log,
    runLog: config.runLog.level,
    suspects,
    notes,
  });
  logServices(host.events, log);
  host.events.on('shutdown', shutdown);
  // Only the end of the process ends a handler that ignores its time-out and signal.
  host.events.on('wedged', () => process.exit(1));
  await host.start();
  return { details: { services: [...wanted] }, stop: async () => host.stop() };
}
