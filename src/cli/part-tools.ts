import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Log } from '../core/log.ts';
import type { PartTools as AttendedTools } from '../services/attend.ts';
import { parseBrokerAddress, type BrokerAddress } from '../stomp/address.ts';

/** What a part gets from its process, and who it is. */
export interface PartTools extends AttendedTools {
  readonly version: string;
  readonly log: Log;
}

/** Where this configuration's broker is. */
export function brokerAddress(config: Config): BrokerAddress {
  const { url, host, port } = config.broker;
  return parseBrokerAddress(url ?? `stomp://${host.includes(':') ? `[${host}]` : host}:${port}`);
}

/** Where announcements wait while the broker is down. */
export function spoolFolder({ store }: Config): string {
  return join(store, 'spool');
}

/** How heartbeats and commands name this process. */
export function processName(): string {
  return `${hostname()}.${process.pid}`;
}
