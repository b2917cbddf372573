import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../src/core/json.ts';
import { journalVariable } from './journal.ts';
import { outlivedBy, processesWith, remaining, type Outlived } from './processes.ts';
import { signalled } from './scene.ts';
import { weatherVariable, type Weather } from './weather.ts';

/** What the supervisor's process tells. */
export type Told =
  | { readonly type: 'up' }
  | { readonly type: 'started'; readonly part: string; readonly pid: number }
  | { readonly type: 'ready'; readonly part: string }
  | { readonly type: 'suspect'; readonly messageId: string; readonly deaths: number }
  | {
      readonly type: 'died';
      readonly part: string;
      readonly how: string;
      readonly running: readonly string[];
      readonly restartIn: number;
    };

/** What is run on a Baton. */
export interface BatonSite {
  /** By name. */
  readonly recipes: Readonly<Record<string, JsonObject>>;
  /** Its services, their processes, and whatever else `baton.yaml` is to say. */
  readonly config: JsonObject;
  /** Processes that its parts have beside them. */
  readonly beside: number;
}

export interface BatonOptions {
  readonly site: BatonSite;
  /** For the configuration, the recipe, the logs, and what the services had for effects. */
  readonly folder: string;
  /** For what Baton keeps. */
  readonly store: string;
  /** Where all parts find the broker. */
  readonly brokerUrl: string;
  /** Where its own broker listens; absent: it has none. */
  readonly brokerPort?: number;
  readonly httpPort: number;
  readonly weather: Weather;
  /** Told what happens, for the history of a failure. */
  readonly tell: (what: string) => void;
}

/** A supervisor that died is started again after so many milliseconds, as systemd would. */
const restartAfter = 300;
/** ms that what was killed last has to be back before all is ended in good order. */
const startingPatience = 60_000;

/** A Baton of real processes whose supervisor is started again whenever it dies. */
export class Baton implements AsyncDisposable {
  readonly #options: BatonOptions;
  readonly #pids = new Map<string, number>();
  /** Parts that have begun their work, and so have buried what others of their kind left. */
  readonly #ready = new Set<string>();
  readonly #up = Promise.withResolvers<void>();
  /** How many there are. */
  #parts = 1;
  #supervisor: ChildProcess | undefined;
  #keeping: Promise<void> | undefined;
  #stopping = false;

  constructor(options: BatonOptions) {
    this.#options = options;
  }

  /** Resolves when all parts are ready. */
  async start(): Promise<void> {
    const { folder, store, brokerUrl, brokerPort, httpPort, site } = this.#options;
    const recipes = join(folder, 'recipes');
    await mkdir(recipes, { recursive: true });
    for (const [name, recipe] of Object.entries(site.recipes))
      await writeFile(join(recipes, `${name}.json`), JSON.stringify(recipe));
    const config = {
      broker: { url: brokerUrl, ...(brokerPort === undefined ? {} : { port: brokerPort }) },
      store,
      page: { port: httpPort },
      recipes,
      log: 'info',
      ...site.config,
    };
    await writeFile(this.configFile, JSON.stringify(config));
    this.#keeping = this.#keep();
    await this.#up.promise;
  }

  get configFile(): string {
    return join(this.#options.folder, 'baton.yaml');
  }

  /** The process of a part; undefined when it does not run just now. */
  pid(part: string): number | undefined {
    return this.#pids.get(part);
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

  /** Ends everything in good order, once what earlier supervisors left has ended. Resolves with the processes that outlived it, which are killed. */
  async stop(): Promise<readonly Outlived[]> {
    const { weather, site } = this.#options;
    const { file } = weather;
    await remaining(weatherVariable, file, this.#pids.size + 1 + site.beside);
    const deadline = performance.now() + startingPatience;
    while (!this.#isReady && performance.now() < deadline) await setTimeout(50);
    this.#stopping = true;
    this.#supervisor?.kill('SIGTERM');
    await this.#keeping;
    const outlived = (await remaining(weatherVariable, file, 0)).map(outlivedBy);
    for (const { pid } of outlived) signalled(pid, 'SIGKILL');
    return outlived;
  }

  get #isReady(): boolean {
    const parts = [...this.#pids.keys()];
    return parts.length >= this.#parts && parts.every((part) => this.#ready.has(part));
  }

  /** Ends everything at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    for (const pid of processesWith(weatherVariable, this.#options.weather.file)) signalled(pid, 'SIGKILL');
    await this.#keeping;
  }

  async #keep(): Promise<void> {
    for (;;) {
      const { folder, brokerPort, weather } = this.#options;
      const kind = brokerPort === undefined ? 'foreign-broker' : 'own-broker';
      const child = fork(join(import.meta.dirname, 'supervisor.ts'), [this.configFile, folder, kind], {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: { ...process.env, ...weather.environment, [journalVariable]: join(folder, 'journal.jsonl') },
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
    if (told.type === 'up') this.#parts = Math.max(this.#parts, this.#pids.size);
    if (told.type === 'started') this.#pids.set(told.part, told.pid);
    if (told.type === 'ready') this.#ready.add(told.part);
    if (told.type === 'started' || told.type === 'died') this.#ready.delete(told.part);
    if (told.type === 'died') this.#pids.delete(told.part);
  }
}
