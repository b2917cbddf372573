import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** Connections that have asked nothing, or not to the end, at most. A hundred browsers keep some hundred open. */
const idleAtMost = 1_000;
/** Connections at most, whatever they do: listeners, answers under way, and those above, with room to spare. */
const atMost = 4_000;
/** ms that a request may take to come: its head, and all of it; and that a connection may move nothing. */
const patience = { head: 10_000, all: 30_000, silence: 120_000 };

/**
 * Keeps the connections of a server within bounds. When too many are open that ask nothing, the one that has for longest is
 * closed: so whoever opens thousands keeps nobody out who does ask. On each, one question is answered at a time.
 */
export function boundConnections(server: Server): void {
  server.maxConnections = atMost;
  server.headersTimeout = patience.head;
  server.requestTimeout = patience.all;
  server.timeout = patience.silence;
  const idle = new Set<Socket>();
  const rest = (socket: Socket): void => {
    idle.delete(socket);
    if (socket.destroyed) return;
    idle.add(socket);
    const [oldest] = idle;
    if (idle.size > idleAtMost) oldest?.destroy();
  };
  // Over TLS it is not known here before that stands, for which there is a time, too.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    rest(socket);
    socket.once('close', () => idle.delete(socket));
  });
  const underWay = new WeakMap<Socket, ServerResponse>();
  server.on('request', ({ socket }, response) => {
    // No browser asks again before it has its answer; who does has answers made that it never has to take.
    if (underWay.get(socket)?.writableFinished === false) return void socket.destroy();
    underWay.set(socket, response);
    idle.delete(socket);
    response.once('close', () => rest(socket));
  });
}
