import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BullMqBackend } from '../../../../src/compute/bullmq/backend.ts';
import { BullMqWorker } from '../../../../src/compute/bullmq/worker.ts';
import { LocalBackend } from '../../../../src/compute/local.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { askQueues } from '../../../../src/services/ask-queues.ts';
import { commandService } from '../../../../src/services/builtin/command/command.ts';
import type { AnyService } from '../../../../src/services/service.ts';
import { processesBelow } from '../../../compute/processes.ts';
import { Host } from '../../../../src/services/host.ts';
import { parseBrokerAddress } from '../../../../src/stomp/address.ts';
import { startEmbeddedBroker, type TestBroker } from '../../../fixtures/embedded-broker.ts';
import { startProxy } from '../../../fixtures/proxy.ts';
import { redisAvailable, TestRedis } from '../../../fixtures/redis.ts';
import { requireOrSkip } from '../../../fixtures/require-or-skip.ts';
import { payloadOf, Site } from '../../../fixtures/site.ts';
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts';

requireOrSkip('Redis', redisAvailable())('a program that was handed over', () => {
  it('runs on a host with a worker, and is told of over the channels of its recipe', async () => {
    await using here = await Handed.start(
      `echo '{"channel": "updates", "payload": 0.5}' >> "$BATON_OUTPUT"; echo working; while [ ! -e "$1" ]; do sleep 0.02; done`,
    );
    await here.worker();
    await here.run();
    expect(await here.told('starting')).toMatchObject({ item: 7, program: { name: 'work' } });
    expect(await here.told('updates')).toBe(0.5);
    await writeFile(here.go, '');
    expect(await here.told('success')).toMatchObject({ item: 7, program: { backend: 'bullmq', exit_code: 0 } });
    const [handedOver, ended] = await here.site.settled(1, 'done', 2);
    expect(handedOver?.sends).toEqual({ 1: 1, 2: 1 });
    expect(ended).toMatchObject({ sends: { 4: 1, 6: 1 }, program: { backend: 'bullmq', exitCode: 0 } });
  });

  it('goes on when its service is gone, and the next service tells its end', async () => {
    await using here = await Handed.start('echo begun >> "$2"; while [ ! -e "$1" ]; do sleep 0.02; done');
    await here.worker();
    await here.run();
    await here.begun();
    await here.site.host.stop(true);
    const next = await here.site.anotherHost();
    await writeFile(here.go, '');
    expect(await here.told('completed')).toMatchObject({ outcome: 'success' });
    expect(await here.lines()).toEqual(['begun']);
    await next.stop();
  });

  it('ends when its run is cancelled while no service is there', async () => {
    await using here = await Handed.start('echo begun >> "$2"; sleep 600');
    await here.worker();
    const run = await here.run();
    await here.begun();
    await here.site.host.stop(true);
    await here.site.cancel(run);
    const next = await here.site.anotherHost();
    await here.site.settled(1, 'cancelled');
    while ((await processesBelow(here.folder)).length > 0) await turn(10);
    await next.stop();
  });

  it('ends when its run is cancelled though its service died before it could say that it was handed over', async () => {
    await using here = await Handed.start('echo begun >> "$2"; sleep 600');
    await here.worker();
    await here.site.host.stop();
    await using first = await here.cutOffHost();
    const run = await here.run();
    await here.begun();
    await first.stop(true);
    await here.site.cancel(run);
    await using _next = await here.site.anotherHost();
    const [{ sends } = {}] = await here.site.settled(1, 'cancelled');
    expect(sends).toEqual({});
    while ((await processesBelow(here.folder)).length > 0) await turn(10);
  });

  it('never begins when its run is cancelled while it is handed over', async () => {
    await using here = await Handed.start('echo begun >> "$2"');
    await here.redis.kill();
    const run = await here.run();
    while ((await askQueues(here.site.client, ['programs']))[0]?.inFlight !== 1) await turn(5);
    await here.site.cancel(run);
    await here.redis.begin();
    await here.site.settled(1, 'cancelled');
    await here.worker();
    // Whoever had come before would begin before.
    await here.run();
    await here.told('completed');
    expect(await here.lines()).toEqual(['begun']);
  });

  it('waits until there is a worker; what that does not permit is a failure in words', async () => {
    await using here = await Handed.start('true');
    await here.run();
    await here.told('starting');
    await here.worker('/bin/false');
    const failure = (await here.told('failure')) as { error: JsonObject };
    expect(failure.error).toMatchObject({ code: 'compute.not-started' });
  });
});

/** A site whose programs run on what hosts there are. */
class Handed implements AsyncDisposable {
  readonly site: Site;
  readonly folder: string;
  readonly #service: AnyService;
  readonly #broker: TestBroker;
  readonly redis: TestRedis;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    [site, service, broker]: readonly [Site, AnyService, TestBroker],
    folder: string,
    redis: TestRedis,
    stack: AsyncDisposableStack,
  ) {
    this.site = site;
    this.#service = service;
    this.#broker = broker;
    this.folder = folder;
    this.redis = redis;
    this.#stack = stack;
  }

  static async start(script: string): Promise<Handed> {
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await TestRedis.start());
    const broker = stack.use(await startEmbeddedBroker());
    const folder = stack.use(await temporaryFolder());
    const files = [join(folder.path, 'go'), join(folder.path, 'book')];
    const programs = { work: { path: '/bin/sh', fixed: ['-c', script, 'work', ...files] } };
    const backends = (): BullMqBackend[] => [new BullMqBackend({ url: redis.url, prefix: 'test' })];
    const service: AnyService = commandService({ programs, concurrency: 10, backends });
    const site = stack.use(await Site.start(broker.address(), [service]));
    return new Handed([site, service, broker], folder.path, redis, stack.move());
  }

  get go(): string {
    return join(this.folder, 'go');
  }

  /** One with the service, none of whose transactions ever comes through. */
  async cutOffHost(): Promise<Host> {
    const proxy = this.#stack.use(await startProxy(this.#broker.port));
    proxy.decide = (chunk) => (chunk.includes('COMMIT') ? 'lose-and-cut' : 'pass');
    const address = parseBrokerAddress(`stomp://127.0.0.1:${proxy.port}`);
    const options = { services: [this.#service], name: 'test.9', version: '0', folder: join(this.folder, 'cut-off') };
    const host = new Host({ ...options, address });
    await host.start();
    return host;
  }

  async worker(only?: string): Promise<void> {
    const jobs = join(this.folder, 'jobs');
    await mkdir(jobs);
    const backend = new LocalBackend({ folder: jobs, capacity: { cores: 2 } });
    const permits = ({ command: [path] }: { readonly command: readonly [string, ...string[]] }): void => {
      if (only !== undefined && path !== only) throw new Error(`only ${only} is run here`);
    };
    const worker = this.#stack.use(new BullMqWorker({ url: this.redis.url, prefix: 'test', backend, permits }));
    await worker.start();
  }

  async run(): Promise<string> {
    const output = Object.fromEntries(channels.map((channel, index) => [channel, index + 2]));
    const ends = Object.fromEntries(channels.map((channel, index) => [index + 2, { queue: `end.${channel}` }]));
    const step = { queue: 'programs', parameters: { program: 'work' }, output };
    return await this.site.run({ 1: step, ...ends, start: [[1, { item: 7 }]] });
  }

  async told(channel: string): Promise<unknown> {
    return payloadOf(await this.site.next(this.site.client.queue(`end.${channel}`)));
  }

  async lines(): Promise<readonly string[]> {
    return (await readFile(join(this.folder, 'book'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  }

  async begun(): Promise<void> {
    while ((await this.lines()).length < 1) await turn(5);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

const channels = ['starting', 'updates', 'success', 'failure', 'completed'] as const;
