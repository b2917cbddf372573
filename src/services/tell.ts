import { backoffSeconds } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { digest } from '../core/json.ts';
import { routeOutputs } from '../recipes/route.ts';
import type { SentOn } from './outcome.ts';
import type { ProgressRecord, ToldMessage } from './record.ts';
import type { Task } from './task.ts';

/** Hands records to the ledger; resolves when the broker has them. */
export type TellLedger = (record: ProgressRecord) => Promise<void>;

/** What telling needs beside the task. */
export interface Telling {
  readonly service: string;
  readonly queue: string;
  readonly defaultChannel: string | undefined;
  readonly clock: Clock;
  readonly tellLedger: TellLedger;
}

/** Pauses (s) while the broker is away. */
const patience = { delay: 0.5, factor: 2, maxDelay: 5 };

/**
 * What a handler tells while it works goes to the ledger as records, in the order told; the ledger sends it on. Its keys
 * go by that order, so that who works on the message again tells of the same.
 */
export class Teller {
  readonly #task: Task;
  readonly #telling: Telling;
  #count = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(task: Task, telling: Telling) {
    this.#task = task;
    this.#telling = telling;
  }

  /** Resolves when the broker has it; without that, when the signal is aborted. */
  async tell(outputs: readonly SentOn[], signal: AbortSignal): Promise<void> {
    const messages = outputs.flatMap((output) => this.#routed(output));
    const [first] = messages;
    if (!first) return;
    const record = this.#record(first.key, messages);
    this.#last = this.#last.then(async () => this.#send(record, signal));
    await this.#last;
  }

  /** None where the recipe links the channel to nothing. */
  #routed(output: SentOn): readonly ToldMessage[] {
    const { envelope, message } = this.#task;
    // Apart from the keys of what leaves when it is done.
    const key = digest(message.key, 'told', message.reinjected, this.#count);
    this.#count += 1;
    const next = routeOutputs({ envelope, key }, [output], this.#telling.defaultChannel);
    return next.map(({ step, channel, key: own, queue, topic, delay, group, envelope: { payload } }) => ({
      ...{ step, channel, key: own, delay, payload },
      ...(queue === undefined ? {} : { queue }),
      ...(topic === undefined ? {} : { topic }),
      ...(group === undefined ? {} : { group }),
    }));
  }

  #record(id: string, messages: readonly ToldMessage[]): ProgressRecord {
    const { run, envelope, message } = this.#task;
    const { service, queue, clock } = this.#telling;
    const { environment, recipe, path, pointer } = envelope;
    return {
      kind: 'progress',
      ...{ id, run, step: pointer, queue, service, time: clock.now(), sent: message.sent },
      envelope: { environment, recipe, path: [...path, pointer] },
      messages,
    };
  }

  /** Tried until the broker has it: twice is no harm. */
  async #send(record: ProgressRecord, signal: AbortSignal): Promise<void> {
    const { clock, tellLedger } = this.#telling;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        return await tellLedger(record);
      } catch {
        await clock.sleep(backoffSeconds(patience, attempt) * 1000, signal).catch(() => undefined);
      }
    }
  }
}
