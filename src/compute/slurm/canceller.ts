import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { rangesOf } from './queue-view.ts';
import { SlurmFailure, type SlurmTools } from './tools.ts';

/** Jobs and arrays named in one command. */
const together = 200;
/** Milliseconds until a controller that was away is told again. */
const pause = 5_000;

/** Ends jobs in Slurm: those of an array with one word. */
export class Canceller {
  readonly #tools: SlurmTools;
  readonly #log: Log;
  #wanted = new Map<string, Set<number>>();
  #cancelling: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(tools: SlurmTools, log: Log) {
    this.#tools = tools;
    this.#log = log;
  }

  /** Resolves when Slurm was told, or could not be: then it is told later, as long as this process lives. */
  async cancel(name: string): Promise<void> {
    const [number = '', index] = name.split('_');
    this.#want(number, index === undefined ? [] : [Number(index)]);
    await this.#tell();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#again);
  }

  #want(number: string, indices: Iterable<number>): void {
    this.#wanted.set(number, new Set([...(this.#wanted.get(number) ?? []), ...indices]));
  }

  async #tell(): Promise<void> {
    // What is wanted meanwhile goes together with the next.
    await this.#cancelling;
    this.#cancelling ??= this.#cancel().finally(() => (this.#cancelling = undefined));
    await this.#cancelling;
  }

  async #cancel(): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted = new Map();
    for (let from = 0; from < wanted.length; from += together) {
      const some = wanted.slice(from, from + together);
      const words = some.map(([number, indices]) => wordOf(number, indices));
      await this.#tools.run('scancel', words).catch((error: unknown) => {
        this.#log.debug({ reason: messageOf(error) }, 'Slurm did not cancel all');
        // Of those that are over it complains, and has ended the others.
        if (wasAway(error)) for (const [number, indices] of some) this.#want(number, indices);
      });
    }
    if (this.#wanted.size === 0 || this.#isStopped) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.#tell(), pause).unref();
  }
}

/** Nobody has heard it. */
function wasAway(error: unknown): boolean {
  const isUnsure = error instanceof SlurmFailure && error.isUnsure;
  return isUnsure || /contact|connect|communicat|timed out/i.test(messageOf(error));
}

/** A job, or some of an array. */
function wordOf(number: string, indices: ReadonlySet<number>): string {
  return indices.size === 0 ? number : `${number}_[${rangesOf([...indices])}]`;
}
