import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Backend, Ended, Job, Resources } from '../src/compute/backend.ts';
import { BullMqBackend } from '../src/compute/bullmq/backend.ts';
import { loadBullMq } from '../src/compute/bullmq/queue.ts';
import { BullMqWorker } from '../src/compute/bullmq/worker.ts';
import type { Recipe } from '../src/recipes/recipe.ts';
import { startMessages } from '../src/recipes/route.ts';
import { newsMessage } from '../src/services/cancellation-news.ts';
import { askQueues } from '../src/services/ask-queues.ts';
import { leanMemory } from '../src/services/sharing.ts';
import { newEnvironment } from '../src/services/run-context.ts';
import { stepMessages } from '../src/services/sending.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { redisAvailable, TestRedis } from '../test/fixtures/redis.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { startBench } from './brokers.ts';
import { residentMegabytes } from './process-facts.ts';

export interface ComputeAmounts {
  readonly programs: number;
  readonly jobs: number;
  readonly waiting: number;
}

/** What running programs costs beside the programs. */
export interface Compute {
  /** Programs that do nothing: each a message of a step, started, ended and settled, against starting them in a loop. */
  readonly local: Compared;
  /** Jobs that do nothing, through Redis: against a worker of BullMQ that does nothing else. Absent without Redis. */
  readonly bullmq?: Compared;
  /** Programs that were handed over and wait, and no worker comes. */
  readonly waiting?: Waiting;
}

/** Memory of the service's process, and how long it took to cancel them all. */
interface Waiting {
  readonly jobs: number;
  readonly megabytes: number;
  readonly cancelSeconds: number;
}

interface Compared {
  readonly perSecond: number;
  readonly barePerSecond: number;
  readonly ratio: number;
}

export async function compute(amounts: ComputeAmounts, say: (line: string) => void): Promise<Compute> {
  const local = compared(await throughService(amounts.programs), await bareSpawns(amounts.programs));
  say(`local: ${JSON.stringify(local)}`);
  if (!redisAvailable()) return { local };
  const bullmq = compared(await throughRedis(amounts.jobs), await bareBullMq(amounts.jobs));
  say(`bullmq: ${JSON.stringify(bullmq)}`);
  const waiting = await waitingJobs(amounts.waiting);
  say(`waiting: ${JSON.stringify(waiting)}`);
  return { local, bullmq, waiting };
}

function compared(perSecond: number, barePerSecond: number): Compared {
  const rounded = (value: number): number => Number(value.toPrecision(3));
  return {
    perSecond: rounded(perSecond),
    barePerSecond: rounded(barePerSecond),
    ratio: rounded(perSecond / barePerSecond),
  };
}

/** As many at once as there are cores. */
async function bareSpawns(count: number): Promise<number> {
  let left = count;
  const began = performance.now();
  const loop = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await once(spawn('/bin/true', [], { stdio: 'ignore' }), 'exit');
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, loop));
  return perSecondOf(count, began);
}

async function throughService(count: number): Promise<number> {
  await using service = await Service.start(2 * availableParallelism());
  await service.send(count);
  const { first, last } = await service.until(({ done }) => done >= count);
  return ((count - 1) / (last - first)) * 1000;
}

async function throughRedis(count: number): Promise<number> {
  await using redis = await TestRedis.start();
  await using worker = new BullMqWorker({ url: redis.url, prefix: 'bench', backend: idle, permits: () => undefined });
  await using backend = new BullMqBackend({ url: redis.url, prefix: 'bench' });
  await worker.start();
  await backend.start();
  const { signal } = new AbortController();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const job = jobOf(n);
      await backend.run(job, signal);
      await backend.forget(job);
    }),
  );
  return perSecondOf(count, began);
}

/** Added, worked on, heard of, and taken out. */
async function bareBullMq(count: number): Promise<number> {
  await using redis = await TestRedis.start();
  const { Queue, QueueEvents, Worker } = await loadBullMq();
  const connection = { url: redis.url, maxRetriesPerRequest: null };
  const queue = new Queue('bare', { connection });
  const events = new QueueEvents('bare', { connection });
  const worker = new Worker('bare', async () => Promise.resolve({}), { connection, concurrency: 16 });
  await Promise.all([worker.waitUntilReady(), events.waitUntilReady()]);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const job = await queue.add('work', { job: jobOf(n) });
      await job.waitUntilFinished(events);
      await job.remove();
    }),
  );
  const rate = perSecondOf(count, began);
  await worker.close();
  await Promise.all([events.close(), queue.close()]);
  return rate;
}

async function waitingJobs(jobs: number): Promise<Waiting> {
  await using redis = await TestRedis.start();
  await using service = await Service.start(jobs, redis.url);
  const run = await service.send(jobs);
  // Each was handed over, and its second message is held.
  await service.until(({ done }) => done >= jobs);
  await pause(5_000);
  const megabytes = await residentMegabytes(service.pid);
  const began = performance.now();
  await service.cancel(run);
  await service.until(({ cancelled }) => cancelled >= jobs);
  while ((await service.waiting()) > 0) await pause(20);
  const cancelSeconds = Number(((performance.now() - began) / 1000).toFixed(1));
  return { jobs, megabytes, cancelSeconds };
}

interface Decided {
  readonly done: number;
  readonly cancelled: number;
  readonly first: number;
  readonly last: number;
}

/** A process of the service `command` on a broker of its own. */
class Service implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #client: Client;
  readonly #stack: AsyncDisposableStack;

  private constructor(child: ChildProcess, client: Client, stack: AsyncDisposableStack) {
    this.#process = child;
    this.#client = client;
    this.#stack = stack;
  }

  static async start(concurrency: number, redis?: string): Promise<Service> {
    await using stack = new AsyncDisposableStack();
    const { address } = stack.use(await startBench('embedded'));
    const folder = stack.use(await temporaryFolder());
    const args = [address, folder.path, String(concurrency), ...(redis === undefined ? [] : [redis])];
    // As the supervisor starts it.
    const execArgv = [...process.execArgv, ...(redis === undefined ? [] : leanMemory)];
    const child = fork(new URL('compute-main.ts', import.meta.url), args, { stdio: 'inherit', execArgv });
    stack.defer(async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    const client = new Client({ address: parseBrokerAddress(address), name: 'bench' });
    await Promise.all([client.start(), once(child, 'message')]);
    stack.defer(async () => client.stop());
    return new Service(child, client, stack.move());
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Starts a run of that many programs; returns its id. */
  async send(count: number): Promise<string> {
    const start = Array.from({ length: count }, (_, n) => [1, { n }]);
    const recipe = { 1: { queue: 'programs', parameters: { program: 'work' } }, start } as unknown as Recipe;
    const small = { ...recipe, start: [[1, null]] } as unknown as Recipe;
    const run = 'run';
    const messages = startMessages(recipe, newEnvironment(run, {}), run).map((message) => ({
      ...message,
      envelope: { ...message.envelope, recipe: small },
    }));
    for (let from = 0; from < count; from += 500) {
      const some = messages.slice(from, from + 500);
      await this.#client.transact({
        ack: [],
        send: stepMessages(some, { destinations: this.#client, now: Date.now() }),
      });
    }
    return run;
  }

  async cancel(run: string): Promise<void> {
    await this.#client.send(newsMessage({ kind: 'answer', run, state: 'cancelled' }, this.#client));
  }

  /** Messages of programs that are not settled. */
  async waiting(): Promise<number> {
    const [queue] = await askQueues(this.#client, [this.#client.queue('programs').replace('/queue/', '')]);
    return queue?.size ?? 0;
  }

  async until(isThere: (decided: Decided) => boolean): Promise<Decided> {
    for (;;) {
      const answer = once(this.#process, 'message');
      this.#process.send('decided?');
      const [decided] = (await answer) as [Decided];
      if (isThere(decided)) return decided;
      await pause(50);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function perSecondOf(count: number, began: number): number {
  return (count / (performance.now() - began)) * 1000;
}

function jobOf(n: number): Job {
  return {
    key: `job ${n}`,
    origin: { run: 'run', step: 1, program: 'work', priority: 6 },
    command: ['/bin/true'],
    environment: {},
    message: '',
    input: '',
    resources: { cores: 1, memory: 0, gpus: 0 },
    limits: { seconds: 60, outputBytes: 1e6 },
  };
}

const capacity: Resources = { cores: 16, memory: 0, gpus: 0 };
const nothing: Ended = {
  ...{ backend: 'idle', host: hostname(), exitCode: 0, waited: 0, seconds: 0 },
  ...{ log: '', answers: { text: '' }, left: [] },
};

/** Runs nothing, at once: what is measured is the way there and back. */
const idle: Backend & { readonly capacity: Resources } = {
  name: 'idle',
  capacity,
  start: async () => Promise.resolve(),
  run: async () => Promise.resolve(nothing),
  stop: async () => Promise.resolve(),
  [Symbol.asyncDispose]: async () => Promise.resolve(),
};
