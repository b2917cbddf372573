import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { rangesOf } from './queue-view.ts';
import type { SlurmTools } from './tools.ts';

/** Jobs and arrays named in one command. */
const together = 200;

/** Ends jobs in Slurm: those of an array with one word. */
export class Canceller {
  readonly #tools: SlurmTools;
  readonly #log: Log;
  #wanted = new Map<string, Set<number>>();
  #cancelling: Promise<void> | undefined;

  constructor(tools: SlurmTools, log: Log) {
    this.#tools = tools;
    this.#log = log;
  }

  /** Resolves when Slurm was told, or could not be. */
  async cancel(name: string): Promise<void> {
    const [number = '', index] = name.split('_');
    const indices = this.#wanted.get(number) ?? new Set();
    this.#wanted.set(number, index === undefined ? indices : indices.add(Number(index)));
    // What is wanted meanwhile goes together with the next.
    await this.#cancelling;
    this.#cancelling ??= this.#cancel().finally(() => (this.#cancelling = undefined));
    await this.#cancelling;
  }

  async #cancel(): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted = new Map();
    for (let from = 0; from < wanted.length; from += together) {
      const words = wanted.slice(from, from + together).map(([number, indices]) => wordOf(number, indices));
      // Of those that are over it complains, and has ended the others.
      await this.#tools.run('scancel', words).catch((error: unknown) => {
        this.#log.debug({ reason: messageOf(error) }, 'Slurm did not cancel all');
      });
    }
  }
}

/** A job, or some of an array. */
function wordOf(number: string, indices: ReadonlySet<number>): string {
  return indices.size === 0 ? number : `${number}_[${rangesOf([...indices])}]`;
}
