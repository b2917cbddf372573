import { isObject, type Json } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { Client, Outgoing } from '../stomp/client.ts';
import { names, type Destinations } from './names.ts';
import type { JoinRecord, RecordBatch } from './record.ts';

/** The closing of a join that holds, if one does, as the ledger tells it on the topic `baton.joins`. */
export interface JoinAnswer {
  readonly join: string;
  /** Who was in it; null where it has not closed. */
  readonly members: readonly string[] | null;
}

/** Milliseconds until the ledger is asked again. */
const patience = 5_000;
/** Milliseconds after which no answer is expected any more to what is asked once. */
const longestAnswer = 60_000;

/** The message that tells it to whoever asked. */
export function joinAnswer(answer: JoinAnswer, destinations: Destinations): Outgoing {
  return { destination: destinations.topic(names.joins), body: JSON.stringify(answer) };
}

/**
 * Asks the ledger before a join closes that is not complete: another host may have closed it, and its late members came
 * here. Who asks first closes it. The ledger has heard by then of every closing before, as questions and records are in
 * one queue; a ledger that is down is waited for.
 */
export class JoinClaims {
  readonly #client: Client;
  readonly #log: Log;
  readonly #claims = new Map<string, Claim>();
  readonly #questions = new Map<string, Question>();
  readonly #answerWithin: number;

  /** `answerWithin`: milliseconds. */
  constructor(client: Client, log: Log, answerWithin = longestAnswer) {
    this.#client = client;
    this.#log = log;
    this.#answerWithin = answerWithin;
  }

  /** Resolves when it hears answers. */
  async start(): Promise<void> {
    const destination = this.#client.topic(names.joins);
    await this.#client.subscribe({ destination, ack: 'auto' }, ({ body }) => this.#hear(readAnswer(body)));
  }

  /** Resolves with the members with which the join has closed: these, or those that somebody else told first. */
  async closedWith(record: JoinRecord): Promise<readonly string[]> {
    const claim = this.#claims.get(record.id) ?? this.#claim(record);
    return await claim.answered.promise;
  }

  /** Resolves with the members with which the join has closed; null if it has not, or no answer comes: it is asked again when it closes. */
  async known(record: JoinRecord): Promise<JoinAnswer['members']> {
    const question = this.#questions.get(record.id) ?? this.#ask(record.id);
    this.#send(record);
    return await question.answered.promise;
  }

  /** Asks no more. */
  stop(): void {
    for (const { timer } of this.#claims.values()) clearInterval(timer);
    this.#claims.clear();
    for (const join of [...this.#questions.keys()]) this.#answer(join, null);
  }

  #ask(join: string): Question {
    const timer = setTimeout(() => this.#answer(join, null), this.#answerWithin);
    const question = { timer, answered: Promise.withResolvers<JoinAnswer['members']>() };
    this.#questions.set(join, question);
    return question;
  }

  #answer(join: string, members: JoinAnswer['members']): void {
    const question = this.#questions.get(join);
    this.#questions.delete(join);
    clearTimeout(question?.timer);
    question?.answered.resolve(members);
  }

  #claim(record: JoinRecord): Claim {
    const timer = setInterval(() => {
      this.#log.warn({ run: record.run, join: record.id }, 'a join waits for the ledger to say that it may close');
      this.#send(record);
    }, patience);
    const claim = { timer, answered: Promise.withResolvers<readonly string[]>() };
    this.#claims.set(record.id, claim);
    this.#send(record);
    return claim;
  }

  #send(record: JoinRecord): void {
    const body = JSON.stringify({ records: [record] } satisfies RecordBatch);
    // What is lost is asked again.
    this.#client.send({ destination: this.#client.queue(names.ledger), body }).catch(() => undefined);
  }

  #hear(answer: JoinAnswer | undefined): void {
    if (!answer) return;
    const { join, members } = answer;
    this.#answer(join, members);
    const claim = this.#claims.get(join);
    if (!claim || !members) return;
    this.#claims.delete(join);
    clearInterval(claim.timer);
    claim.answered.resolve(members);
  }
}

interface Question {
  readonly timer: NodeJS.Timeout;
  readonly answered: PromiseWithResolvers<JoinAnswer['members']>;
}

interface Claim {
  readonly timer: NodeJS.Timeout;
  readonly answered: PromiseWithResolvers<readonly string[]>;
}

function readAnswer(body: Buffer): JoinAnswer | undefined {
  let answer: Json;
  try {
    answer = JSON.parse(body.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(answer)) return undefined;
  const { join, members } = answer;
  if (typeof join !== 'string' || !(members === null || Array.isArray(members))) return undefined;
  return { join, members: members as string[] | null };
}
