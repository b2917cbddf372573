import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../../core/module-beside.ts';
import type { SiteFacts } from '../../recipes/lint/site.ts';
import { costlyRecipe, tooMany } from '../errors.ts';
import type { Look, LookRequest } from './look.ts';

const limits = { seconds: 10, waiting: 20, megabytes: 256 };

/**
 * Looks at texts of recipes in a thread of its own, one after the other: a text can be made to take long (a megabyte of it,
 * or a pattern in the schema of a service), and what happens in the ledger beside it must not wait. The thread lasts,
 * because it has compiled the schemas of all services; it is ended where it takes too long, and there is another.
 */
export class Looker implements AsyncDisposable {
  readonly #facts: SiteFacts;
  #worker: Worker | undefined;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ services, programs, readers, source, heard }: SiteFacts) {
    // What threads can be told: services have functions, too.
    this.#facts = {
      services: services.map(({ name, description, queue, parameters, channels, defaultChannel, joins }) => ({
        ...{ name, description, queue, parameters, channels, defaultChannel, joins },
      })),
      readers: new Set(readers),
      source,
      ...(programs ? { programs: JSON.parse(JSON.stringify(programs)) as NonNullable<SiteFacts['programs']> } : {}),
      ...(heard ? { heard: [...heard] } : {}),
    };
  }

  /** Looks at a text. Rejects with `monitor.costly-recipe` and `monitor.too-many`. */
  async look(request: LookRequest): Promise<Look> {
    if (this.#waiting >= limits.waiting) throw tooMany({ what: 'recipes at the same time', limit: limits.waiting });
    this.#waiting += 1;
    const mine = this.#last.then(async () => await this.#ask(request));
    this.#last = mine.catch(() => undefined);
    return await mine.finally(() => (this.#waiting -= 1));
  }

  async #ask(request: LookRequest): Promise<Look> {
    const worker = (this.#worker ??= this.#start());
    try {
      worker.postMessage(request);
      const [look] = (await once(worker, 'message', { signal: AbortSignal.timeout(limits.seconds * 1_000) })) as [Look];
      return look;
    } catch (cause) {
      this.#worker = undefined;
      await worker.terminate();
      throw costlyRecipe({ seconds: limits.seconds, megabytes: limits.megabytes }, { cause });
    }
  }

  #start(): Worker {
    const worker = new Worker(moduleBeside(import.meta.url, 'worker'), {
      workerData: this.#facts,
      resourceLimits: { maxOldGenerationSizeMb: limits.megabytes },
    });
    // Who waits for an answer is told; one that dies idle is replaced by the next question.
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    worker.unref();
    return worker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#worker?.terminate();
  }
}
