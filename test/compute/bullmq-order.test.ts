import { setTimeout as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Job } from '../../src/compute/backend.ts';
import type { BullMqBackend } from '../../src/compute/bullmq/backend.ts';
import { redisAvailable } from '../fixtures/redis.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { Here } from './redis-site.ts';

const never = new AbortController().signal;

requireOrSkip('Redis', redisAvailable())('the order of jobs in Redis', () => {
  it('is in turn between runs: one with hundreds does not hold up one with a single one; live work goes first still', async () => {
    await using here = await Here.start();
    const backend = await here.backend();
    const jobs = [
      ...here.noting('large', 300, { run: 'large', priority: 2 }),
      ...here.noting('small', 3, { run: 'small', priority: 2 }),
      ...here.noting('single', 1, { run: 'single', priority: 2 }),
      ...here.noting('live', 2, { run: 'live', priority: 6 }),
    ];
    for (const job of jobs) await backend.submit(job);
    const rest = await here.backend();
    // Another service, that knows nothing of what the first has placed.
    const more = here.noting('more', 2, { run: 'large', priority: 2 });
    for (const job of more) await rest.submit(job);
    await here.worker({ cores: 1 });
    await all(backend, [...jobs, ...more]);
    const lines = await here.lines();
    expect(lines.slice(0, 9)).toEqual([
      ...['live 0', 'live 1'],
      ...['large 0', 'small 0', 'single 0', 'large 1', 'small 1', 'large 2', 'small 2'],
    ]);
    expect(lines.filter((line) => /large|more/.test(line))).toEqual([
      ...Array.from({ length: 300 }, (_, n) => `large ${n}`),
      ...['more 0', 'more 1'],
    ]);
  }, 120_000);

  it('gives a run that comes later its turn at once, and no more than its turn for what it did not need before', async () => {
    await using here = await Here.start();
    const backend = await here.backend();
    const first = here.noting('first', 20, { run: 'first' });
    for (const job of first) await backend.submit(job);
    const worker = await here.worker({ cores: 1 });
    while ((await here.lines()).length < 8) await turn(5);
    await worker.stop();
    const done = (await here.lines()).length;
    const late = here.noting('late', 3, { run: 'late' });
    for (const job of late) await backend.submit(job);
    await here.worker({ cores: 1 });
    await all(backend, [...first, ...late]);
    expect((await here.lines()).slice(done, done + 6)).toEqual([
      ...[`first ${done}`, 'late 0', `first ${done + 1}`, 'late 1', `first ${done + 2}`, 'late 2'],
    ]);
  }, 60_000);

  it('begins anew when nobody waits: what a run had in quiet times is not held against it', async () => {
    await using here = await Here.start();
    const backend = await here.backend();
    const quiet = await here.worker({ cores: 2 });
    await all(backend, here.noting('quiet', 30, { run: 'busy' }));
    await quiet.stop();
    const jobs = [...here.noting('busy', 3, { run: 'busy' }), ...here.noting('new', 3, { run: 'new' })];
    for (const job of jobs) await backend.submit(job);
    await here.worker({ cores: 1 });
    await all(backend, jobs);
    expect((await here.lines()).slice(-6)).toEqual(['busy 0', 'new 0', 'busy 1', 'new 1', 'busy 2', 'new 2']);
  }, 60_000);
});

async function all(backend: BullMqBackend, jobs: readonly Job[]): Promise<void> {
  const ended = await Promise.all(jobs.map(async (job) => backend.run(job, never)));
  expect(ended.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
}
