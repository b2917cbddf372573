import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BullMqBackend } from '../../../src/compute/bullmq/backend.ts';
import { BullMqWorker } from '../../../src/compute/bullmq/worker.ts';
import { LocalBackend } from '../../../src/compute/local.ts';
import type { Programs } from '../../../src/services/builtin/command/program.ts';
import { processesBelow } from '../../compute/processes.ts';
import { redisAvailable, TestRedis } from '../../fixtures/redis.ts';
import { requireOrSkip } from '../../fixtures/require-or-skip.ts';
import { ProgramsAtWork } from './programs-at-work.ts';

requireOrSkip('Redis', redisAvailable())('programs that were handed over', () => {
  it('wait with a reason: no worker, none with the label, all full; and are found again by the next service', async () => {
    await using here = await Handed.start();
    const { site, programs } = here;
    const first = await here.service();
    await site.run('xia2');
    await site.job('xia2', ({ why }) => why === 'There is no worker.');
    await site.until(
      ({ untaken: [lack] }) => lack?.message === '1 program waits for bullmq, and no worker is there to take them.',
    );

    await using worker = await here.worker();
    const { started } = await site.job('xia2', ({ state, host }) => state === 'running' && host === hostname());
    await site.run('fast_dp', { resources: { label: 'gpu' } });
    await site.job('fast_dp', ({ why }) => why === 'No worker has the label gpu.');
    await site.until(({ untaken: [lack] }) => lack?.advice.includes('--labels gpu') === true);
    const { asked } = await site.job('fast_dp', () => true);
    await site.run('dimple');
    await site.job(
      'dimple',
      ({ why, before }) => why === 'The workers are full, or others are before it.' && before === 0,
    );
    const { backends } = await site.until(({ backends: [bullmq] }) => bullmq?.places?.[0]?.used?.cores === 1);
    expect(backends).toMatchObject([{ name: 'bullmq', places: [{ cores: 1, running: 1, labels: ['odd'] }] }]);

    await first.stop(true);
    await here.service();
    expect(await site.job('xia2', ({ state }) => state === 'running')).toMatchObject({ started });
    expect(await site.job('fast_dp', () => true)).toMatchObject({ asked });
    for (const name of Object.keys(programs)) await site.letGo(name);
    await site.until(({ items }) => items.every(({ program }) => program === 'fast_dp'));
    await worker.stop();
  }, 60_000);

  it('say so while Redis is away', async () => {
    await using here = await Handed.start();
    await here.service();
    await here.site.run('xia2');
    await here.site.job('xia2', ({ why }) => why === 'There is no worker.');
    await here.redis.kill();
    await here.site.job('xia2', ({ why }) => why === 'Redis does not answer.');
    const { untaken } = await here.site.until((view) => view.untaken.length > 0);
    expect(untaken).toMatchObject([{ backend: 'bullmq', jobs: 1 }]);
    expect(untaken[0]?.message).toContain('it cannot be asked: Redis does not answer');
    await here.redis.begin();
    await here.site.job('xia2', ({ why }) => why === 'There is no worker.');
  }, 60_000);

  it('are told as lost with their host, and the last that they printed', async () => {
    await using here = await Handed.start();
    await here.service({ talker: { path: '/bin/sh', fixed: ['-c', 'echo image 1200; sleep 600'] } });
    const folder = join(here.site.folder, 'doomed');
    await mkdir(folder);
    const main = join(import.meta.dirname, '../../compute/worker-main.ts');
    const doomed = spawn(process.execPath, [main, here.redis.url, 'test', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(doomed, 'exit');
    await once(doomed.stdout, 'data');
    const run = await here.site.run('talker');
    await here.site.job('talker', ({ state }) => state === 'running');
    while (!(await here.lastOf('talker')).includes('image 1200')) await turn(20);
    doomed.kill('SIGKILL');
    await exited;
    const { lost } = await here.site.until((view) => view.lost.length > 0);
    expect(lost).toMatchObject([{ run, program: 'talker', end: 'lost', host: hostname() }]);
    expect(lost[0]?.message).toMatch(/image 1200/);
    expect((await here.site.site.get('/metrics')).text).toMatch(/program="talker",end="lost"\} 1$/m);
    while ((await processesBelow(folder)).length > 0) await turn(20);
  }, 90_000);
});

/** Services whose programs run on what workers there are. */
class Handed implements AsyncDisposable {
  readonly site: ProgramsAtWork;
  readonly redis: TestRedis;
  readonly programs: Programs;
  readonly #stack: AsyncDisposableStack;

  private constructor(site: ProgramsAtWork, redis: TestRedis, stack: AsyncDisposableStack) {
    this.site = site;
    this.redis = redis;
    this.programs = site.programs('xia2', 'fast_dp', 'dimple');
    this.#stack = stack;
  }

  static async start(): Promise<Handed> {
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await TestRedis.start());
    const site = stack.use(await ProgramsAtWork.open());
    return new Handed(site, redis, stack.move());
  }

  async service(programs = this.programs): ReturnType<ProgramsAtWork['service']> {
    const backends = (): BullMqBackend[] => [new BullMqBackend({ url: this.redis.url, prefix: 'test' })];
    return await this.site.service(programs, { backends });
  }

  async worker(): Promise<BullMqWorker> {
    const folder = join(this.site.folder, 'worker');
    await mkdir(folder);
    const backend = new LocalBackend({ folder, capacity: { cores: 1 } });
    const worker = new BullMqWorker({
      url: this.redis.url,
      prefix: 'test',
      backend,
      labels: ['odd'],
      permits: () => undefined,
    });
    await worker.start();
    return worker;
  }

  /** What is in the log of the runs of a program. */
  async lastOf(program: string): Promise<string> {
    const { items } = await this.site.jobs(`?program=${program}`);
    const logs = await Promise.all(
      items.map(async ({ run }) => (await this.site.site.get(`/api/runs/${run}/logs`)).text),
    );
    return logs.join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
