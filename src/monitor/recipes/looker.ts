import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../../core/module-beside.ts';
import type { SiteFacts } from '../../recipes/lint/site.ts';
import { costlyRecipe, tooMany } from '../errors.ts';
import type { Look, LookRequest } from './look.ts';

const limits = { seconds: 10, waiting: 20, megabytes: 256 };

interface Thread {
  readonly worker: Worker;
  /** Resolves when it has compiled what it needs. */
  readonly ready: Promise<unknown>;
}

/**
 * Looks at texts of recipes in a thread of its own, one after the other: a text can be made to take long (a megabyte of it,
 * or a pattern in the schema of a service), and what happens in the ledger beside it must not wait. The thread lasts,
 * because it has compiled the schemas of all services; it is ended where it takes too long, and there is another.
 */
export class Looker implements AsyncDisposable {
  readonly #facts: SiteFacts;
  #thread: Thread | undefined;
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
    const thread = (this.#thread ??= this.#start());
    try {
      // On a busy host it begins late: that is no fault of the text.
      await thread.ready;
      thread.worker.postMessage(request);
      const signal = AbortSignal.timeout(limits.seconds * 1_000);
      const [look] = (await once(thread.worker, 'message', { signal })) as [Look];
      return look;
    } catch (cause) {
      this.#thread = undefined;
      await thread.worker.terminate();
      throw costlyRecipe({ seconds: limits.seconds, megabytes: limits.megabytes }, { cause });
    }
  }

  #start(): Thread {
    const worker = new Worker(moduleBeside(import.meta.url, 'worker'), {
      workerData: this.#facts,
      resourceLimits: { maxOldGenerationSizeMb: limits.megabytes },
    });
    const thread = { worker, ready: once(worker, 'message') };
    // Who waits for an answer is told; one that dies idle is replaced by the next question.
    worker.on('error', () => {
      if (this.#thread === thread) this.#thread = undefined;
    });
    worker.unref();
    return thread;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#thread?.worker.terminate();
  }
}
