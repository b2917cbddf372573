import type { Socket } from 'node:net';
import { BatonError } from '../core/errors.ts';
import { Decoder, HEART_BEAT } from '../stomp/decoder.ts';
import { encode } from '../stomp/encode.ts';
import type { Frame } from '../stomp/frame.ts';
import { commandUnknown, connectExpected, failed, memoryFull, silence, stopping } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { beat, listen, slept } from './heart-beat.ts';
import { Outbox } from './outbox.ts';
import type { User } from './permissions.ts';
import { Session, type Peer } from './session.ts';
import { connect } from './verbs/connect.ts';
import { verbs } from './verbs/verbs.ts';

/** How long a broker that stops waits for a client that does not read. */
const LAST_WORDS_MS = 1000;
const LF = Buffer.from('\n');

/** `refusing`: a frame was wrong, and ERROR follows what this turn has for earlier ones. `ending`: the last frames go out. */
type State = 'open' | 'refusing' | 'ending' | 'closed';

/** One socket: bytes to frames, frames to verbs, errors to ERROR frames; heart-beats; and the end. */
export class Connection implements Peer {
  readonly session: Session;
  /** Resolves when the socket is closed and the session has ended. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #exchange: Exchange;
  readonly #users: readonly User[] | undefined;
  readonly #decoder: Decoder;
  readonly #outbox: Outbox;
  readonly #name: string;
  /** Of the chunk that is being read, those to come. */
  #frames: ReturnType<Decoder['push']> | undefined;
  /** It sends more than there is room for. */
  #isHeld = false;
  readonly #isEnding = new AbortController();
  readonly #isClosed = new AbortController();
  #state: State = 'open';
  #heardAt: number;
  #reason = 'the client closed the connection';

  constructor(socket: Socket, id: string, exchange: Exchange, users: readonly User[] | undefined) {
    this.#socket = socket;
    this.#exchange = exchange;
    this.#users = users;
    this.#name = `${String(socket.remoteAddress)}:${String(socket.remotePort)}`;
    this.#heardAt = exchange.clock.now();
    this.#decoder = new Decoder(exchange.limits.frame);
    this.#outbox = new Outbox(socket, exchange.limits.outputBytes, (outbox) => exchange.turn.flush(outbox));
    this.session = new Session(id, exchange, this);
    this.closed = this.#listen();
    void this.#expectConnect();
  }

  /** False once its end has begun. */
  get isOpen(): boolean {
    return this.#state === 'open' || this.#state === 'refusing';
  }

  get isChoked(): boolean {
    return !this.isOpen || this.#outbox.isFull;
  }

  push(...pieces: readonly Buffer[]): void {
    if (this.#state !== 'closed') this.#outbox.push(...pieces);
  }

  /** Sends ERROR (in answer to a frame, if it was one) and closes the connection. STOMP 1.2, "ERROR". */
  fail(error: Error, frame?: Frame): void {
    if (!this.isOpen) return;
    const known = error instanceof BatonError ? error : failed({ reason: error.message }, { cause: error });
    const { code, message } = known;
    this.#exchange.events.emit('refused', { session: this.session.id, peer: this.#name, code, message });
    this.#endWith(known, frame);
  }

  accepted(sendMs: number, receiveMs: number): void {
    const { clock, events } = this.#exchange;
    const { signal } = this.#isEnding;
    events.emit('connected', { session: this.session.id, peer: this.#name });
    // A client that is not read from, because it does not read, cannot be heard.
    const lastAt = (): number => (this.#socket.isPaused() ? clock.now() : this.#heardAt);
    const silent = (): void =>
      this.fail(silence({ expected: 'a frame or a heart-beat', milliseconds: clock.now() - this.#heardAt }));
    if (sendMs > 0) void beat(clock, sendMs, signal, () => void (this.#outbox.isFull || this.push(LF)));
    if (receiveMs > 0) void listen(clock, receiveMs, signal, { lastAt, silent });
  }

  /** Tells the client that the broker is being stopped, and closes the socket as soon as that is written. */
  stop(): void {
    if (this.isOpen) this.#endWith(stopping({ broker: this.#exchange.epoch }));
    this.#exchange.turn.finish();
    this.#socket.destroySoon();
    this.#destroyAfter(LAST_WORDS_MS);
  }

  hold(): void {
    this.#isHeld = true;
    this.#socket.pause();
  }

  release(): void {
    this.#isHeld = false;
    this.#readOn();
    this.#obeyFrames();
  }

  slowed({ message }: Error): void {
    this.#exchange.events.emit('slowed', { session: this.session.id, peer: this.#name, reason: message });
  }

  #listen(): Promise<void> {
    const socket = this.#socket.setNoDelay(true).setKeepAlive(true, 30_000);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => {
      this.#heardAt = this.#exchange.clock.now();
      this.#readOn();
      this.session.wake();
    });
    // A client may close its side at once behind its last frame: the answers are still sent.
    socket.on('end', () => this.#exchange.turn.then(() => this.#end(), this));
    socket.on('error', (error) => {
      this.#reason = error.message;
    });
    return new Promise((resolve) => {
      socket.once('close', () => {
        this.#close();
        resolve();
      });
    });
  }

  #receive(chunk: Buffer): void {
    this.#heardAt = this.#exchange.clock.now();
    if (this.#state !== 'open') return;
    this.#frames = this.#decoder.push(chunk);
    this.#obeyFrames();
  }

  /** All of the chunk, or as many as there is room for. */
  #obeyFrames(): void {
    try {
      while (this.#state === 'open' && !this.#isHeld && this.#frames) {
        const { value: frame, done } = this.#frames.next();
        if (done === true) this.#frames = undefined;
        else if (frame !== HEART_BEAT) this.#obey(frame);
      }
    } catch (error) {
      this.#refuse(error);
    }
    if (this.#outbox.isFlooded) this.#socket.pause();
  }

  #readOn(): void {
    if (!this.#isHeld) this.#socket.resume();
  }

  #obey(frame: Frame, isAgain = false): void {
    const { turn } = this.#exchange;
    const receipt = frame.headers['receipt'];
    try {
      this.#perform(frame);
    } catch (error) {
      if (memoryFull.is(error)) this.#wait(frame, error, isAgain);
      else this.#refuse(error, frame);
      return;
    }
    if (receipt !== undefined) turn.then(() => this.#receipt(receipt), this);
    if (frame.command !== 'DISCONNECT') return;
    this.#state = 'refusing';
    this.#reason = 'DISCONNECT';
    turn.then(() => this.#end(), this);
  }

  #perform(frame: Frame): void {
    const { command } = frame;
    if (command === 'CONNECT' || command === 'STOMP') {
      connect(this.session, frame, this.#users);
      return;
    }
    if (!this.session.isConnected) throw connectExpected({ command, expected: 'CONNECT was expected' });
    const verb = verbs.get(command);
    if (verb === undefined) throw commandUnknown({ command });
    verb(this.session, frame);
  }

  /** The frame is obeyed when there is room: a verb that has thrown has done nothing. */
  #wait(frame: Frame, reason: Error, isAgain: boolean): void {
    const { turn } = this.#exchange;
    const failed = (error: Error): void => this.fail(error, frame);
    const keep = (): void =>
      turn.waitingRoom.keep(this, { writer: this, stored: () => this.#obey(frame, true), failed }, reason);
    if (isAgain) {
      keep();
      return;
    }
    this.hold();
    // Behind what the frames before it want written.
    turn.then(keep, this);
  }

  #receipt(id: string): void {
    if (this.isOpen) this.session.reply('RECEIPT', { 'receipt-id': id });
  }

  /** Obeys no more; ERROR follows the answers to the frames before. */
  #refuse(error: unknown, frame?: Frame): void {
    this.#state = 'refusing';
    const fail = (): void => this.fail(error instanceof Error ? error : new Error(String(error)), frame);
    this.#exchange.turn.then(fail, this);
  }

  async #expectConnect(): Promise<void> {
    const milliseconds = this.#exchange.limits.patienceMs;
    const isLate = await slept(this.#exchange.clock, milliseconds, this.#isEnding.signal);
    if (isLate && !this.session.isConnected) this.fail(silence({ expected: 'CONNECT', milliseconds }));
  }

  #endWith(error: BatonError, frame?: Frame): void {
    this.push(errorFrame(error, frame));
    this.#reason = error.message;
    this.#end();
  }

  /**
   * Ends the session now, and the socket when what was written is through. Until the peer has closed its side too, what
   * it sends is read and dropped: closing on unread bytes would reset the connection, and ERROR would be lost.
   */
  #end(): void {
    if (!this.isOpen) return;
    this.#state = 'ending';
    this.#isEnding.abort();
    this.session.end();
    this.#exchange.turn.waitingRoom.giveUp(this);
    this.#outbox.end();
    // What comes is dropped.
    this.#socket.resume();
    this.#destroyAfter(this.#exchange.limits.patienceMs);
  }

  #destroyAfter(milliseconds: number): void {
    void slept(this.#exchange.clock, milliseconds, this.#isClosed.signal).then((isLate) => {
      if (isLate) this.#socket.destroy();
    });
  }

  #close(): void {
    this.#end();
    this.#state = 'closed';
    this.#isClosed.abort();
    const { session } = this;
    this.#exchange.events.emit('disconnected', { session: session.id, peer: this.#name, reason: this.#reason });
  }
}

function errorFrame({ message, code, next }: BatonError, frame: Frame | undefined): Buffer {
  const receipt = frame?.headers['receipt'];
  const headers = {
    message,
    code,
    'content-type': 'text/plain',
    ...(receipt === undefined ? {} : { 'receipt-id': receipt }),
  };
  return encode({ command: 'ERROR', headers, body: Buffer.from(`${message}.\n${next}\n`) }, 'text');
}
