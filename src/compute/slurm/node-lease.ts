import type { SlurmFiles, Life, LifeFiles } from './files.ts';
import { heartbeat, lease, telling } from './settings.ts';

/**
 * Proves, from the node, that a job lives; and finds out that it was given up: it has ended for all others, another life of
 * it has begun, or its folder is gone. Then nobody hears what it has to say, and it ends.
 */
export class NodeLease implements AsyncDisposable {
  readonly #files: SlurmFiles;
  readonly #id: string;
  readonly #life: Life;
  readonly #of: LifeFiles;
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #beat = 0;
  #written = { printed: 0, answered: 0 };
  #hasStarted = false;
  #hasNews = true;
  #told = -Infinity;
  /** Since when nothing can be written. */
  #failing: number | undefined;
  #beating: Promise<void> | undefined;

  constructor(files: SlurmFiles, id: string, life: Life) {
    this.#files = files;
    this.#id = id;
    this.#life = life;
    this.#of = files.life(id, life);
    this.#timer = setInterval(() => this.#prove(), telling);
    this.#prove();
  }

  /** Aborted when it is over. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Its program runs. */
  started(): void {
    this.#hasStarted = true;
    this.#hasNews = true;
    this.#prove();
  }

  /** So many bytes can be read of what it printed and answered. */
  wrote(what: 'printed' | 'answered', bytes: number): void {
    this.#written = { ...this.#written, [what]: bytes };
    this.#hasNews = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
  }

  #prove(): void {
    // One that hangs, as the file system does, is not followed by more.
    if (this.#beating || this.isOver || (!this.#hasNews && performance.now() < this.#told + heartbeat)) return;
    this.#beating = this.#tell().finally(() => (this.#beating = undefined));
  }

  async #tell(): Promise<void> {
    this.#hasNews = false;
    try {
      await this.#files.noteNews(this.#of, {
        ...{ beat: (this.#beat += 1), hasStarted: this.#hasStarted, ...this.#written },
      });
      if (!(await this.#isMine())) this.#over.abort(new Error('The job was taken for lost, or given up.'));
      this.#told = performance.now();
      this.#failing = undefined;
    } catch (error) {
      this.#failing ??= performance.now();
      const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (isGone || performance.now() > this.#failing + lease)
        this.#over.abort(new Error('The folder of the job cannot be written to.', { cause: error }));
    }
  }

  async #isMine(): Promise<boolean> {
    const begun = await this.#files.begun(this.#id);
    const isLatest = begun?.name === this.#life.name && begun.life === this.#life.life;
    return isLatest && !(await this.#files.hasEnded(this.#id));
  }
}
