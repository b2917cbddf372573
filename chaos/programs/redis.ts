import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { redisAnswers, redisServer } from '../../test/fixtures/redis.ts';

/** What Redis promises to keep: all that it has confirmed, or all but the last second. */
export type Fsync = 'always' | 'everysec';

/** ms: what a Redis with `everysec` may lose at most. */
const forgotten = 1_000;
const lookEvery = 100;

/**
 * A Redis that is started again on the same files. With `everysec` each death takes the last second with it, as a power
 * cut does: a process that is only killed has left it to the system.
 */
export class KeptRedis implements AsyncDisposable {
  readonly url: string;
  /** When it was away, from and until: milliseconds. */
  readonly absences: { readonly from: number; until: number }[] = [];
  readonly #port: number;
  readonly #folder: string;
  readonly #fsync: Fsync;
  /** How long its file was, and when. */
  #lengths: { readonly at: number; readonly file: string; readonly size: number }[] = [];
  #looking: NodeJS.Timeout | undefined;
  #process: ChildProcess | undefined;
  #isAway = false;

  private constructor(port: number, folder: string, fsync: Fsync) {
    this.url = `redis://127.0.0.1:${String(port)}`;
    this.#port = port;
    this.#folder = folder;
    this.#fsync = fsync;
  }

  static async start(port: number, folder: string, fsync: Fsync): Promise<KeptRedis> {
    mkdirSync(folder, { recursive: true });
    const redis = new KeptRedis(port, folder, fsync);
    await redis.#begin();
    // Whoever ends the chaos run ends it.
    process.once('exit', redis.#killNow);
    redis.#looking = setInterval(() => redis.#look(), lookEvery);
    return redis;
  }

  /** Kills it, and starts it again after so many milliseconds. False when it is away just now. */
  kill(pause: number): boolean {
    if (this.#isAway) return false;
    this.#isAway = true;
    void this.#away(pause);
    return true;
  }

  /** Resolves when it answers. */
  async back(): Promise<void> {
    while (this.#isAway) await setTimeout(20);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.back();
    clearInterval(this.#looking);
    await this.#end();
    process.off('exit', this.#killNow);
  }

  readonly #killNow = (): void => void this.#process?.kill('SIGKILL');

  async #away(pause: number): Promise<void> {
    const absence = { from: Date.now(), until: Infinity };
    this.absences.push(absence);
    await this.#end();
    if (this.#fsync === 'everysec') this.#forget();
    await setTimeout(pause);
    await this.#begin();
    absence.until = Date.now();
    this.#isAway = false;
  }

  async #begin(): Promise<void> {
    const durable = ['--appendonly', 'yes', '--appendfsync', this.#fsync, '--aof-load-truncated', 'yes', '--save', ''];
    const where = ['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.#folder];
    this.#process = spawn(redisServer, [...where, ...durable], { stdio: 'ignore' });
    while (!(await redisAnswers(this.#port))) await setTimeout(10);
  }

  async #end(): Promise<void> {
    const exited = this.#process && once(this.#process, 'exit');
    this.#process?.kill('SIGKILL');
    await exited;
    this.#process = undefined;
  }

  #look(): void {
    if (this.#isAway || this.#fsync === 'always') return;
    const at = Date.now();
    const files = this.#journals().map((file) => ({ at, file, size: statSync(file).size }));
    this.#lengths = [...this.#lengths.filter((one) => one.at > at - 2 * forgotten), ...files];
  }

  /** Cuts off what was written within the last second. What was written anew since is whole. */
  #forget(): void {
    const last = this.#lengths.filter(({ at }) => at <= Date.now() - forgotten);
    for (const file of this.#journals()) {
      const length = last.findLast((one) => one.file === file)?.size;
      if (length !== undefined) truncateSync(file, Math.min(length, statSync(file).size));
    }
    this.#lengths = [];
  }

  /** What Redis appends to: a file of another name each time that it begins anew. */
  #journals(): readonly string[] {
    const folder = join(this.#folder, 'appendonlydir');
    return readdirSync(folder)
      .filter((name) => name.endsWith('.incr.aof'))
      .map((name) => join(folder, name));
  }
}
