import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { processes, recipe } from './recipe.ts';

/** What the supervisor's process tells. */
export type Told =
  | { readonly type: 'up' }
  | { readonly type: 'started'; readonly part: string; readonly pid: number }
  | { readonly type: 'suspect'; readonly messageId: string; readonly deaths: number }
  | {
      readonly type: 'died';
      readonly part: string;
      readonly how: string;
      readonly running: readonly string[];
      readonly restartIn: number;
    };

export interface BatonOptions {
  readonly store: string;
  readonly stompPort: number;
  readonly httpPort: number;
  /** Absent: its own broker. */
  readonly brokerUrl?: string;
  /** Told what happens, for the history of a failure. */
  readonly tell: (what: string) => void;
}

/** A supervisor that died is started again after so many milliseconds, as systemd would. */
const restartAfter = 300;

/** A Baton of real processes whose supervisor is started again whenever it dies. */
export class Baton {
  readonly #options: BatonOptions;
  readonly #pids = new Map<string, number>();
  readonly #up = Promise.withResolvers<void>();
  #supervisor: ChildProcess | undefined;
  #keeping: Promise<void> | undefined;
  #stopping = false;

  constructor(options: BatonOptions) {
    this.#options = options;
  }

  /** Resolves when all parts are ready. */
  async start(): Promise<void> {
    const { store, stompPort, httpPort, brokerUrl } = this.#options;
    const recipes = join(store, 'recipes');
    await mkdir(recipes, { recursive: true });
    await writeFile(join(recipes, 'chaos.json'), JSON.stringify(recipe));
    const broker = brokerUrl === undefined ? { port: stompPort } : { url: brokerUrl };
    const modules = [resolve(import.meta.dirname, 'services.ts')];
    const config = {
      broker,
      store: 'store',
      page: { port: httpPort },
      recipes: 'recipes',
      modules,
      processes,
      log: 'info',
    };
    await writeFile(this.#configFile, JSON.stringify(config));
    this.#keeping = this.#keep();
    await this.#up.promise;
  }

  /** The names of the parts that run now. */
  get parts(): readonly string[] {
    return [...this.#pids.keys()];
  }

  /** Kills one part; false when it does not run just now. */
  kill(part: string): boolean {
    const pid = this.#pids.get(part);
    this.#pids.delete(part);
    return pid !== undefined && signalled(pid, 'SIGKILL');
  }

  /** Stops a part until the returned function is called; undefined when it does not run just now. */
  pause(part: string): (() => void) | undefined {
    const pid = this.#pids.get(part);
    return pid !== undefined && signalled(pid, 'SIGSTOP') ? () => void signalled(pid, 'SIGCONT') : undefined;
  }

  /** Kills the supervisor alone: its parts end by themselves, in good order. */
  killSupervisor(): boolean {
    this.#pids.clear();
    return this.#supervisor?.kill('SIGKILL') ?? false;
  }

  /** Kills the supervisor and all its parts in the same instant, as a power cut does. */
  killAll(): boolean {
    const pids = [...this.#pids.values()];
    const isKilled = this.killSupervisor();
    for (const pid of pids) signalled(pid, 'SIGKILL');
    return isKilled;
  }

  /** Ends everything in good order. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#supervisor?.kill('SIGTERM');
    await this.#keeping;
  }

  get #configFile(): string {
    return join(this.#options.store, 'baton.yaml');
  }

  async #keep(): Promise<void> {
    for (;;) {
      const child = fork(join(import.meta.dirname, 'supervisor.ts'), [this.#configFile], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      this.#supervisor = child;
      child.on('message', (told) => this.#hear(told as Told));
      child.stderr?.on('data', (text: Buffer) =>
        this.#options.tell(`supervisor says: ${text.toString('utf8').trim()}`),
      );
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
      this.#pids.clear();
      if (this.#stopping) return;
      this.#options.tell(`the supervisor ended (${signal ?? String(code)})`);
      await setTimeout(restartAfter);
    }
  }

  #hear(told: Told): void {
    const { type, ...what } = told;
    this.#options.tell(`${type} ${JSON.stringify(what)}`);
    if (told.type === 'up') this.#up.resolve();
    if (told.type === 'started') this.#pids.set(told.part, told.pid);
    if (told.type === 'died') this.#pids.delete(told.part);
  }
}

/** False when there is no such process any more. */
function signalled(pid: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
