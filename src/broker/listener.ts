import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { messageOf } from '../core/errors.ts';
import { Connection } from './connection.ts';
import { addressRefused, connectionsExceeded, portTaken, tlsUnusable } from './errors.ts';
import type { Exchange } from './exchange.ts';
import type { User } from './permissions.ts';

/** What a server proves itself with: private key and certificate, as PEM text. */
export interface TlsIdentity {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

/** Who may connect, and whether only over TLS. */
export interface ListenerOptions {
  readonly users?: readonly User[] | undefined;
  readonly tls?: TlsIdentity | undefined;
}

/** The listening socket and the connections that came of it. */
export class Listener {
  readonly #exchange: Exchange;
  readonly #users: readonly User[] | undefined;
  /** Those open, of TLS those below it, which are there before it is spoken. */
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();
  readonly #server: Server;
  #count = 0;

  /** Throws `broker.tls-unusable`. */
  constructor(exchange: Exchange, { users, tls }: ListenerOptions) {
    this.#exchange = exchange;
    this.#users = users;
    const accept = (socket: Socket): void => void this.#accept(socket);
    this.#server = tls ? this.#secureServer(tls, accept) : createServer({ allowHalfOpen: true }, accept);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Resolves with the port. Rejects with `broker.port-taken` or `broker.address-refused`. */
  async open(host: string, port: number): Promise<number> {
    try {
      await once(this.#server.listen({ host, port }), 'listening');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') throw portTaken({ host, port }, { cause });
      throw addressRefused({ host, port, reason: messageOf(cause) }, { cause });
    }
    // From now on it is a connection that could not be accepted, as when the process has no file descriptor left.
    this.#server.on('error', (error) => this.#exchange.events.emit('notAccepted', { reason: error.message }));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Tells every client, and resolves when all are gone. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#exchange.turn.finish();
    const connections = [...this.#connections];
    for (const connection of connections) connection.stop();
    await Promise.all(connections.map((connection) => connection.closed));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #secureServer(tls: TlsIdentity, accept: (socket: Socket) => void): Server {
    const { events, limits } = this.#exchange;
    try {
      const server = createSecureServer({ ...tls, allowHalfOpen: true, handshakeTimeout: limits.patienceMs }, accept);
      return server.on('tlsClientError', ({ message }) => events.emit('notAccepted', { reason: message }));
    } catch (cause) {
      throw tlsUnusable({ reason: messageOf(cause) }, { cause });
    }
  }

  async #accept(socket: Socket): Promise<void> {
    const { epoch, limits } = this.#exchange;
    this.#count += 1;
    const connection = new Connection(socket, `${epoch}-${String(this.#count)}`, this.#exchange, this.#users);
    this.#connections.add(connection);
    const allowed = limits.connections;
    const open = [...this.#connections].filter(({ isOpen }) => isOpen).length;
    if (open > allowed) connection.fail(connectionsExceeded({ allowed }));
    await connection.closed;
    this.#connections.delete(connection);
  }
}
