import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { Decoder } from '../src/stomp/decoder.ts';
import type { Frame } from '../src/stomp/frame.ts';
import { orderedQueue } from './recipe.ts';

/** What concerns one run has its id, wherever it stands. */
const runIds = /\bchaos-\d+\b/g;
/** Frames of which nothing is to be learned about any message. */
const silent = new Set(['CONNECT', 'STOMP', 'CONNECTED', 'BEGIN']);

interface Entry {
  readonly at: number;
  readonly connection: string;
  /** `>` to the broker, `<` from it. */
  readonly way: string;
  readonly command: string;
  readonly [header: string]: unknown;
}

/**
 * The journal of all frames between the parts and the broker: which message was sent to which queue, delivered to whom,
 * and acknowledged in which transaction. It counts on its own what no step may be sent twice.
 */
export class Wire implements AsyncDisposable {
  readonly #file: string;
  readonly #stream: WriteStream;
  /** The broker's ids of the messages that came for one key, attempt and deferral at a step's queue. */
  readonly #messages = new Map<string, string>();
  readonly #doubled = new Set<string>();
  readonly #orders = new Orders();
  #connections = 0;

  constructor(file: string) {
    this.#file = file;
    this.#stream = createWriteStream(file);
  }

  /** The runs of which a step was brought the same message twice, as messages that the broker tells apart. */
  get doubled(): readonly string[] {
    return [...this.#doubled];
  }

  /** The runs whose group the broker itself gave out in another order than it was sent, on one connection. */
  get misdelivered(): readonly string[] {
    return this.#orders.broken;
  }

  /** Listens to a new connection. */
  tap(): Tap {
    this.#connections += 1;
    return new Tap(this.#connections, (entry) => this.#enter(entry));
  }

  /** All that was on the wire about one run, as lines of text, in order. */
  async history(run: string): Promise<readonly string[]> {
    await this[Symbol.asyncDispose]();
    const lines = (await readFile(this.#file, 'utf8')).split('\n');
    const concerns = (line: string): boolean => [...line.matchAll(runIds)].some(([id]) => id === run);
    const mine = lines.filter(concerns).map((line) => JSON.parse(line) as Entry);
    const transactions = new Set(mine.map(({ connection, transaction }) => `${connection} ${String(transaction)}`));
    const ends = lines
      .filter((line) => line.includes('"COMMIT"') || line.includes('"ABORT"') || line.includes('"ERROR"'))
      .map((line) => JSON.parse(line) as Entry)
      .filter(({ connection, transaction }) => transactions.has(`${connection} ${String(transaction)}`));
    return [...mine, ...ends].sort((a, b) => a.at - b.at).map(toldEntry);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stream.closed) return;
    this.#stream.end();
    await finished(this.#stream).catch(() => undefined);
  }

  #enter(entry: Entry): void {
    if (!this.#stream.writableEnded) this.#stream.write(`${JSON.stringify(entry)}\n`);
    const { command, destination, key, attempt, deferral, messageId, runs } = entry as Entry & Record<string, string>;
    if (destination === `/queue/${orderedQueue}` && key !== undefined)
      for (const run of runs ?? []) this.#orders.see(command, run, key, entry.connection);
    if (command !== 'MESSAGE' || key === undefined || destination === undefined || isBatons(destination)) return;
    const place = [destination, key, attempt, deferral].join(' ');
    const known = this.#messages.get(place);
    this.#messages.set(place, known ?? messageId ?? '');
    if (known !== undefined && known !== messageId) for (const run of runs ?? []) this.#doubled.add(run);
  }
}

/** In which order the messages of groups were sent, and given out. */
class Orders {
  readonly #sent = new Map<string, number>();
  readonly #latest = new Map<string, number>();
  readonly #broken = new Set<string>();

  get broken(): readonly string[] {
    return [...this.#broken];
  }

  see(command: string, run: string, key: string, connection: string): void {
    if (command === 'SEND' && !this.#sent.has(key)) this.#sent.set(key, this.#sent.size);
    if (command !== 'MESSAGE') return;
    const [place, stream] = [this.#sent.get(key) ?? -1, `${run} ${connection}`];
    if (place < (this.#latest.get(stream) ?? -1)) this.#broken.add(run);
    this.#latest.set(stream, place);
  }
}

/** One connection's side of the journal. */
class Tap {
  readonly #number: number;
  readonly #enter: (entry: Entry) => void;
  readonly #toBroker = new Decoder();
  readonly #toClient = new Decoder();
  /** The runs of what was delivered and is not acknowledged, by the id that acknowledges. */
  readonly #unacknowledged = new Map<
    string,
    { readonly runs: readonly string[]; readonly messageId: string | undefined }
  >();
  #reads = '';

  constructor(number: number, enter: (entry: Entry) => void) {
    this.#number = number;
    this.#enter = enter;
  }

  /** Its number, and what it subscribed to first. */
  get name(): string {
    return `${String(this.#number)} ${this.#reads}`.trim();
  }

  fromClient(chunk: Buffer): void {
    this.#read(this.#toBroker, chunk, '>');
  }

  fromBroker(chunk: Buffer): void {
    this.#read(this.#toClient, chunk, '<');
  }

  ended(): void {
    this.#enter({ at: Date.now(), connection: this.name, way: '-', command: 'cut' });
  }

  #read(decoder: Decoder, chunk: Buffer, way: string): void {
    try {
      for (const frame of decoder.push(chunk)) if (typeof frame === 'object') this.#take(frame, way);
    } catch {
      // What comes after bytes that were lost is no business of this journal.
    }
  }

  #take({ command, headers, body }: Frame, way: string): void {
    if (silent.has(command)) return;
    const { destination, id, transaction, 'message-id': messageId, ack, 'baton-key': key } = headers;
    if (command === 'SUBSCRIBE' && this.#reads === '') this.#reads = destination ?? '';
    const known = command === 'ACK' ? this.#unacknowledged.get(id ?? '') : undefined;
    const runs = known?.runs ?? runsOf(headers['baton-run'], body);
    if (command === 'MESSAGE' && ack !== undefined) this.#unacknowledged.set(ack, { runs, messageId });
    if (command === 'ACK') this.#unacknowledged.delete(id ?? '');
    this.#enter({
      at: Date.now(),
      connection: this.name,
      way,
      command,
      ...present({ destination, messageId: messageId ?? known?.messageId, key, transaction }),
      ...present({ attempt: headers['baton-attempt'], deferral: headers['baton-deferral'] }),
      ...present({ receipt: headers['receipt'] ?? headers['receipt-id'], redelivered: headers['redelivered'] }),
      ...(command === 'ERROR' ? { says: headers['message'] } : {}),
      ...(runs.length > 0 ? { runs } : {}),
    });
  }
}

function runsOf(header: string | undefined, body: Buffer): readonly string[] {
  if (header !== undefined) return [header];
  return body.length === 0 ? [] : [...new Set(body.toString('utf8').match(runIds) ?? [])];
}

function present(headers: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Queues in which one message stands more than once on its way: parked, and told of. */
function isBatons(destination: string): boolean {
  return destination.includes('/baton.') || destination.startsWith('/topic/') || destination.startsWith('/queue/DLQ.');
}

function toldEntry({ at, connection, way, command, runs: _runs, ...rest }: Entry): string {
  const headers = Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`);
  return [new Date(at).toISOString(), `[${connection}]`, way, command, ...headers].join(' ');
}
