import { Queue } from 'bullmq';
import { setTimeout as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { redisAvailable } from '../fixtures/redis.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { Here } from './redis-site.ts';

requireOrSkip('Redis', redisAvailable())('a job that nobody waits for', () => {
  it('does not run for ever, as far as Redis knows, when its worker is killed: whoever asks for it finds it lost', async () => {
    await using here = await Here.start();
    const worker = await here.workerProcess();
    const backend = await here.backend();
    const job = here.job(`echo begun >> ${here.book}; sleep 600`);
    await backend.submit(job);
    while ((await here.lines()).length < 1) await turn(10);
    worker.kill('SIGKILL');
    await using queue = new AsyncDisposableStack();
    const programs = queue.adopt(
      new Queue('programs', { connection: { url: here.redis.url }, prefix: 'test' }),
      (open) => open.close(),
    );
    expect(await programs.getActiveCount()).toBe(1);
    while ((await programs.getActiveCount()) > 0) await turn(50);
    expect(await backend.run(job, new AbortController().signal)).toMatchObject({ isLost: true });
    expect(await here.lines()).toEqual(['begun']);
  }, 60_000);
});
