import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Wire } from './wire.ts';

/** How a connection ends: both sides at once, the broker not knowing of it, or at the worst moment of a transaction or of an answer. */
export type Cut = 'both-sides' | 'broker-unaware' | 'after-commit' | 'before-commit' | 'torn-answer';

export const cuts: readonly Cut[] = ['both-sides', 'broker-unaware', 'after-commit', 'before-commit', 'torn-answer'];

/** ms that a cut waits for its moment; then it comes all the same. */
const momentWithin = 3_000;
/** ms that a broker takes a lost client to be there, at most. */
const unawareFor = 25_000;

/** The way of all parts to the broker: TCP connections that can be cut, stalled, and refused. */
export class Link implements AsyncDisposable {
  readonly #target: number;
  readonly #wire: Wire;
  readonly #connections = new Set<Connection>();
  readonly #server: Server;
  #port = 0;

  private constructor(target: number, wire: Wire) {
    this.#target = target;
    this.#wire = wire;
    this.#server = createServer({ noDelay: true }, (client) => this.#connect(client));
  }

  /** Opens a way to the port of the broker, which need not be there yet. */
  static async open(target: number, wire: Wire): Promise<Link> {
    const link = new Link(target, wire);
    await link.reopen();
    return link;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections, oldest first. */
  get connections(): readonly Connection[] {
    return [...this.#connections];
  }

  /** Cuts all connections, and refuses new ones. */
  async shut(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.#connections) connection.end();
    await closed;
  }

  /** Takes connections again, on the same port. */
  async reopen(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shut();
  }

  #connect(client: Socket): void {
    const upstream = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    const connection = new Connection(client, upstream, this.#wire);
    this.#connections.add(connection);
    client.once('close', () => this.#connections.delete(connection));
  }
}

/** One connection of a part: what it sends and what it is sent, until it is cut. */
class Connection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #tap: ReturnType<Wire['tap']>;
  #cut: Cut | undefined;
  #isStalled = false;
  /** The broker does not know that it has ended. */
  #isUnknown = false;

  constructor(client: Socket, upstream: Socket, wire: Wire) {
    this.#client = client;
    this.#upstream = upstream;
    this.#tap = wire.tap();
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    upstream.on('data', (chunk: Buffer) => this.#fromBroker(chunk));
    // Half a close is enough for STOMP: whoever closes has said all there is to say, and is given what still comes.
    client.on('close', () => this.#isUnknown || upstream.end());
    upstream.on('close', () => client.end());
  }

  /** Who it is, as far as the journal of the wire knows. */
  get name(): string {
    return this.#tap.name;
  }

  /** Cuts it, at the moment that the kind of cut tells, or soon after. */
  cut(how: Cut): void {
    if (how === 'both-sides') return this.end();
    if (how === 'broker-unaware') {
      this.#isUnknown = true;
      this.#client.destroy();
      setTimeout(() => this.#upstream.destroy(), unawareFor).unref();
      return;
    }
    this.#cut = how;
    setTimeout(() => this.end(), momentWithin).unref();
  }

  /** Bytes go neither way until the returned function is called. */
  stall(): () => void {
    this.#isStalled = true;
    this.#client.pause();
    this.#upstream.pause();
    return () => {
      this.#isStalled = false;
      this.#client.resume();
      this.#upstream.resume();
    };
  }

  end(): void {
    this.#tap.ended();
    this.#client.destroy();
    this.#upstream.destroy();
  }

  #fromClient(chunk: Buffer): void {
    const isMoment = chunk.includes('COMMIT\n');
    if (isMoment && this.#cut === 'before-commit') return this.end();
    this.#tap.fromClient(chunk);
    if (isMoment && this.#cut === 'after-commit') {
      // Nothing of the answer comes back, but the broker is given all of it.
      this.#upstream.removeAllListeners('data');
      this.#upstream.resume();
      this.#upstream.end(chunk);
      this.#client.destroy();
      return;
    }
    this.#pass(chunk, this.#client, this.#upstream);
  }

  #fromBroker(chunk: Buffer): void {
    if (this.#cut === 'torn-answer' && chunk.length > 1) {
      this.#client.end(chunk.subarray(0, chunk.length >> 1));
      this.#upstream.destroy();
      return;
    }
    this.#tap.fromBroker(chunk);
    this.#pass(chunk, this.#upstream, this.#client);
  }

  #pass(chunk: Buffer, from: Socket, to: Socket): void {
    if (to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => this.#isStalled || from.resume());
  }
}
