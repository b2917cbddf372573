import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { BullMqBackend } from '../../../../src/compute/bullmq/backend.ts';
import { BullMqWorker } from '../../../../src/compute/bullmq/worker.ts';
import { LocalBackend } from '../../../../src/compute/local.ts';
import { askQueues } from '../../../../src/services/ask-queues.ts';
import { commandService } from '../../../../src/services/builtin/command/command.ts';
import type { AnyService } from '../../../../src/services/service.ts';
import { startBrokerProcess, type BrokerProcess } from '../../../fixtures/broker-process.ts';
import { redisAvailable, TestRedis } from '../../../fixtures/redis.ts';
import { requireOrSkip } from '../../../fixtures/require-or-skip.ts';
import { payloadOf, Site } from '../../../fixtures/site.ts';
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts';

const live = 6;
const reprocessing = 2;

requireOrSkip('Redis', redisAvailable())('many programs that were handed over', () => {
  it('and wait are cancelled with their run: none is left in Redis, and no message with the broker', async () => {
    await using here = await Handed.start('true', 600);
    const run = await here.run(500, live);
    await here.site.settled(1, 'done', 500);
    while ((await here.jobs()) < 500) await turn(20);
    await here.site.cancel(run);
    await here.site.settled(1, 'cancelled', 500);
    expect(await here.jobs()).toBe(0);
    while ((await here.waiting()) > 0) await turn(20);
  }, 60_000);

  it('leave their turn to live ones, which wait neither for those that wait in Redis nor for those with the broker', async () => {
    // Each goes on when there is a file for its place.
    const script = 'echo "$3" >> "$2"; n=$(wc -l < "$2"); while [ ! -e "$1.$n" ]; do sleep 0.02; done';
    await using here = await Handed.start(script, 3);
    await here.run(8, reprocessing);
    await here.site.settled(1, 'done', 3);
    await here.worker(1);
    await here.begun(1);
    await here.run(2, live);
    // With each end the next is handed over: two records.
    for (const place of [1, 2, 3]) {
      await here.letGo(place);
      await here.site.settled(1, 'done', 3 + 2 * place);
      await here.begun(place + 1);
    }
    expect(await here.lines()).toEqual(['2', '2', '6', '6']);
    for (let place = 4; place <= 10; place += 1) await here.letGo(place);
    await here.begun(10);
  }, 60_000);

  it('come each to one end though the broker is killed while they wait, run, and are settled', async () => {
    await using here = await Handed.start('echo "$4" >> "$2"; while [ ! -e "$1" ]; do sleep 0.02; done', 50);
    const items = Array.from({ length: 12 }, (_, n) => n);
    await here.run(items.length, live);
    while ((await here.jobs()) < items.length) await turn(20);
    await here.worker(2);
    await here.begun(2);
    await here.broker.kill('SIGKILL');
    await writeFile(here.go, '');
    await here.begun(items.length);
    await here.broker.restart();
    const first = await here.ended('success');
    await here.broker.kill('SIGKILL');
    await here.broker.restart();
    const rest: unknown[] = [];
    while (rest.length < items.length - 1) rest.push(await here.ended('success'));
    expect([first, ...rest].toSorted((a, b) => Number(a) - Number(b))).toEqual(items);
    expect((await here.lines()).map(Number).toSorted((a, b) => a - b)).toEqual(items);
    while ((await here.waiting()) > 0) await turn(20);
    while ((await here.jobs()) > 0) await turn(20);
    expect(await here.left('success')).toBe(0);
    expect(await here.left('completed')).toBe(items.length);
  }, 90_000);
});

/** A site whose broker can be killed, with programs that are handed over. */
class Handed implements AsyncDisposable {
  readonly site: Site;
  readonly broker: BrokerProcess;
  readonly #folder: string;
  readonly #redis: Redis;
  readonly #url: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    site: Site,
    broker: BrokerProcess,
    { folder, redis, url }: { readonly folder: string; readonly redis: Redis; readonly url: string },
    stack: AsyncDisposableStack,
  ) {
    this.site = site;
    this.broker = broker;
    this.#folder = folder;
    this.#redis = redis;
    this.#url = url;
    this.#stack = stack;
  }

  /** The script gets the file to wait for, that to write to, its priority and its item. */
  static async start(script: string, concurrency: number): Promise<Handed> {
    await using stack = new AsyncDisposableStack();
    const { url } = stack.use(await TestRedis.start());
    const redis = new Redis(url);
    stack.defer(() => redis.disconnect());
    const broker = stack.use(await startBrokerProcess());
    const folder = stack.use(await temporaryFolder()).path;
    const fixed = ['-c', script, 'work', join(folder, 'go'), join(folder, 'book')];
    const programs = { work: { path: '/bin/sh', fixed, arguments: { type: 'array', items: { type: 'string' } } } };
    const backends = (): BullMqBackend[] => [new BullMqBackend({ url, prefix: 'test' })];
    const service: AnyService = commandService({ programs, concurrency, backends });
    const site = stack.use(await Site.start(broker.address(), [service]));
    return new Handed(site, broker, { folder, redis, url }, stack.move());
  }

  get go(): string {
    return join(this.#folder, 'go');
  }

  async letGo(place: number): Promise<void> {
    await writeFile(`${this.go}.${place}`, '');
  }

  /** Resolves when so many programs have begun. */
  async begun(count: number): Promise<void> {
    while ((await this.lines()).length < count) await turn(5);
  }

  async worker(cores: number): Promise<void> {
    const folder = join(this.#folder, 'jobs');
    await mkdir(folder);
    const backend = new LocalBackend({ folder, capacity: { cores } });
    const worker = new BullMqWorker({ url: this.#url, prefix: 'test', backend, permits: () => undefined });
    this.#stack.use(worker);
    await worker.start();
  }

  async run(count: number, priority: number): Promise<string> {
    const output = { success: 2, completed: 3 };
    const parameters = { program: 'work', arguments: [String(priority), '$item'] };
    const ends = { 2: { queue: 'end.success' }, 3: { queue: 'end.completed' } };
    const start = Array.from({ length: count }, (_, item) => [1, { item }]);
    return await this.site.run({ 1: { queue: 'programs', parameters, output }, ...ends, start }, { priority });
  }

  async lines(): Promise<readonly string[]> {
    return (await readFile(join(this.#folder, 'book'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  }

  /** The item of the next program that came to this end. */
  async ended(channel: string): Promise<unknown> {
    return (payloadOf(await this.site.next(this.site.client.queue(`end.${channel}`))) as { item: unknown }).item;
  }

  async left(channel: string): Promise<number> {
    return await this.#size(`end.${channel}`);
  }

  /** Messages of programs that are not settled. */
  async waiting(): Promise<number> {
    return await this.#size('programs');
  }

  /** Jobs in Redis, in whatever state. */
  async jobs(): Promise<number> {
    const keys = await this.#redis.keys('test:programs:*');
    return keys.filter((key) => /^test:programs:[0-9a-f]{32}$/.test(key)).length;
  }

  async #size(queue: string): Promise<number> {
    const name = this.site.client.queue(queue).replace('/queue/', '');
    const [found] = await askQueues(this.site.client, [name]);
    return found?.size ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
