import { randomUUID } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Client } from '../stomp/client.ts';

/** An answer to an announcement, as it came: `accepted`, `refused`, `duplicate`, `result`, `finished` or `failed`. */
export interface Answer {
  readonly status: string;
  readonly run: string;
  readonly reason?: string;
  /** What to do about a refusal. */
  readonly next?: string;
  readonly result?: Json;
}

/** After these nothing more comes. */
const final: ReadonlySet<string> = new Set(['refused', 'duplicate', 'finished', 'failed']);

/** Announces as acquisition software does: a message with a reply queue, and the answers to exactly that message by its correlation id. */
export class Announcer {
  readonly #client: Client;
  readonly #replyQueue = '/temp-queue/answers';
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  constructor(client: Client) {
    this.#client = client;
  }

  async start(): Promise<void> {
    await this.#client.subscribe({ destination: this.#replyQueue, ack: 'auto' }, ({ headers, body }) => {
      const answer = readAnswer(body.toString('utf8'));
      if (answer) this.#waiting.get(headers['correlation-id'] ?? '')?.(answer);
    });
  }

  /**
   * Announces on a queue (without prefix), and yields the answers up to the final one. The announcement is with the
   * broker when `announced` is called. Ends early only by the signal, whose reason is thrown.
   */
  async *announce(
    queue: string,
    message: JsonObject,
    options: {
      readonly headers?: Record<string, string>;
      readonly signal: AbortSignal;
      readonly announced?: () => void;
    },
  ): AsyncGenerator<Answer, void> {
    const id = randomUUID();
    const answers: Answer[] = [];
    let wake: () => void = () => undefined;
    this.#waiting.set(id, (answer) => {
      answers.push(answer);
      wake();
    });
    const abort = (): void => wake();
    options.signal.addEventListener('abort', abort);
    try {
      const headers = { ...options.headers, 'reply-to': this.#replyQueue, 'correlation-id': id, persistent: 'true' };
      await this.#client.send({ destination: this.#client.queue(queue), headers, body: JSON.stringify(message) });
      options.announced?.();
      for (;;) {
        const answer = answers.shift();
        if (answer) {
          yield answer;
          if (final.has(answer.status)) return;
        } else {
          options.signal.throwIfAborted();
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      options.signal.removeEventListener('abort', abort);
      this.#waiting.delete(id);
    }
  }
}

function readAnswer(text: string): Answer | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value['status'] !== 'string' || typeof value['run'] !== 'string') return undefined;
  return value as unknown as Answer;
}
