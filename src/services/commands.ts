import { isObject, type Json } from '../core/json.ts';
import type { Client } from '../stomp/client.ts';
import { names } from './names.ts';
import { isMeant } from './pause.ts';

/** What a service can be told beside what every service of Zocalo's form knows: it says so in its heartbeats. */
export const controls = ['pause', 'drain', 'shutdown'] as const;

/** What is said on the topic `command`. */
export type Command =
  /** Zocalo's: the process of that name, or those of a service class, are to end. */
  | { readonly command: 'shutdown'; readonly host?: string; readonly service?: string }
  /** One service of a process is to finish what it works on, and end; the process ends with its last one. */
  | {
      readonly command: 'drain';
      readonly host: string;
      readonly service: string;
      readonly who: string;
      readonly reason: string;
    };

/** Reads a command; undefined for anything else on the topic. */
export function readCommand(body: Buffer): Command | undefined {
  let command: Json;
  try {
    command = JSON.parse(body.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(command)) return undefined;
  const { host, service } = command;
  const told = { ...(typeof host === 'string' ? { host } : {}), ...(typeof service === 'string' ? { service } : {}) };
  if (command['command'] === 'shutdown') return { command: 'shutdown', ...told };
  if (command['command'] !== 'drain' || typeof host !== 'string' || typeof service !== 'string') return undefined;
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value.slice(0, 500) : '');
  return { command: 'drain', host, service, who: text(command['who']), reason: text(command['reason']) };
}

/** What a process does when it is told. */
export interface Obedience {
  /** All of it is to end; `service` is the class that was named, where one was. */
  shutdown(service?: string): void;
  /** These of its services are to end; `why` is to be told by them. */
  drain(services: readonly string[], why: string): void;
}

/** Listens for commands to the process of this name (`host.pid`) and its services, until the client stops. */
export async function followCommands(
  client: Client,
  process: { readonly host: string; readonly services: readonly string[] },
  obey: Obedience,
): Promise<void> {
  const request = { destination: client.topic(names.command), ack: 'auto' } as const;
  await client.subscribe(request, ({ body }) => {
    const command = readCommand(body);
    if (command?.command === 'shutdown') {
      const { host, service } = command;
      if (host === process.host) obey.shutdown();
      else if (service !== undefined && process.services.includes(service)) obey.shutdown(service);
    }
    if (command?.command !== 'drain') return;
    const meant = process.services.filter((serviceClass) => isMeant(command, { serviceClass, host: process.host }));
    if (meant.length > 0) obey.drain(meant, `asked by ${command.who}: ${command.reason}`);
  });
}
