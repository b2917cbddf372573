import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { type BatonError, messageOf } from '../core/errors.ts';
import { addressText, type BrokerAddress } from './address.ts';
import { connectFrame } from './connect-frame.ts';
import { Decoder, HEART_BEAT } from './decoder.ts';
import { encodeControl } from './encode.ts';
import { loginRefused, lost, malformed, otherProtocol, silence, stopped, unanswered, unreachable } from './errors.ts';
import type { Frame, FrameLimits } from './frame.ts';
import { agreedHeartBeat, beat, type HeartBeat, isSilent, PATIENCE, slept } from './heart-beat.ts';
import { Receipts } from './receipts.ts';
import { type Credentials, openSocket, readCredentials } from './socket.ts';
import { isStuck, type Progress } from './stuck.ts';
import { isTlsAlert, tlsFailure } from './tls-failure.ts';
import { isTooLarge } from './too-large.ts';

export interface ConnectionOptions {
  readonly address: BrokerAddress;
  readonly name: string;
  readonly clock: Clock;
  readonly heartBeat: HeartBeat;
  readonly connectTimeout: number;
  readonly answerTimeout: number;
  readonly limits: Partial<FrameLimits>;
  readonly signal: AbortSignal;
}

/** Who is told what happens on a connection. */
export interface ConnectionListener {
  onMessage(frame: Frame): void;
  /** More can be written again. */
  onWritable(): void;
  /** An ERROR frame came; the connection is about to end. */
  onRefused(error: BatonError): void;
}

/** How long (ms) an ERROR may be followed by the answers to what was written before it, and a DISCONNECT by its receipt. */
const LAST_ANSWERS = 5_000;

/**
 * More than is sent, as what a broker took from others must be read, or it would end each connection anew: ActiveMQ takes
 * 1 000 headers, of any length from clients of Java, and bodies as large as it is told; and every broker adds headers.
 */
const RECEIVED: FrameLimits = { lineBytes: 1024 * 1024, headers: 2_000, bodyBytes: 512 * 1024 * 1024 };

/** One TCP connection to a broker, from CONNECT to the closed socket. It never comes back: that is the Client's affair. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener;
  readonly #broker: string;
  readonly #socket: Socket;
  readonly #decoder: Decoder;
  readonly #receipts = new Receipts();
  readonly #opened = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<BatonError>();
  readonly #lifetime = new AbortController();
  #drains = 0;
  #state: 'opening' | 'open' | 'refused' | 'ended' = 'opening';
  /** The first ERROR. */
  #refusal: BatonError | undefined;
  /** What the last ERROR said that named no receipt. */
  #complaint: string | undefined;

  /** Connects and logs in. Rejects when that fails, once the socket is closed. */
  static async open(options: ConnectionOptions, listener: ConnectionListener): Promise<Connection> {
    const credentials = await readCredentials(options.address);
    if (options.signal.aborted) throw stopped({ name: options.name });
    const connection = new Connection(options, listener, credentials);
    try {
      await connection.#opened.promise;
    } catch (error) {
      await connection.closed;
      throw error;
    }
    return connection;
  }

  private constructor(options: ConnectionOptions, listener: ConnectionListener, credentials: Credentials) {
    this.#options = options;
    this.#listener = listener;
    this.#broker = addressText(options.address);
    this.#decoder = new Decoder({ ...RECEIVED, ...options.limits });
    this.#socket = this.#connect(credentials);
    void this.#giveUpOpening();
    const stop = (): void => this.#end(stopped({ name: options.name }));
    options.signal.addEventListener('abort', stop, { signal: this.#lifetime.signal });
  }

  /** Why the connection ended; resolves once the socket is closed. */
  get closed(): Promise<BatonError> {
    return this.#closed.promise;
  }

  /** False while the peer reads more slowly than this side writes, and when the connection is ending. */
  get isWritable(): boolean {
    return this.#state === 'open' && !this.#socket.writableNeedDrain;
  }

  /**
   * Writes the bytes that are built around a receipt id, at once and in one piece, and resolves when that receipt came.
   * Rejects with `stomp.refused`, or with `stomp.unknown` when the connection ends before. `what` names it in the error.
   */
  async request(what: string, build: (receipt: string) => Buffer): Promise<void> {
    const receipt = this.#receipts.next();
    const bytes = build(receipt);
    const answer = this.#receipts.expect(receipt, what);
    this.#socket.write(bytes);
    await answer;
  }

  /** Says goodbye, waits for the answers to everything written before, and resolves when the socket is closed. */
  async disconnect(): Promise<void> {
    const reason = stopped({ name: this.#options.name });
    if (this.#state === 'open') {
      void this.#endAfterLastAnswers(reason);
      await this.request('the goodbye', (receipt) => encodeControl('DISCONNECT', { receipt })).catch(() => undefined);
    }
    if (this.#state !== 'refused') this.#end(reason);
    await this.closed;
  }

  #connect(credentials: Credentials): Socket {
    return openSocket(this.#options.address, credentials, () => this.#logIn())
      .on('data', (chunk) => this.#receive(chunk))
      .on('drain', () => this.#drained())
      .on('end', () => this.#fail('the broker closed it'))
      .on('error', (error) => this.#fail(messageOf(error), tlsFailure(error, this.#options.address)))
      .on('close', () => this.#fail('it was closed'));
  }

  #drained(): void {
    this.#drains += 1;
    this.#listener.onWritable();
  }

  #logIn(): void {
    try {
      this.#socket.write(connectFrame(this.#options));
    } catch (error) {
      this.#end(error as BatonError);
    }
  }

  async #giveUpOpening(): Promise<void> {
    const { clock, connectTimeout } = this.#options;
    const isOver = await slept(clock, connectTimeout, this.#lifetime.signal);
    if (!isOver || this.#state !== 'opening') return;
    // ActiveMQ waits for the rest of what it takes for the first line.
    const hint = this.#options.address.tls ? '; perhaps it does not speak TLS (stomp://)' : '';
    this.#end(unreachable({ broker: this.#broker, reason: `no answer within ${String(connectTimeout)} ms${hint}` }));
  }

  #receive(chunk: Buffer): void {
    try {
      if (this.#state === 'opening' && isTlsAlert(chunk))
        throw otherProtocol({ broker: this.#broker, speaks: 'TLS', scheme: 'stomp+ssl://' });
      for (const frame of this.#decoder.push(chunk)) {
        if (frame !== HEART_BEAT && this.#state !== 'ended') this.#handle(frame);
      }
    } catch (error) {
      this.#end(error as BatonError);
    }
  }

  #handle(frame: Frame): void {
    switch (frame.command) {
      case 'CONNECTED':
        this.#open(frame);
        break;
      case 'MESSAGE':
        // What comes after an ERROR could not be acknowledged any more; the broker will deliver it again.
        if (this.#state === 'open') this.#listener.onMessage(frame);
        break;
      case 'RECEIPT':
        this.#receipts.arrive(frame.headers['receipt-id'] ?? '');
        this.#endIfAllIsAnswered();
        break;
      case 'ERROR':
        this.#refuse(frame);
        break;
      default:
        throw malformed({ what: `the command ${frame.command}`, expected: 'one that a server sends' });
    }
  }

  #open({ headers }: Frame): void {
    if (this.#state !== 'opening') throw malformed({ what: 'a second CONNECTED', expected: 'one' });
    const { version = '1.0' } = headers;
    if (version !== '1.2') throw malformed({ what: `version ${version}`, expected: 'version 1.2' });
    const { clock, heartBeat } = this.#options;
    const { signal } = this.#lifetime;
    const agreed = agreedHeartBeat(heartBeat, headers['heart-beat']);
    if (agreed.send > 0) void beat(agreed.send, clock, signal, () => this.#beat());
    if (agreed.receive > 0) void this.#endWhenSilent(agreed.receive);
    void this.#endWhenStuck();
    this.#state = 'open';
    this.#opened.resolve();
  }

  /** While other bytes wait to be read there is no use in more. */
  #beat(): void {
    if (!this.#socket.writableNeedDrain) this.#socket.write('\n');
  }

  async #endWhenSilent(interval: number): Promise<void> {
    const received = (): number => this.#socket.bytesRead;
    if (await isSilent(interval, this.#options.clock, this.#lifetime.signal, received)) {
      this.#end(silence({ broker: this.#broker, milliseconds: PATIENCE * interval }));
    }
  }

  async #endWhenStuck(): Promise<void> {
    const { answerTimeout, clock } = this.#options;
    const look = (): Progress => ({ owed: this.#receipts.size, done: this.#receipts.answered + this.#drains });
    if (await isStuck(answerTimeout, clock, this.#lifetime.signal, look)) {
      this.#end(unanswered({ broker: this.#broker, requests: this.#receipts.size, milliseconds: answerTimeout }));
    }
  }

  /**
   * STOMP 1.2 "ERROR": the server must close the connection. ActiveMQ leaves it open, but what it refused to commit
   * cannot be acknowledged again on it, so this side closes it: after what was written before has been answered.
   */
  #refuse({ headers, body }: Frame): void {
    const own = headers['message'] ?? body.toString('utf8', 0, 1000);
    const receipt = headers['receipt-id'] ?? (!this.#refusal && isTooLarge(own) ? this.#receipts.first : undefined);
    // ActiveMQ says first, naming nothing, why a SEND failed, and then of the COMMIT only that it is rolled back.
    const reason = this.#complaint === undefined ? own : `${this.#complaint} (${own})`;
    if (this.#state === 'opening') {
      this.#end(loginRefused({ broker: this.#broker, reason }));
      return;
    }
    const error = this.#receipts.refuse(receipt, reason, isNoRoom(headers['code'], reason));
    if (receipt === undefined) this.#complaint = own;
    this.#listener.onRefused(error);
    if (this.#state === 'open') void this.#endAfterLastAnswers(error);
    this.#state = 'refused';
    this.#refusal ??= error;
    this.#endIfAllIsAnswered();
  }

  #endIfAllIsAnswered(): void {
    if (this.#refusal && this.#receipts.size === 0) this.#end(this.#refusal);
  }

  async #endAfterLastAnswers(reason: BatonError): Promise<void> {
    if (await slept(this.#options.clock, LAST_ANSWERS, this.#lifetime.signal)) this.#end(reason);
  }

  #fail(reason: string, known?: BatonError): void {
    const isOpening = this.#state === 'opening';
    const why = isOpening ? unreachable : lost;
    const hint = isOpening && this.#isIgnored() ? '; perhaps it speaks TLS (stomp+ssl://)' : '';
    this.#end(this.#refusal ?? known ?? why({ broker: this.#broker, reason: `${reason}${hint}` }));
  }

  /** True when what was said, not over TLS, had no answer. */
  #isIgnored(): boolean {
    return !this.#options.address.tls && this.#socket.bytesWritten > 0 && this.#socket.bytesRead === 0;
  }

  #end(reason: BatonError): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#lifetime.abort();
    this.#opened.reject(reason);
    this.#receipts.abandon(reason);
    const close = (): void => this.#closed.resolve(reason);
    if (this.#socket.closed) close();
    else this.#socket.once('close', close).destroy();
  }
}

/** Baton's own broker names its errors; of ActiveMQ there are only the words of Java. */
function isNoRoom(code: string | undefined, reason: string): boolean {
  return code === 'broker.store-failed' || reason.includes('No space left on device');
}
