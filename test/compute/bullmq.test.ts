import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Backend, Ended, Job, JobListener } from '../../src/compute/backend.ts';
import { BullMqBackend } from '../../src/compute/bullmq/backend.ts';
import { BullMqWorker } from '../../src/compute/bullmq/worker.ts';
import { LocalBackend } from '../../src/compute/local.ts';
import { redisAvailable, TestRedis } from '../fixtures/redis.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { exerciseBackend } from './backend.ts';

requireOrSkip('Redis', redisAvailable())('the backend bullmq', () => {
  let redis: TestRedis;
  let sites = 0;
  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(async () => {
    await redis[Symbol.asyncDispose]();
  });

  describe('with a worker on this host', () => {
    exerciseBackend(async (folder) => await WithWorker.start(redis.url, `test${(sites += 1)}`, folder));
  });
});

/** A backend and a worker, which end together: what the suite says of one process is true of both. */
class WithWorker implements Backend {
  readonly name = 'bullmq';
  readonly #backend: BullMqBackend;
  readonly #worker: BullMqWorker;

  private constructor(backend: BullMqBackend, worker: BullMqWorker) {
    this.#backend = backend;
    this.#worker = worker;
  }

  static async start(url: string, prefix: string, folder: string): Promise<WithWorker> {
    await mkdir(folder, { recursive: true });
    const local = new LocalBackend({ folder, capacity: { cores: 2, memory: 4 * 1024 ** 3 } });
    const worker = new BullMqWorker({ url, prefix, backend: local, permits: () => undefined });
    const backend = new BullMqBackend({ url, prefix });
    await worker.start();
    await backend.start();
    return new WithWorker(backend, worker);
  }

  async start(): Promise<void> {
    await this.#backend.start();
  }

  async run(job: Job, signal: AbortSignal, listener?: JobListener): Promise<Ended> {
    return await this.#backend.run(job, signal, listener);
  }

  async stop(): Promise<void> {
    await this.#worker.stop(true);
    await this.#backend.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
