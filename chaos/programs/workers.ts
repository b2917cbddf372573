import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface WorkersOptions {
  readonly count: number;
  /** Of the site. */
  readonly configFile: string;
  /** Each has a folder there, as on a host of its own. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly tell: (what: string) => void;
}

/** A worker that died is started again after so many milliseconds. */
const restartAfter = 500;
const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** Hosts with a `baton worker`, each started again whenever it dies. */
export class Workers implements AsyncDisposable {
  readonly #options: WorkersOptions;
  readonly #processes: (ChildProcess | undefined)[] = [];
  readonly #keeping: Promise<void>[] = [];
  /** Each resolves when that worker is up, or has ended. */
  readonly #ups: Promise<void>[] = [];
  #isStopping = false;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  start(): void {
    // Whoever ends the chaos run ends them.
    process.once('exit', this.#killAll);
    for (let index = 0; index < this.#options.count; index += 1) this.#keeping.push(this.#keep(index));
  }

  get count(): number {
    return this.#options.count;
  }

  /** False when it does not run just now. */
  kill(index: number): boolean {
    return this.#processes[index]?.kill('SIGKILL') ?? false;
  }

  /** Ends all in good order, once they are up: then they have buried what others left. */
  async stop(): Promise<void> {
    await Promise.all(this.#ups);
    this.#isStopping = true;
    for (const child of this.#processes) child?.kill('SIGTERM');
    await Promise.all(this.#keeping);
    process.off('exit', this.#killAll);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    this.#killAll();
    await Promise.all(this.#keeping);
    process.off('exit', this.#killAll);
  }

  readonly #killAll = (): void => {
    for (const child of this.#processes) child?.kill('SIGKILL');
  };

  async #keep(index: number): Promise<void> {
    while (await this.#live(index)) await setTimeout(restartAfter);
  }

  /** Resolves when it has ended, with false where it is not to come back. */
  async #live(index: number): Promise<boolean> {
    if (this.#isStopping) return false;
    const { configFile, folder, environment, tell } = this.#options;
    const name = `worker-${String(index + 1)}`;
    const given = [main, 'worker', '--config', configFile, '--store', join(folder, name)];
    const child = spawn(process.execPath, given, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#processes[index] = child;
    const up = Promise.withResolvers<void>();
    this.#ups[index] = up.promise;
    child.stdout.on('data', () => up.resolve());
    child.stderr.on('data', (text: Buffer) => tell(`${name} says: ${text.toString('utf8').trim()}`));
    tell(`${name} starts as ${String(child.pid)}`);
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    this.#processes[index] = undefined;
    up.resolve();
    tell(`${name} ended (${signal ?? String(code)})`);
    return true;
  }
}
