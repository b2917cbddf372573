import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Job } from '../../src/compute/backend.ts';
import { BullMqBackend, type BullMqOptions } from '../../src/compute/bullmq/backend.ts';
import { BullMqWorker, type BullMqWorkerOptions } from '../../src/compute/bullmq/worker.ts';
import { LocalBackend } from '../../src/compute/local.ts';
import { TestRedis } from '../fixtures/redis.ts';
import { temporaryFolder, type TemporaryFolder } from '../fixtures/temporary-folder.ts';
import { processesBelow } from './processes.ts';

/** What a test says of a job; the rest is what most jobs have. */
interface Wanted {
  readonly run?: string;
  readonly program?: string;
  readonly beamline?: string;
  readonly atOnce?: number;
  readonly priority?: number;
  readonly cores?: number;
  readonly label?: string;
}

/** A Redis with workers and backends, each as on a host of its own. */
export class Here implements AsyncDisposable {
  readonly redis: TestRedis;
  readonly folder: string;
  readonly #stack: AsyncDisposableStack;
  #jobs = 0;
  #workers = 0;

  private constructor(redis: TestRedis, folder: TemporaryFolder, stack: AsyncDisposableStack) {
    this.redis = redis;
    this.folder = folder.path;
    this.#stack = stack;
  }

  static async start(): Promise<Here> {
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await TestRedis.start());
    const folder = stack.use(await temporaryFolder());
    return new Here(redis, folder, stack.move());
  }

  /** Where programs write what they do. */
  get book(): string {
    return join(this.folder, 'book');
  }

  get go(): string {
    return join(this.folder, 'go');
  }

  async lines(): Promise<readonly string[]> {
    return (await readFile(this.book, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  }

  async backend(options: Partial<BullMqOptions> = {}): Promise<BullMqBackend> {
    const backend = this.#stack.use(new BullMqBackend({ url: this.redis.url, prefix: 'test', ...options }));
    await backend.start();
    return backend;
  }

  async worker({
    cores = 2,
    ...options
  }: Partial<BullMqWorkerOptions> & { cores?: number } = {}): Promise<BullMqWorker> {
    const local = new LocalBackend({ folder: await this.#jobsFolder(), capacity: { cores, memory: 4 * 1024 ** 3 } });
    const { url } = this.redis;
    const permits = (): void => undefined;
    const worker = this.#stack.use(new BullMqWorker({ url, prefix: 'test', backend: local, permits, ...options }));
    await worker.start();
    return worker;
  }

  async workerProcess(): Promise<ChildProcess> {
    const main = fileURLToPath(new URL('worker-main.ts', import.meta.url));
    const args = [main, this.redis.url, 'test', await this.#jobsFolder()];
    const worker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#stack.defer(async () => {
      if (worker.exitCode !== null || worker.signalCode !== null) return;
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      while ((await processesBelow(this.folder)).length > 0) await turn(10);
    });
    await once(worker.stdout, 'data');
    return worker;
  }

  job(script: string, { priority = 6, cores = 1, label, atOnce, ...wanted }: Wanted = {}): Job {
    const { run = 'run', program = 'work', beamline } = wanted;
    return {
      key: `job ${(this.#jobs += 1)}`,
      origin: { run, step: 1, program, priority, ...(beamline === undefined ? {} : { beamline }) },
      command: ['/bin/sh', '-c', script],
      environment: { PATH: '/usr/bin:/bin' },
      message: '',
      input: '',
      resources: { cores, memory: 0, gpus: 0 },
      ...(label === undefined ? {} : { label }),
      ...(atOnce === undefined ? {} : { atOnce }),
      limits: { seconds: 600, outputBytes: 1e6 },
    };
  }

  /** Jobs that write their name and number. */
  noting(name: string, count: number, wanted: Wanted): readonly Job[] {
    return Array.from({ length: count }, (_, n) => this.job(`echo ${name} ${n} >> ${this.book}`, wanted));
  }

  async #jobsFolder(): Promise<string> {
    const folder = join(this.folder, `jobs ${(this.#workers += 1)}`);
    await mkdir(folder);
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
