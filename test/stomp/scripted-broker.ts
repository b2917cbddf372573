import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { BrokerAddress } from '../../src/stomp/address.ts';
import { Decoder, HEART_BEAT } from '../../src/stomp/decoder.ts';
import type { Frame } from '../../src/stomp/frame.ts';

/** A listening socket whose every answer the test writes itself. */
export class ScriptedBroker implements AsyncDisposable {
  readonly #server: Server;
  readonly #peers = new Set<Peer>();
  readonly #accepted = new Line<Peer>();

  static async listen(): Promise<ScriptedBroker> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedBroker(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      const peer = new Peer(socket);
      this.#peers.add(peer);
      this.#accepted.put(peer);
    });
  }

  get address(): BrokerAddress {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port, prefix: '' };
  }

  /** The next connection, with nothing said on it yet. */
  async accept(): Promise<Peer> {
    return await this.#accepted.take();
  }

  /** The next connection, after CONNECT and CONNECTED. */
  async logIn(headers = ''): Promise<Peer> {
    const peer = await this.accept();
    await peer.read('CONNECT');
    peer.write(`CONNECTED\nversion:1.2\n${headers}\n\0`);
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) peer.socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The broker's end of one connection. */
export class Peer {
  readonly socket: Socket;
  /** Resolves when the client has closed the connection, in whatever way. */
  readonly closed: Promise<unknown>;
  /** Whether a DISCONNECT is answered, as every broker does. */
  saysGoodbye = true;
  readonly #decoder = new Decoder();
  readonly #frames = new Line<Frame>();
  readonly #heartBeats = new Line<typeof HEART_BEAT>();
  /** Whatever TCP delivered at once. */
  readonly #chunks: Buffer[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      for (const one of this.#decoder.push(chunk)) {
        if (one === HEART_BEAT) this.#heartBeats.put(one);
        else if (one.command === 'DISCONNECT' && this.saysGoodbye) this.receipt(one);
        else this.#frames.put(one);
      }
    });
  }

  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  /** The next frame from the client, which must have that command. */
  async read(command: string): Promise<Frame> {
    const frame = await this.#frames.take();
    if (frame.command !== command) throw new Error(`expected ${command}, got ${frame.command}`);
    return frame;
  }

  async heartBeat(): Promise<void> {
    await this.#heartBeats.take();
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Writes the RECEIPT that the frame asks for. */
  receipt({ headers }: Frame): void {
    this.write(`RECEIPT\nreceipt-id:${headers['receipt'] ?? ''}\n\n\0`);
  }

  /** Takes the next SUBSCRIBE, and returns its id. */
  async subscribed(): Promise<string> {
    const frame = await this.read('SUBSCRIBE');
    this.receipt(frame);
    return frame.headers['id'] ?? '';
  }

  message(subscription: string, id: string, body = ''): void {
    this.write(
      `MESSAGE\nsubscription:${subscription}\nmessage-id:${id}\nack:ack-${id}\ndestination:/queue/a\n\n${body}\0`,
    );
  }
}

/** What came and was not taken yet, or who waits for it. */
class Line<Item> {
  readonly #items: Item[] = [];
  readonly #takers: ((item: Item) => void)[] = [];

  put(item: Item): void {
    const taker = this.#takers.shift();
    if (taker) taker(item);
    else this.#items.push(item);
  }

  async take(): Promise<Item> {
    const item = this.#items.shift();
    return item ?? (await new Promise((resolve) => this.#takers.push(resolve)));
  }
}
