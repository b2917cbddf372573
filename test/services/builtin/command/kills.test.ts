import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BullMqWorker } from '../../../../src/compute/bullmq/worker.ts';
import { LocalBackend } from '../../../../src/compute/local.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { askQueues } from '../../../../src/services/ask-queues.ts';
import type { StepRecord } from '../../../../src/services/record.ts';
import { Supervisor } from '../../../../src/services/supervisor.ts';
import { processesBelow } from '../../../compute/processes.ts';
import { startEmbeddedBroker } from '../../../fixtures/embedded-broker.ts';
import { redisAvailable, TestRedis } from '../../../fixtures/redis.ts';
import { requireOrSkip } from '../../../fixtures/require-or-skip.ts';
import { payloadOf, Site } from '../../../fixtures/site.ts';
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts';

const entry = new URL('command-part.ts', import.meta.url);
const backoff = { delay: 0.05, factor: 1, maxDelay: 0.1 };

describe('programs whose service is killed', () => {
  it('die with it, are run once more, and end in exactly one success', async () => {
    // Each leaves somebody behind that has nothing to do with it any more, and takes some time.
    await using here = await supervised('(env -i setsid sleep 600 >/dev/null 2>&1 &) & sleep 0.4');
    const items = Array.from({ length: 8 }, (_, index) => index);
    await here.start(items);
    const killed: number[] = [];
    for (const lines of [1, 6]) {
      const { pid } = await here.began(lines);
      const others = await here.programs();
      process.kill(pid, 'SIGKILL');
      killed.push(pid);
      // The dead take their programs with them; those that come now have other processes.
      await expect.poll(async () => await here.stillThere(others), { interval: 10, timeout: 10_000 }).toEqual([]);
    }
    const done = await here.site.settled(1, 'done', items.length);
    expect(done.map(({ sends }) => sends)).toEqual(items.map(() => ({ 2: 1, 4: 1 })));
    expect(new Set(done.map(({ key }) => key)).size).toBe(items.length);
    const begun = await here.book();
    const runs = items.map((item) => begun.filter((each) => each.item === item).length);
    // Two ran when it was killed the first time, and no more when it was killed the second.
    expect(Math.min(...runs)).toBe(1);
    expect(begun.length).toBeLessThanOrEqual(items.length + 2 * killed.length);
    expect(await here.programs()).toEqual([]);
    expect(here.outcomes().filter((outcome) => outcome !== 'done')).toEqual([]);
  });

  it('are failures when they are killed themselves, once each', async () => {
    await using here = await supervised('exec sleep 600');
    await here.start([1, 2]);
    await here.began(2);
    for (const program of await here.programs()) process.kill(Number(program.split(' ')[0]), 'SIGKILL');
    const done = await here.site.settled(1, 'done', 2);
    expect(done.map(({ sends }) => sends)).toEqual([
      { 3: 1, 4: 1 },
      { 3: 1, 4: 1 },
    ]);
    expect(JSON.stringify(done[0]?.outputs[0]?.payload)).toContain('work ended with SIGKILL');
    expect(await here.book()).toHaveLength(2);
  });
});

describe('a program whose service is killed while it runs', () => {
  const update = (payload: string): string =>
    `echo '{"channel": "updates", "payload": "${payload}"}' >> "$BATON_OUTPUT"`;

  it('tells again what it told, and each update goes on once', async () => {
    await using here = await supervised(
      `${update('one')}; ${update('two')}; echo up >> "$1.up"; sleep 0.7; ${update('three')}`,
    );
    await here.start([1]);
    const { pid } = await here.began(1);
    while (here.updates().length < 2) await here.site.recordCame();
    process.kill(pid, 'SIGKILL');
    await here.site.settled(1, 'done', 1);
    expect(await here.book()).toHaveLength(2);
    // As records each was told in both of its lives.
    expect(here.updates()).toEqual(['one', 'two', 'one', 'two', 'three']);
    for (const expected of ['one', 'two', 'three']) expect(await here.next('updates')).toBe(expected);
    expect(await here.next('completed')).toMatchObject({ outcome: 'success' });
    expect(await here.waiting('updates')).toBe(0);
  });

  it('three times is put aside, and its failure and its end are told all the same', async () => {
    await using here = await supervised('exec sleep 600');
    await here.start([1]);
    for (const lines of [1, 2, 3]) process.kill((await here.began(lines)).pid, 'SIGKILL');
    const [dead] = await here.site.settled(1, 'dead');
    expect(dead).toMatchObject({ cause: { code: 'crashed' }, sends: { 3: 1, 4: 1 } });
    expect(await here.next('failure')).toMatchObject({
      item: 1,
      error: { code: 'crashed' },
      program: { name: 'work' },
    });
    expect(await here.next('completed')).toMatchObject({ outcome: 'failure', error: { code: 'crashed' } });
    expect(await here.book()).toHaveLength(3);
    expect(await here.programs()).toEqual([]);
  });
});

requireOrSkip('Redis', redisAvailable())('programs on a host with a worker', () => {
  it('go on side by side, however often their service is killed', async () => {
    await using redis = await TestRedis.start();
    // Each tells when it is asked to, and ends when it was asked often enough.
    const script = `for n in 1 2 3 4; do
      while [ ! -e "$1.$n" ]; do sleep 0.02; done
      echo '{"channel": "updates", "payload": "'$n'"}' >> "$BATON_OUTPUT"
    done; while [ ! -e "$1.5" ]; do sleep 0.02; done`;
    await using here = await supervised(script, redis.url);
    await using backend = new LocalBackend({ folder: here.jobs, capacity: { cores: 2 } });
    await using worker = new BullMqWorker({ url: redis.url, prefix: 'test', backend, permits: () => undefined });
    await worker.start();
    await here.start([1, 2]);
    for (const round of ['1', '2', '3', '4']) {
      await here.ask(round);
      // Both are waited for: so the service that dies has them both.
      for (const _ of [1, 2]) expect(await here.next('updates')).toBe(round);
      here.killService();
    }
    await here.ask('5');
    for (const _ of [1, 2]) expect(await here.next('completed')).toMatchObject({ outcome: 'success' });
    expect(await here.book()).toHaveLength(2);
    expect(here.outcomes().filter((outcome) => outcome !== 'done')).toEqual([]);
  }, 60_000);
});

/** A line of the book in which programs write when they begin. */
interface Begun {
  readonly item: number;
  /** Of the service that ran it. */
  readonly pid: number;
}

/** A supervised process of `command` with the program `work`: it writes down who it is, and runs the script. */
async function supervised(script: string, redis?: string): Promise<Supervised> {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await startEmbeddedBroker());
  const folder = stack.use(await temporaryFolder());
  const site = stack.use(await Site.start(broker.address(), []));
  const book = join(folder.path, 'book');
  const work = {
    path: '/bin/sh',
    fixed: ['-c', `echo "$2 $PPID" >> "$1"; ${script}`, 'work', book],
    arguments: { type: 'array', items: { type: 'integer' } },
  };
  const place = redis === undefined ? {} : { redis };
  const begin = { address: broker.address(), folder: folder.path, programs: { work }, ...place };
  const parts = [{ name: 'command', begin }];
  const supervisor = stack.use(new Supervisor({ entry, parts, folder: join(folder.path, 'guard'), backoff }));
  await supervisor.start();
  return new Supervised(site, supervisor, folder.path, stack.move());
}

class Supervised implements AsyncDisposable {
  readonly site: Site;
  readonly #supervisor: Supervisor;
  readonly #folder: string;
  readonly #stack: AsyncDisposableStack;

  constructor(site: Site, supervisor: Supervisor, folder: string, stack: AsyncDisposableStack) {
    this.site = site;
    this.#supervisor = supervisor;
    this.#folder = folder;
    this.#stack = stack;
  }

  async start(items: readonly number[]): Promise<void> {
    const parameters = { program: 'work', arguments: ['$item'] };
    const step = { queue: 'programs', parameters, output: { success: 2, failure: 3, completed: 4, updates: 5 } };
    const ends: JsonObject = {
      2: { queue: 'success' },
      3: { queue: 'failure' },
      4: { queue: 'completed' },
      5: { queue: 'updates' },
    };
    await this.site.run({ 1: step, ...ends, start: items.map((item) => [1, { item }]) });
  }

  async book(): Promise<readonly Begun[]> {
    const text = await readFile(join(this.#folder, 'book'), 'utf8').catch(() => '');
    const lines = text.trim().split('\n').filter(Boolean);
    return lines.map((line) => line.split(' ').map(Number)).map(([item = 0, pid = 0]) => ({ item, pid }));
  }

  /** The last line, once there are so many. */
  async began(lines: number): Promise<Begun> {
    await expect
      .poll(async () => (await this.book()).length, { interval: 10, timeout: 20_000 })
      .toBeGreaterThanOrEqual(lines);
    return (await this.book()).at(-1) ?? { item: 0, pid: 0 };
  }

  /** Lets the programs go on to the next thing that they wait for. */
  async ask(what: string): Promise<void> {
    await writeFile(join(this.#folder, `book.${what}`), '');
  }

  killService(): void {
    for (const { pid } of this.#supervisor.running()) if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  get jobs(): string {
    return join(this.#folder, 'jobs');
  }

  /** What was told of while it ran, as often as it was. */
  updates(): readonly unknown[] {
    return this.site.records.flatMap((record) =>
      record.kind === 'progress' ? record.messages.map(({ payload }) => payload) : [],
    );
  }

  /** The payload of the next message on a channel. */
  async next(channel: string): Promise<unknown> {
    return payloadOf(await this.site.next(this.site.client.queue(channel)));
  }

  /** How many messages wait there. */
  async waiting(channel: string): Promise<number> {
    const [found] = await askQueues(this.site.client, [channel]);
    return found?.size ?? 0;
  }

  async programs(): Promise<readonly string[]> {
    return await processesBelow(this.jobs);
  }

  async stillThere(programs: readonly string[]): Promise<readonly string[]> {
    const now = await this.programs();
    return programs.filter((program) => now.includes(program));
  }

  outcomes(): readonly string[] {
    return this.site.records
      .filter((record): record is StepRecord => record.kind === 'step' && record.step === 1)
      .map(({ outcome }) => outcome);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
