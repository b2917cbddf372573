import { Events } from '../src/core/events.ts';
import { isObject, type Json } from '../src/core/json.ts';
import type { Client, Delivery } from '../src/stomp/client.ts';
import { messagesPerRun, outputsOf, twistOf, type Twist } from './recipe.ts';

/** One announcement, and the messages that answered it: those of one kind under the broker's ids of them. */
export interface Announced {
  readonly run: string;
  readonly twist: Twist;
  /** How often it was sent: more than once when a receipt was lost, or on purpose. */
  sent: number;
  /** By `accepted`, `finished`, …, or `result` and the output's name: ids of the messages that said so. */
  readonly answers: Map<string, Set<string>>;
}

export interface AcquisitionOptions {
  /** Messages to steps that its runs come to, at least. */
  readonly messages: number;
  /** Some runs have a message whose handler ends its process: which kind comes first. Absent: none has. */
  readonly crashes: number | undefined;
  readonly random: () => number;
}

/** Runs that are under way at the same time, at most. */
const window = 12;
const replyQueue = 'chaos.replies';

/**
 * Announces runs from outside and collects all that is answered. It waits for the receipt of each announcement, and
 * announces the same run again when that was lost. It is the only one who is never killed.
 */
export class Acquisition {
  readonly events = new Events<{ progress: object }>();
  readonly runs = new Map<string, Announced>();
  readonly #client: Client;
  readonly #random: () => number;
  readonly #crashes: number | undefined;
  readonly #count: number;

  constructor(client: Client, { messages, crashes, random }: AcquisitionOptions) {
    this.#client = client;
    this.#random = random;
    this.#crashes = crashes;
    this.#count = Math.ceil(messages / messagesPerRun);
  }

  /** How many announcements there are to be. */
  get count(): number {
    return this.#count;
  }

  /** The share of all expected outputs that has come. */
  get progress(): number {
    const share = (announced: Announced): number => {
      const outputs = outputsOf(announced.twist);
      if (outputs.length === 0) return Number(isAnswered(announced));
      return outputs.filter((output) => announced.answers.has(`result ${output}`)).length / outputs.length;
    };
    return [...this.runs.values()].reduce((sum, run) => sum + share(run), 0) / this.#count;
  }

  /** Runs that lack an answer. */
  get open(): readonly Announced[] {
    return [...this.runs.values()].filter((run) => !isAnswered(run));
  }

  /** Resolves when every run was announced and answered; rejects when `signal` aborts first. */
  async run(signal: AbortSignal): Promise<void> {
    const destination = this.#client.queue(replyQueue);
    await this.#client.subscribe({ destination, ack: 'client-individual', prefetch: 100 }, (reply) =>
      this.#take(reply),
    );
    for (let index = 0; index < this.#count; index += 1) {
      while (this.open.filter((run) => !waitsForSilence(run)).length >= window)
        await this.events.once('progress', undefined, signal);
      const announced: Announced = {
        run: `chaos-${String(index)}`,
        twist: twistOf(index, this.#count, this.#crashes),
        sent: 0,
        answers: new Map(),
      };
      this.runs.set(announced.run, announced);
      // One in twenty is announced twice although nothing went wrong: the second is a duplicate.
      for (let times = this.#random() < 0.05 ? 2 : 1; times > 0; times -= 1) await this.#announce(announced);
    }
    while (this.open.length > 0) await this.events.once('progress', undefined, signal);
  }

  async #announce(announced: Announced): Promise<void> {
    const { run, twist } = announced;
    const isCrash = twist.doom !== 'none' && twist.doom !== 'hopeless';
    const headers = { 'reply-to': this.#client.queue(replyQueue), 'correlation-id': run };
    const body = JSON.stringify({
      recipes: [twist.isRefused ? 'unknown-to-chaos' : 'chaos'],
      parameters: {
        guid: run,
        doom: isCrash ? 'poison' : twist.doom,
        how: twist.doom,
        tardy: twist.isTardy,
        foreign: twist.isForeign,
      },
    });
    for (;;) {
      announced.sent += 1;
      try {
        return await this.#client.send({ destination: this.#client.queue('processing_recipe'), headers, body });
      } catch {
        // Whether the broker has it is unknown: the same run is announced again, on the next connection.
      }
    }
  }

  #take(delivery: Delivery): void {
    // Not acknowledged, it comes again with the same message id.
    this.#client.transact({ ack: [delivery], send: [] }).catch(() => undefined);
    const announced = this.runs.get(delivery.headers['correlation-id'] ?? '');
    const kind = kindOf(JSON.parse(delivery.body.toString('utf8')) as Json);
    const ids = announced?.answers.get(kind) ?? new Set();
    announced?.answers.set(kind, ids.add(delivery.messageId));
    this.events.emit('progress', {});
  }
}

/** True for a run of which all was said but that it has ended, and which only silence ends. */
export function waitsForSilence({ twist, answers }: Announced): boolean {
  return twist.isForeign && answers.has('accepted') && hasAllOutputs({ twist, answers });
}

/** True when all that must be said of a run was said at least once. */
function isAnswered({ twist, answers }: Announced): boolean {
  if (twist.isRefused) return answers.has('refused');
  const hasEnded = answers.has('finished') || answers.has('failed');
  return answers.has('accepted') && hasEnded && hasAllOutputs({ twist, answers });
}

function hasAllOutputs({ twist, answers }: Pick<Announced, 'twist' | 'answers'>): boolean {
  return outputsOf(twist).every((output) => answers.has(`result ${output}`));
}

function kindOf(body: Json): string {
  const { status, result } = isObject(body) ? body : {};
  const output = isObject(result) ? result['output'] : undefined;
  return [status, output].filter((word) => typeof word === 'string').join(' ');
}
