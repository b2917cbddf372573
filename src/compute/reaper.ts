import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { moduleBeside } from '../core/module-beside.ts';

/** Asks for the end of what a job of a backend left behind; of all its jobs where none is named. */
export interface Reap {
  readonly of: number;
  readonly job?: number;
  /** The job's first process, where it is so young that the kernel cannot have come round to its number: then only later ones are looked at. */
  readonly after?: number;
}

/** The processes that could not be killed. */
export interface Reaped extends Reap {
  readonly left: readonly number[];
}

/**
 * A process beside this one that kills what jobs leave behind. It survives this one, however that dies, just long enough
 * to kill all that runs. Should it die itself, another takes its place.
 */
export class Reaper implements AsyncDisposable {
  readonly #backend: number;
  readonly #waiting = new Map<string, ((left: readonly number[]) => void)[]>();
  #process: ChildProcess | undefined;
  #replacing: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(backend: number) {
    this.#backend = backend;
  }

  /** Resolves when it watches. */
  async start(): Promise<void> {
    this.#spawn();
    // It answers once it is up; nothing has this number yet.
    await this.reap(0);
  }

  /** Kills the processes of a job (or all, of this backend or a dead one) until none is left. Returns those that the kernel does not let go. */
  async reap(job?: number, after?: number, of = this.#backend): Promise<readonly number[]> {
    const { promise, resolve } = Promise.withResolvers<readonly number[]>();
    const reap: Reap = { of, ...(job === undefined ? {} : { job }), ...(after === undefined ? {} : { after }) };
    const name = nameOf(reap);
    this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
    this.#tell(reap);
    return await promise;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#replacing);
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    if (child.connected) child.disconnect();
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #spawn(): void {
    const child = fork(moduleBeside(import.meta.url, 'reaper-main'), [String(this.#backend)], {
      // In a session of its own: Ctrl-C is for the others.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    child.on('message', (reaped) => this.#reaped(reaped as Reaped));
    child.once('exit', () => this.#replace(0));
    child.once('error', () => this.#replace(pause));
    this.#process = child;
  }

  #replace(after: number): void {
    clearTimeout(this.#replacing);
    if (this.#isStopping) return;
    this.#replacing = setTimeout(() => {
      this.#spawn();
      for (const name of this.#waiting.keys()) this.#tell(JSON.parse(name) as Reap);
    }, after);
  }

  #tell(message: Reap): void {
    // One that is just dying is told in vain; its replacement is told again.
    if (this.#process?.connected) this.#process.send(message, () => undefined);
  }

  #reaped({ left, ...reap }: Reaped): void {
    const name = nameOf(reap);
    for (const resolve of this.#waiting.get(name) ?? []) resolve(left);
    this.#waiting.delete(name);
  }
}

/** ms until one is tried again that could not be started. */
const pause = 1_000;

function nameOf({ of, job, after }: Reap): string {
  return JSON.stringify({ of, job, after });
}
