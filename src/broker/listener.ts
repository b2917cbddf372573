import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { messageOf } from '../core/errors.ts';
import { Connection } from './connection.ts';
import { addressRefused, connectionsExceeded, portTaken } from './errors.ts';
import type { Exchange } from './exchange.ts';
import type { Credentials } from './verbs/connect.ts';

/** The listening socket and the connections that came of it. */
export class Listener {
  readonly #exchange: Exchange;
  readonly #credentials: Credentials | undefined;
  readonly #connections = new Set<Connection>();
  readonly #server: Server;
  #count = 0;

  constructor(exchange: Exchange, credentials: Credentials | undefined) {
    this.#exchange = exchange;
    this.#credentials = credentials;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#accept(socket));
  }

  /** Resolves with the port. */
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
    await Promise.all([closed, ...connections.map((connection) => connection.closed)]);
  }

  async #accept(socket: Socket): Promise<void> {
    const { epoch, limits } = this.#exchange;
    this.#count += 1;
    const connection = new Connection(socket, `${epoch}-${String(this.#count)}`, this.#exchange, this.#credentials);
    this.#connections.add(connection);
    const allowed = limits.connections;
    const open = [...this.#connections].filter(({ isOpen }) => isOpen).length;
    if (open > allowed) connection.fail(connectionsExceeded({ allowed }));
    await connection.closed;
    this.#connections.delete(connection);
  }
}
