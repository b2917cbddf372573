import { join } from 'node:path';
import { Queue } from 'bullmq';
import type { SentJob } from '../../src/compute/bullmq/queue.ts';
import type { Weather } from '../weather.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Absence, Elsewhere } from './elsewhere.ts';
import { KeptRedis, type Fsync } from './redis.ts';
import { Workers } from './workers.ts';

export interface RedisHostsOptions {
  readonly folder: string;
  readonly port: number;
  readonly fsync: Fsync;
  /** Redis is away for longer than leases last, now and then. */
  readonly hasLongAbsences: boolean;
  readonly weather: Weather;
  readonly tell: (what: string) => void;
}

/** ms that Redis is away: mostly short. */
const away = { short: 2_500, long: 24_000, perLong: 8 } as const;
const workers = 2;
const prefix = 'chaos';

/** A Redis, and hosts with a worker. */
export class RedisHosts implements Elsewhere {
  readonly weights = { worker: 4, redis: 4 };
  readonly #redis: KeptRedis;
  readonly #options: RedisHostsOptions;
  #workers: Workers | undefined;

  private constructor(redis: KeptRedis, options: RedisHostsOptions) {
    this.#redis = redis;
    this.#options = options;
  }

  static async start(options: RedisHostsOptions): Promise<RedisHosts> {
    const { port, folder, fsync } = options;
    return new RedisHosts(await KeptRedis.start(port, join(folder, 'redis'), fsync), options);
  }

  get compute(): JsonObject {
    return { bullmq: { url: this.#redis.url, prefix } };
  }

  get folders(): readonly string[] {
    const { folder } = this.#options;
    return Array.from({ length: workers }, (_, index) => join(folder, `worker-${String(index + 1)}`, 'worker'));
  }

  get emptied(): readonly string[] {
    return this.folders;
  }

  get absences(): readonly Absence[] {
    return this.#redis.absences;
  }

  start(configFile: string): void {
    const { folder, weather, tell } = this.#options;
    const environment = { ...process.env, ...weather.environment };
    this.#workers = new Workers({ count: workers, configFile, folder, environment, tell });
    this.#workers.start();
  }

  kill(target: string, which: number): Promise<boolean> {
    const isKilled =
      target === 'redis' ? this.#redis.kill(this.#pauseOf(which)) : this.#workers?.kill(Math.floor(which * workers));
    return Promise.resolve(isKilled ?? false);
  }

  killAll(which: number): void {
    for (let index = 0; index < workers; index += 1) this.#workers?.kill(index);
    this.#redis.kill(which * away.short);
  }

  async back(): Promise<void> {
    await this.#redis.back();
  }

  async jobs(): Promise<readonly string[]> {
    const queue = new Queue<SentJob>('programs', { connection: { url: this.#redis.url }, prefix });
    try {
      const jobs = await queue.getJobs(['active', 'waiting', 'prioritized', 'delayed', 'waiting-children']);
      return await Promise.all(
        jobs.map(async ({ data: { job }, ...queued }) => {
          const state = await queue.getJobState(String(queued.id));
          return `job ${job.origin.run} ${job.command.at(-1) ?? ''} ${state}`;
        }),
      );
    } finally {
      await queue.close();
    }
  }

  async stop(): Promise<void> {
    await this.#workers?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#workers?.[Symbol.asyncDispose]();
    await this.#redis[Symbol.asyncDispose]();
  }

  #pauseOf(which: number): number {
    const isLong = this.#options.hasLongAbsences && which < 1 / away.perLong;
    return isLong ? away.long : which * away.short;
  }
}
