import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { Decoder, HEART_BEAT } from '../../src/stomp/decoder.ts';
import { encode } from '../../src/stomp/encode.ts';
import type { Frame } from '../../src/stomp/frame.ts';

type HeaderMap = Record<string, string>;

/** A STOMP client that does only what the test says, frame by frame. */
export class Peer implements AsyncDisposable {
  readonly socket: Socket;
  readonly heartBeats: number[] = [];
  /** Resolves when the other side has closed the connection. */
  readonly ended: Promise<void>;
  readonly #decoder = new Decoder();
  readonly #frames: Frame[] = [];
  #arrived: (() => void) | undefined;
  #isEnded = false;
  #count = 0;

  private constructor(socket: Socket) {
    this.socket = socket.setNoDelay(true);
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk) => {
      for (const frame of this.#decoder.push(chunk)) {
        if (frame === HEART_BEAT) this.heartBeats.push(performance.now());
        else this.#frames.push(frame);
      }
      this.#arrived?.();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isEnded = true;
      this.#arrived?.();
    });
  }

  /** A socket that has sent nothing yet. */
  static async open(port: number): Promise<Peer> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Peer(socket);
  }

  /** The same over TLS, trusting this certificate alone. */
  static async openSecure(port: number, certificate: string): Promise<Peer> {
    const socket = connectSecurely({ port, host: '127.0.0.1', servername: 'localhost', ca: certificate });
    await once(socket, 'secureConnect');
    return new Peer(socket);
  }

  /** Connected and accepted. */
  static async connect(port: number, headers: HeaderMap = {}): Promise<Peer> {
    return await Peer.accepted(await Peer.open(port), headers);
  }

  /** Sends CONNECT, and waits for CONNECTED. */
  static async accepted(peer: Peer, headers: HeaderMap = {}): Promise<Peer> {
    peer.send('CONNECT', { 'accept-version': '1.2', host: 'test', ...headers });
    const answer = await peer.next();
    if (answer.command === 'CONNECTED') return peer;
    await peer[Symbol.asyncDispose]();
    throw new Error(`refused: ${String(answer.headers['message'])}`);
  }

  /** Writes a frame. A body as text goes without content-length, as bytes with it. */
  send(command: string, headers: HeaderMap = {}, body: string | Buffer = ''): void {
    const form = typeof body === 'string' ? 'text' : 'bytes';
    this.socket.write(encode({ command, headers, body: Buffer.from(body) }, form));
  }

  /** Writes a frame and waits for its RECEIPT; messages that come before stay to be read. Throws on ERROR. */
  async ask(command: string, headers: HeaderMap = {}, body: string | Buffer = ''): Promise<void> {
    this.#count += 1;
    const receipt = `receipt-${String(this.#count)}`;
    this.send(command, { ...headers, receipt }, body);
    const answer = await this.next(
      (frame) => frame.headers['receipt-id'] === receipt || frame.command === 'ERROR',
      `the receipt of ${command}`,
    );
    if (answer.command === 'ERROR') throw new Error(answer.headers['message']);
  }

  /** Sends a message and waits until the broker has it. */
  async put(destination: string, body: string | Buffer, headers: HeaderMap = {}): Promise<void> {
    await this.ask('SEND', { destination, persistent: 'true', ...headers }, body);
  }

  /** Subscribes and waits until that is done. The id is the destination unless given. */
  async subscribe(destination: string, headers: HeaderMap = {}): Promise<void> {
    await this.ask('SUBSCRIBE', { destination, id: destination, ack: 'client-individual', ...headers });
  }

  /** Acknowledges, or with NACK the opposite, and waits for the receipt. */
  async settle(message: Frame, command: 'ACK' | 'NACK' = 'ACK', headers: HeaderMap = {}): Promise<void> {
    await this.ask(command, { id: message.headers['ack'] ?? '', ...headers });
  }

  /** The next frame for which the condition holds; earlier ones that do not match stay. Rejects when the connection ends. */
  async next(condition: (frame: Frame) => boolean = () => true, what = 'a frame'): Promise<Frame> {
    for (;;) {
      const index = this.#frames.findIndex(condition);
      const [frame] = index < 0 ? [] : this.#frames.splice(index, 1);
      if (frame) return frame;
      if (this.#isEnded) throw new Error(`the connection ended where ${what} was expected`);
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }

  async message(): Promise<Frame> {
    return await this.next(({ command }) => command === 'MESSAGE', 'a MESSAGE');
  }

  async messages(count: number): Promise<Frame[]> {
    const found: Frame[] = [];
    while (found.length < count) found.push(await this.message());
    return found;
  }

  async error(): Promise<Frame> {
    return await this.next(({ command }) => command === 'ERROR', 'an ERROR');
  }

  /** The messages that have come by the time that a message to oneself has gone round. */
  async waiting(): Promise<Frame[]> {
    const destination = `/queue/round-trip.${Math.random().toString(36).slice(2)}`;
    await this.subscribe(destination, { ack: 'auto' });
    await this.put(destination, 'round trip');
    await this.next((frame) => frame.headers['subscription'] === destination, 'the round trip');
    await this.ask('UNSUBSCRIBE', { id: destination });
    return this.#frames.splice(0).filter(({ command }) => command === 'MESSAGE');
  }

  /** Ends the connection without a word, as a killed process does. */
  async vanish(): Promise<void> {
    this.socket.resetAndDestroy();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.ended;
  }
}

/** The bodies as text. */
export function texts(frames: readonly Frame[]): string[] {
  return frames.map(({ body }) => body.toString());
}
