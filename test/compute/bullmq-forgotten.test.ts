import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { writeFile } from 'node:fs/promises';
import { setTimeout as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { redisAvailable } from '../fixtures/redis.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { Here } from './redis-site.ts';

requireOrSkip('Redis', redisAvailable())('answers that Redis has forgotten', () => {
  it('are told of at the end of the program, and none in the place of another', async () => {
    await using here = await Here.start();
    await here.worker();
    const backend = await here.backend();
    const heard: string[] = [];
    const first = Promise.withResolvers<void>();
    const answered = (lines: readonly string[]): void => {
      heard.push(...lines);
      first.resolve();
    };
    const script = `echo a >> "$BATON_OUTPUT"; while [ ! -e ${here.go} ]; do sleep 0.02; done; printf 'b\\nc\\n' >> "$BATON_OUTPUT"; sleep 2`;
    const running = backend.run(here.job(script), new AbortController().signal, { answered });
    await first.promise;
    await using stack = new AsyncDisposableStack();
    const redis = stack.adopt(new Redis(here.redis.url), (open) => open.disconnect());
    for (const key of await redis.keys('test:*:logs')) await redis.del(key);
    await writeFile(here.go, '');
    expect((await running).answers).toEqual({ text: 'a\nb\nc\n' });
    expect(heard).toEqual(['a']);
  });
});

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
