import { hostname } from 'node:os';
import { join } from 'node:path';
import type { BrokerTls, Config } from '../config/config.ts';
import type { Log } from '../core/log.ts';
import type { PartTools as AttendedTools } from '../services/attend.ts';
import { parseBrokerAddress, type BrokerAddress } from '../stomp/address.ts';
import type { TlsFiles } from '../stomp/tls-files.ts';

/** What a part gets from its process, and who it is. */
export interface PartTools extends AttendedTools {
  readonly version: string;
  readonly log: Log;
}

/** Where this configuration's broker is, and as whom to connect to it. */
export function brokerAddress({ broker }: Config): BrokerAddress {
  const { url, host, port, user, tls } = broker;
  if (url === undefined) return { host, port, prefix: '', ...user, ...(tls && { tls: trustOf(tls) }) };
  const address = parseBrokerAddress(url);
  if (user === undefined || address.login !== undefined) return address;
  const others = address.others?.map((other) => ({ ...other, ...user }));
  return { ...address, ...user, ...(others && { others }) };
}

/** How to know the embedded broker: its key is its own affair. */
function trustOf({ ca, name }: BrokerTls): TlsFiles {
  return { ...(ca === undefined ? {} : { ca }), ...(name === undefined ? {} : { name }) };
}

/** Where announcements wait while the broker is down. */
export function spoolFolder({ store }: Config): string {
  return join(store, 'spool');
}

/** How heartbeats and commands name this process. */
export function processName(): string {
  return `${hostname()}.${process.pid}`;
}
