import { setTimeout } from 'node:timers/promises';
import { Events } from '../../src/core/events.ts';
import { isObject, type Json } from '../../src/core/json.ts';
import { cancelRuns } from '../../src/services/cancel-runs.ts';
import type { Client, Delivery } from '../../src/stomp/client.ts';
import { programKinds, recipeNames, type KindName } from './kinds.ts';
import { type Told } from './told.ts';

/** One announcement, and all that came of it. */
export interface Announced {
  readonly run: string;
  readonly recipe: string;
  /** It is cancelled while its programs wait or run. */
  readonly isCancelled: boolean;
  /** When it was announced, and when its final answer came: milliseconds. */
  readonly from: number;
  until: number;
  /** By `accepted`, `finished`, …: the broker's ids of the messages that said so. */
  readonly answers: Map<string, Set<string>>;
  /** What was told of its programs, by what it says: with the broker's ids of the messages that said so. */
  readonly told: Map<string, { readonly told: Told; readonly ids: Set<string> }>;
}

export interface AnnouncerOptions {
  readonly runs: number;
  readonly random: () => number;
  /** Told what it does, for the history of a failure. */
  readonly tell: (what: string) => void;
}

/** Runs that are under way at the same time, at most. */
const window = 8;
/** One in so many is cancelled, at latest so many ms after it was accepted. */
const perCancelled = 6;
const cancelledWithin = 2_500;
const replyQueue = 'chaos.replies';

/** Announces runs from outside, cancels some, and collects all that is answered. It is never killed. */
export class Announcer {
  readonly events = new Events<{ progress: object }>();
  readonly runs = new Map<string, Announced>();
  readonly #client: Client;
  readonly #options: AnnouncerOptions;

  constructor(client: Client, options: AnnouncerOptions) {
    this.#client = client;
    this.#options = options;
  }

  get count(): number {
    return this.#options.runs;
  }

  /** The share of all programs whose end was told, or whose run has ended. */
  get progress(): number {
    const share = (one: Announced): number => {
      const all = programKinds(one.recipe).length;
      return hasFinal(one) ? 1 : Math.min(all, endsOf(one).length) / (all + 1);
    };
    return [...this.runs.values()].reduce((sum, one) => sum + share(one), 0) / this.count;
  }

  get open(): readonly Announced[] {
    return [...this.runs.values()].filter((one) => !isAnswered(one));
  }

  /** Resolves when every run was announced and answered; rejects when `signal` aborts first. */
  async run(signal: AbortSignal): Promise<void> {
    const destination = this.#client.queue(replyQueue);
    await this.#client.subscribe({ destination, ack: 'client-individual', prefetch: 100 }, (reply) =>
      this.#take(reply),
    );
    const cancelling: Promise<void>[] = [];
    for (let index = 0; index < this.count; index += 1) {
      while (this.open.length >= window) await this.events.once('progress', undefined, signal);
      const one: Announced = {
        run: `chaos-${String(index)}`,
        recipe: recipeNames[index % recipeNames.length] ?? '',
        isCancelled: index % perCancelled === 1,
        ...{ from: Date.now(), until: Infinity, answers: new Map(), told: new Map() },
      };
      this.runs.set(one.run, one);
      await this.#announce(one);
      if (one.isCancelled) cancelling.push(this.#cancel(one, signal));
    }
    while (this.open.length > 0) await this.events.once('progress', undefined, signal);
    await Promise.all(cancelling);
  }

  async #announce({ run, recipe }: Announced): Promise<void> {
    const headers = { 'reply-to': this.#client.queue(replyQueue), 'correlation-id': run };
    const body = JSON.stringify({ recipes: [recipe], parameters: { guid: run } });
    for (;;) {
      try {
        return await this.#client.send({ destination: this.#client.queue('processing_recipe'), headers, body });
      } catch {
        // Whether the broker has it is unknown: the same run is announced again, on the next connection.
      }
    }
  }

  /** At a random moment; the wish waits for the ledger, where that is dead. */
  async #cancel(one: Announced, signal: AbortSignal): Promise<void> {
    const pause = this.#options.random() * cancelledWithin;
    try {
      while (!one.answers.has('accepted')) await this.events.once('progress', undefined, signal);
      await setTimeout(pause, undefined, { signal });
      const answers = await cancelRuns(this.#client, new Set([one.run]), { user: 'chaos', timeout: 60 });
      this.#options.tell(`cancelled ${one.run}: ${answers.get(one.run)?.state ?? 'no answer'}`);
    } catch (error) {
      this.#options.tell(`could not cancel ${one.run}: ${String(error)}`);
    }
  }

  #take(delivery: Delivery): void {
    // Not acknowledged, it comes again with the same message id.
    this.#client.transact({ ack: [delivery], send: [] }).catch(() => undefined);
    const one = this.runs.get(delivery.headers['correlation-id'] ?? '');
    const body = JSON.parse(delivery.body.toString('utf8')) as Json;
    if (!one || !isObject(body)) return;
    const { status, result } = body;
    if (status === 'result') this.#took(one, result as unknown as Told, delivery.messageId);
    else if (typeof status === 'string') {
      one.answers.set(status, (one.answers.get(status) ?? new Set()).add(delivery.messageId));
      if (hasFinal(one)) one.until = Math.min(one.until, Date.now());
    }
    this.events.emit('progress', {});
  }

  #took(one: Announced, told: Told, id: string): void {
    const { channel, kind, n } = told;
    const what = `${channel} of ${kind} ${String(n)}`;
    const known = one.told.get(what) ?? { told, ids: new Set<string>() };
    known.ids.add(id);
    one.told.set(what, known);
  }
}

/** The programs whose end was told, each as often as it was. */
function endsOf({ told }: Announced): readonly Told[] {
  return [...told.values()].map((one) => one.told).filter(({ channel }) => channel === 'completed');
}

function hasFinal({ answers }: Announced): boolean {
  return answers.has('finished') || answers.has('failed');
}

/** True when all was said that must be. */
function isAnswered(one: Announced): boolean {
  const ended = new Set<string>(endsOf(one).map(({ kind }) => kind));
  const hasAll = programKinds(one.recipe).every((kind: KindName) => ended.has(kind));
  return one.answers.has('accepted') && hasFinal(one) && (one.isCancelled || hasAll);
}
