import type { Config } from '../config/config.ts';
import { isLoopback } from '../core/loopback.ts';
import { moduleBeside } from '../core/module-beside.ts';
import { readCommand } from '../services/commands.ts';
import { behindBroker, forBytes, leanMemory } from '../services/sharing.ts';
import { Supervisor } from '../services/supervisor.ts';
import { names } from '../services/names.ts';
import { SuspectNews } from '../services/suspect-news.ts';
import { Client } from '../stomp/client.ts';
import type { Log } from '../core/log.ts';
import { brokerAddress, processName } from './part-tools.ts';
import type { Begin, PartKind } from './parts.ts';
import { storeFolder } from './store-folder.ts';
import { version } from './version.ts';

/** Started before all others, in this order, and ended after them. */
const firstParts = ['broker', 'monitor', 'post'];

/** A supervisor with its link to the broker: suspects are shared with all other supervisors, and it can be shut down remotely. */
export interface Supervised extends AsyncDisposable {
  readonly supervisor: Supervisor;
  /** Resolves when all parts are ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Puts a supervisor together for these parts of the configuration. `shutdown` is called when someone asks for it over the
 * broker. Rejects with `cli.store-unusable`.
 */
export async function supervise(
  parts: readonly PartKind[],
  config: Config,
  log: Log,
  shutdown: () => void,
): Promise<Supervised> {
  const address = brokerAddress(config);
  const isBesideBroker = isLoopback(address.host) || parts.some(({ kind }) => kind === 'broker');
  const supervisor = new Supervisor({
    entry: moduleBeside(import.meta.url, 'part'),
    folder: await storeFolder(config, 'guard'),
    parts: parts.map((part) => ({
      name: nameOf(part),
      begin: { part, config, version } satisfies Begin as never,
      niceness: isBesideBroker && part.kind !== 'broker' ? behindBroker : 0,
      nodeOptions: optionsOf(part, parts, config),
    })),
  });
  const client = new Client({ address, name: `${processName()} supervisor`, log });
  const news = new SuspectNews(client, processName(), supervisor);
  supervisor.events.on('suspect', (suspect) => news.tell(suspect));
  const stop = async (): Promise<void> => {
    await client.stop();
    await supervisor.stop(firstParts);
  };
  const start = async (): Promise<void> => {
    await supervisor.start(firstParts);
    await client.start();
    await news.start();
    await client.subscribe({ destination: client.topic(names.command), ack: 'auto' }, ({ body }) => {
      const command = readCommand(body);
      if (command?.command !== 'shutdown') return;
      if (command.host === processName() || command.host === '*') shutdown();
    });
  };
  return { supervisor, start, stop, [Symbol.asyncDispose]: stop };
}

function optionsOf(part: PartKind, parts: readonly PartKind[], config: Config): readonly string[] {
  if (part.kind === 'broker' || part.kind === 'monitor') return forBytes(parts.length);
  return holdsMany(part, config) ? leanMemory : [];
}

/** Programs that were handed over wait by the thousand, each with a message. */
function holdsMany(part: PartKind, { compute: { bullmq } }: Config): boolean {
  return bullmq !== undefined && part.kind === 'services' && part.services.includes('command');
}

/** All parts that a configuration names; its own broker where it names none. */
export function partsOf(config: Config): readonly PartKind[] {
  return [
    ...(config.broker.url === undefined ? [{ kind: 'broker' } as const] : []),
    { kind: 'monitor' },
    { kind: 'post' },
    { kind: 'dispatcher' },
    ...Object.entries(config.processes).map(([name, services]) => ({ kind: 'services', name, services }) as const),
  ];
}

function nameOf(part: PartKind): string {
  return part.kind === 'services' ? part.name : part.kind;
}
