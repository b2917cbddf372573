import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Decoder, HEART_BEAT } from '../src/stomp/decoder.ts';
import { encode } from '../src/stomp/encode.ts';
import type { Frame, Headers } from '../src/stomp/frame.ts';

/** What a broker adds to a message that it delivers. */
const added = new Set([
  'message-id',
  'destination',
  'subscription',
  'ack',
  'timestamp',
  'redelivered',
  'content-length',
]);

/** The headers of a message as it was sent: what is passed on is the same message. */
function sent(headers: Headers): Record<string, string> {
  const own: Record<string, string> = {};
  for (const name in headers) if (!added.has(name)) own[name] = headers[name] ?? '';
  return own;
}

/** A client that costs as little as possible: it acknowledges and forwards batches without waiting for their receipts. */
export class Deliveries {
  onCommitted: () => void = () => undefined;
  readonly #socket: Socket;
  #received: Frame[] = [];
  #subscriptions = 0;
  #transactions = 0;
  #onBatch: { readonly size: number; readonly take: (batch: readonly Frame[]) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true);
    const decoder = new Decoder();
    socket.on('data', (chunk) => {
      for (const frame of decoder.push(chunk)) if (frame !== HEART_BEAT) this.#take(frame);
    });
  }

  static async connect(port: number): Promise<Deliveries> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new Deliveries(socket);
    client.#write(['CONNECT', { 'accept-version': '1.2', host: 'bench' }]);
    return client;
  }

  /** Subscribes to one more queue, and from then on forwards each batch, whatever queues it comes from, in a transaction of its own. */
  forward(from: string, to: string, size: number, subscription: Record<string, string>): void {
    this.#onBatch = {
      size,
      take: (batch) => {
        const transaction = String((this.#transactions += 1));
        this.#write(
          ['BEGIN', { transaction }],
          ...batch.map(({ headers }) => ['ACK', { id: headers['ack'] ?? '', transaction }] as const),
          ...batch.map(
            ({ headers, body }) => ['SEND', { ...sent(headers), destination: to, transaction }, body] as const,
          ),
          ['COMMIT', { transaction, receipt: transaction }],
        );
      },
    };
    const id = String((this.#subscriptions += 1));
    this.#write(['SUBSCRIBE', { destination: from, id, ack: 'client-individual', ...subscription }]);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(frame: Frame): void {
    if (frame.command === 'ERROR') throw new Error(frame.headers['message']);
    if (frame.command === 'RECEIPT') this.onCommitted();
    if (frame.command !== 'MESSAGE' || !this.#onBatch) return;
    this.#received.push(frame);
    if (this.#received.length < this.#onBatch.size) return;
    const batch = this.#received;
    this.#received = [];
    this.#onBatch.take(batch);
  }

  #write(...frames: readonly (readonly [string, Record<string, string>, Buffer?])[]): void {
    const bytes = frames.map(([command, headers, body = Buffer.alloc(0)]) =>
      encode({ command, headers, body }, 'text'),
    );
    this.#socket.write(Buffer.concat(bytes));
  }
}
