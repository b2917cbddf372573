import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { look } from '../../dead-letters/look.ts';
import { deadLettersOf } from '../../dead-letters/queues.ts';
import type { Failures, SeenLetter } from '../../ledger/failures/failures.ts';
import type { Client } from '../../stomp/client.ts';
import type { QueueView } from '../api.ts';
import { isDeadLetterQueue, type QueueWatch } from '../queues.ts';
import { seenLetter } from './seen-letter.ts';
import type { Turns } from './turns.ts';

export interface LetterWatchOptions {
  readonly client: Client;
  readonly failures: Failures;
  readonly queueWatch: QueueWatch;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly log: Log;
}

/** Letters that are entered at a time. */
const atOnce = 200;
/** A look that took a second is followed by a rest of twenty: a long queue that keeps changing is not read without end. */
const restPerLook = 20;

/** What is in a queue of dead letters that could not be looked at as a whole. */
export interface Unseen {
  readonly queue: string;
  readonly letters: number;
}

/** Looks into the queues of dead letters when something came or went there, and tells the ledger what is in them. It takes nothing out. */
export class LetterWatch {
  readonly #options: LetterWatchOptions;
  readonly #looked = new Map<string, { readonly mark: string; readonly until: number }>();
  readonly #unseen = new Map<string, number>();
  #stopListening: () => void = () => undefined;
  #looking: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: LetterWatchOptions) {
    this.#options = options;
  }

  /** Letters beyond the first 100 000 of a queue. */
  get unseen(): readonly Unseen[] {
    return [...this.#unseen].map(([queue, letters]) => ({ queue, letters }));
  }

  start(): void {
    this.#stopListening = this.#options.queueWatch.events.on('queues', ({ queues }) => {
      this.#looking ??= this.#lookAt(queues).finally(() => (this.#looking = undefined));
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopListening();
    await this.#looking;
  }

  async #lookAt(queues: readonly QueueView[]): Promise<void> {
    const { failures, log, turns } = this.#options;
    const there = new Map(queues.filter(({ name }) => isDeadLetterQueue(name)).map((queue) => [queue.name, queue]));
    try {
      for (const name of failures.queues()) if (!there.has(name)) await this.#emptied(name);
      for (const queue of there.values())
        if (!this.#isStopped && !turns.isTaken(queue.name)) await turns.take(queue.name, () => this.#look(queue));
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'the queues of dead letters were not looked at');
    }
  }

  async #emptied(name: string): Promise<void> {
    this.#unseen.delete(name);
    await this.#options.failures.sawAll(name, new Set());
  }

  async #look({ name, waiting, inFlight, enqueued, dequeued }: QueueView): Promise<void> {
    const { client, failures, clock } = this.#options;
    const mark = [waiting, inFlight, enqueued, dequeued].join(' ');
    const before = this.#looked.get(name);
    if (before && (before.mark === mark || clock.now() < before.until)) return;
    const began = clock.now();
    if (waiting + inFlight === 0) await this.#emptied(name);
    else {
      const seen = await this.#see(client, name);
      const unseen = waiting + inFlight - seen.size;
      if (unseen <= 0) await failures.sawAll(name, seen);
      if (unseen > 0) this.#unseen.set(name, unseen);
      else this.#unseen.delete(name);
    }
    const now = clock.now();
    this.#looked.set(name, { mark, until: now + restPerLook * (now - began) });
  }

  /** The ids of all letters that the broker shows; of new ones the ledger is told. */
  async #see(client: Client, name: string): Promise<ReadonlySet<string>> {
    const { failures } = this.#options;
    const seen = new Set<string>();
    const news: SeenLetter[] = [];
    await look(client, deadLettersOf(client, name), (letter) => {
      seen.add(letter.messageId);
      if (!failures.hasSeen(name, letter.messageId)) news.push(seenLetter(letter, name));
      if (news.length >= atOnce) failures.saw(news.splice(0));
    });
    failures.saw(news);
    return seen;
  }
}
