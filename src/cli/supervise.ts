import type { Config } from '../config/config.ts';
import { isObject } from '../core/json.ts';
import { Supervisor } from '../services/supervisor.ts';
import { names } from '../services/names.ts';
import { shutdownCommand } from '../services/host.ts';
import type { Suspect } from '../services/suspects.ts';
import { Client } from '../stomp/client.ts';
import type { Log } from '../core/log.ts';
import { brokerAddress, processName } from './part-tools.ts';
import type { Begin, PartKind } from './parts.ts';
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

/** Puts a supervisor together for these parts of the configuration. `shutdown` is called when someone asks for it over the broker. */
export function supervise(parts: readonly PartKind[], config: Config, log: Log, shutdown: () => void): Supervised {
  const supervisor = new Supervisor({
    entry: new URL('./part.ts', import.meta.url),
    parts: parts.map((part) => ({ name: nameOf(part), begin: { part, config, version } satisfies Begin as never })),
  });
  const client = new Client({ address: brokerAddress(config), name: `${processName()} supervisor`, log });
  supervisor.events.on('suspect', (suspect) => {
    const body = JSON.stringify({ ...suspect, from: processName() });
    client.send({ destination: client.topic(names.suspects), body }).catch(() => {
      // Only the other hosts miss it; the replacement on this one has been told.
    });
  });
  const stop = async (): Promise<void> => {
    await client.stop();
    await supervisor.stop(firstParts);
  };
  const start = async (): Promise<void> => {
    await supervisor.start(firstParts);
    await client.start();
    await client.subscribe({ destination: client.topic(names.suspects), ack: 'auto' }, ({ body }) => {
      const suspect = suspectFrom(body.toString('utf8'));
      if (suspect) supervisor.learn(suspect);
    });
    await client.subscribe({ destination: client.topic(names.command), ack: 'auto' }, ({ body }) => {
      const command = shutdownCommand(body.toString('utf8'));
      if (command?.host === processName() || command?.host === '*') shutdown();
    });
  };
  return { supervisor, start, stop, [Symbol.asyncDispose]: stop };
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

function suspectFrom(body: string): Suspect | undefined {
  try {
    const found: unknown = JSON.parse(body);
    if (!isObject(found) || found['from'] === processName()) return undefined;
    const { messageId, deaths, lastOutput } = found;
    return typeof messageId === 'string' && typeof deaths === 'number' && typeof lastOutput === 'string'
      ? { messageId, deaths, lastOutput }
      : undefined;
  } catch {
    return undefined;
  }
}
