import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../core/errors.ts';
import type { ErrorAnswer } from './api.ts';
import { boundConnections } from './connections.ts';
import { addressRefused, badCertificate, badRequest, portTaken } from './errors.ts';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Resolves when all connections are closed. */
  close(): Promise<void>;
}

/** Private key and certificate. */
export interface PemTexts {
  readonly key: string;
  readonly cert: string;
}

/** Where to listen; port 0 takes a free one. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** Given: TLS, and nothing else. */
  readonly tls?: PemTexts | undefined;
}

/** Listens. Throws `monitor.port-taken`, `monitor.address-refused` or `monitor.bad-certificate`. */
export async function listen(listener: RequestListener, { host, port, tls }: Place): Promise<Listening> {
  const server = tls ? secureServer(tls, listener) : createServer(listener);
  boundConnections(server);
  server.on('clientError', refuseUnreadable);
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

/** What is no request at all gets an answer of the form that all errors have; Node's own has no body. */
function refuseUnreadable(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, reason] = unreadable[error.code ?? ''] ?? ['400 Bad Request', 'it is no HTTP/1.1'];
  const { code, message, next } = badRequest({ reason });
  const body = JSON.stringify({ error: { code, message, next } } satisfies ErrorAnswer);
  const headers = `content-type: application/json; charset=utf-8\r\ncontent-length: ${String(Buffer.byteLength(body))}`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`);
}

/** What Node says of requests that it does not hand on, by its code: the status, and in our words. */
const unreadable: Readonly<Record<string, readonly [status: string, reason: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'its address and headers are longer than 16 kB'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'it did not come whole in time'],
};

/** ms until TLS has to stand. */
const handshakeTimeout = 10_000;

function secureServer(tls: PemTexts, listener: RequestListener): Server {
  try {
    return createSecureServer({ ...tls, minVersion: 'TLSv1.2', handshakeTimeout }, listener);
  } catch (cause) {
    throw badCertificate({ reason: messageOf(cause) }, { cause });
  }
}

/** Browsers keep connections open for minutes. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
