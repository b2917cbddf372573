import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { BrokerAddress } from '../../src/stomp/address.ts';

/** Stands between clients and a broker, and cuts their connections when told. */
export class Relay implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<{ readonly client: Socket; readonly broker: Socket }>();
  readonly #behind: BrokerAddress;

  static async to(broker: BrokerAddress): Promise<Relay> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Relay(server, broker);
  }

  private constructor(server: Server, broker: BrokerAddress) {
    this.#server = server;
    this.#behind = broker;
    server.on('connection', (client) => this.#join(client));
  }

  get address(): BrokerAddress {
    return { ...this.#behind, host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** Loses all bytes that are sent from now on over the connections that are open, in one direction or both; they stay open. */
  swallow(...from: readonly ('client' | 'broker')[]): void {
    for (const { client, broker } of this.#pairs) {
      if (from.includes('client')) client.unpipe(broker).resume();
      if (from.includes('broker')) broker.unpipe(client).resume();
    }
  }

  /** Ends all connections at once, with whatever is on its way. */
  cut(): void {
    for (const { client, broker } of this.#pairs) {
      client.destroy();
      broker.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    const broker = connect({ host: this.#behind.host, port: this.#behind.port, noDelay: true });
    const pair = { client, broker };
    this.#pairs.add(pair);
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#pairs.delete(pair);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
