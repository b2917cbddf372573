import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../core/errors.ts';
import { addressRefused, portTaken } from './errors.ts';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Resolves when all connections are closed. */
  close(): Promise<void>;
}

/** Listens; port 0 takes a free one. Throws `monitor.port-taken` or `monitor.address-refused`. */
export async function listen(listener: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer(listener);
  try {
    await once(server.listen(port, host), 'listening');
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    throw taken
      ? portTaken({ host, port }, { cause })
      : addressRefused({ host, port, reason: messageOf(cause) }, { cause });
  }
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

/** Browsers keep connections open for minutes. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
