import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { JobListener } from '../../src/compute/backend.ts';
import { redisAvailable } from '../fixtures/redis.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { processesBelow } from './processes.ts';
import { Here } from './redis-site.ts';

const never = new AbortController().signal;

requireOrSkip('Redis', redisAvailable())('jobs in Redis', () => {
  it('go on when whoever waits for them is gone, and are found by who asks again, also after their end', async () => {
    await using here = await Here.start();
    await here.worker();
    const first = await here.backend();
    const job = here.job(`echo begun >> ${here.book}; while [ ! -e ${here.go} ]; do sleep 0.02; done; echo result`);
    const begun = Promise.withResolvers<void>();
    const waiting = first.run(job, never, { started: () => begun.resolve() });
    await begun.promise;
    await Promise.all([first.stop(), expect(waiting).rejects.toThrow('The backend stops.')]);
    const second = await here.backend();
    const found = second.run(job, never);
    await writeFile(here.go, '');
    expect(await found).toMatchObject({ exitCode: 0, log: 'result\n', backend: 'bullmq' });
    const third = await here.backend();
    expect(await third.run(job, never)).toMatchObject({ exitCode: 0, log: 'result\n' });
    expect(await here.lines()).toEqual(['begun']);
    await third.forget(job);
    expect(await third.run(job, never)).toMatchObject({ exitCode: 0 });
    expect(await here.lines()).toEqual(['begun', 'begun']);
  });

  it('tell what they print and answer while they run', async () => {
    await using here = await Here.start();
    await here.worker();
    const backend = await here.backend();
    const heard: string[] = [];
    const listener: JobListener = {
      started: (host) => void heard.push(`on ${host.length > 0}`),
      printed: (lines) => {
        heard.push(...lines.map((line) => `printed ${line}`));
        if (heard.length >= 4) void writeFile(here.go, '');
      },
      answered: (lines) => {
        heard.push(...lines.map((line) => `answered ${line}`));
        if (heard.length >= 4) void writeFile(here.go, '');
      },
    };
    const script = `echo one; echo a >> "$BATON_OUTPUT"; echo b >> "$BATON_OUTPUT"; while [ ! -e ${here.go} ]; do sleep 0.02; done`;
    const ended = await backend.run(here.job(script), never, listener);
    expect(ended.answers).toEqual({ text: 'a\nb\n' });
    expect(heard[0]).toBe('on true');
    expect(heard.slice(1).sort()).toEqual(['answered a', 'answered b', 'printed one']);
  });

  it('are ended on whatever host they run when their run is cancelled; those that wait are taken out', async () => {
    await using here = await Here.start();
    await here.worker({ cores: 1 });
    const backend = await here.backend();
    const cancelling = new AbortController();
    const begun = Promise.withResolvers<void>();
    const running = backend.run(here.job('trap "" TERM; setsid sleep 600 & sleep 600'), cancelling.signal, {
      started: () => begun.resolve(),
    });
    await begun.promise;
    const waiting = Array.from({ length: 20 }, async () =>
      backend.run(here.job(`echo ran >> ${here.book}`), cancelling.signal),
    );
    cancelling.abort(Object.assign(new Error('The run was cancelled.'), { code: 'cancelled' }));
    const ends = await Promise.allSettled([running, ...waiting]);
    expect(ends[0]).toMatchObject({ status: 'fulfilled', value: { signal: 'SIGKILL' } });
    expect(ends.slice(1).map(({ status }) => status)).toEqual(waiting.map(() => 'rejected'));
    expect(await processesBelow(here.folder)).toEqual([]);
    expect(await here.lines()).toEqual([]);
  });

  it('begin in the order of their urgency, no faster than the site says', async () => {
    await using here = await Here.start();
    const backend = await here.backend();
    const jobs = [2, 2, 6, 9].map((priority) => here.job(`echo ${priority} >> ${here.book}`, { priority }));
    for (const job of jobs) await backend.submit(job);
    const ended = Promise.all(jobs.map(async (job) => backend.run(job, never)));
    const from = performance.now();
    await here.worker({ cores: 1, rate: { jobs: 1, seconds: 0.4 } });
    await ended;
    expect(await here.lines()).toEqual(['9', '6', '2', '2']);
    expect(performance.now() - from).toBeGreaterThan(1_100);
  });

  it('run only on hosts that have their label; what none of these has is refused', async () => {
    await using here = await Here.start();
    await here.worker();
    await here.worker({ labels: ['gpu'], cores: 1 });
    const backend = await here.backend();
    const script = 'echo "$TMPDIR"';
    const anywhere = await backend.run(here.job(script), never);
    const there = await backend.run(here.job(script, { label: 'gpu' }), never);
    expect(anywhere.exitCode).toBe(0);
    expect(there.log).toContain(join(here.folder, 'jobs 2'));
    const large = here.job(script, { label: 'gpu', cores: 2 });
    await expect(backend.run(large, never)).rejects.toThrow('asks for 2 cores; the backend "bullmq" has 1');
  });

  it('go where they fit, though a smaller host takes them first', async () => {
    await using here = await Here.start();
    const backend = await here.backend();
    const job = here.job('echo "$TMPDIR"', { cores: 2 });
    await backend.submit(job);
    await here.worker({ cores: 1 });
    await turn(300);
    await here.worker({ cores: 2 });
    expect((await backend.run(job, never)).log).toContain(join(here.folder, 'jobs 2'));
  });

  it('of a worker that drains come to their end, and of one in a hurry run elsewhere', async () => {
    await using here = await Here.start();
    const first = await here.worker();
    const backend = await here.backend();
    const script = `echo "$TMPDIR" >> ${here.book}; while [ ! -e ${here.go} ]; do sleep 0.02; done`;
    const running = backend.run(here.job(script), never);
    while ((await here.lines()).length < 1) await turn(5);
    const second = await here.worker();
    await first.stop(true);
    while ((await here.lines()).length < 2) await turn(5);
    const draining = second.stop();
    await writeFile(here.go, '');
    expect(await running).toMatchObject({ exitCode: 0 });
    await draining;
    expect((await here.lines()).map((line) => line.includes('jobs 2'))).toEqual([false, true]);
  });

  it('that a host does not permit are refused there, in words', async () => {
    await using here = await Here.start();
    await here.worker({
      permits: () => {
        throw Object.assign(new Error('no'), {});
      },
    });
    const backend = await here.backend();
    await expect(backend.run(here.job('true'), never)).rejects.toThrow('/bin/sh cannot be started: no');
  });

  it('are neither lost nor doubled when Redis is killed and comes back', async () => {
    await using here = await Here.start();
    await here.worker();
    const backend = await here.backend();
    const jobs = Array.from({ length: 12 }, (_, n) => here.job(`echo ${n} >> ${here.book}; sleep 0.3`));
    const ended = jobs.map(async (job) => backend.run(job, never));
    for (const lines of [2, 5]) {
      while ((await here.lines()).length < lines) await turn(5);
      await here.redis.kill();
      await turn(500);
      await here.redis.begin();
    }
    expect((await Promise.all(ended)).map(({ exitCode }) => exitCode)).toEqual(jobs.map(() => 0));
    expect((await here.lines()).toSorted()).toEqual(jobs.map((_, n) => String(n)).toSorted());
  }, 60_000);

  it('do not keep whoever waits for them, nor a worker in a hurry, from stopping while Redis is away', async () => {
    await using here = await Here.start();
    const main = fileURLToPath(new URL('stopping-main.ts', import.meta.url));
    const both = spawn(process.execPath, [main, here.redis.url, here.folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(both.stdout, 'data');
    await here.redis.kill();
    both.stdin.write('stop');
    expect(await text(both.stdout)).toBe('stopped: The backend stops.\n');
    expect(await processesBelow(here.folder)).toEqual([]);
  });

  it.concurrent(
    'of a worker that is killed are lost within 30 s: with host and last output; nothing is left of them',
    async () => {
      await using here = await Here.start();
      const worker = await here.workerProcess();
      const backend = await here.backend();
      const printed = Promise.withResolvers<void>();
      const running = backend.run(here.job('echo far; echo so good; sleep 600'), never, {
        printed: () => printed.resolve(),
      });
      await printed.promise;
      const from = performance.now();
      worker.kill('SIGKILL');
      const ended = await running;
      expect(performance.now() - from).toBeLessThan(30_000);
      expect(ended).toMatchObject({ isLost: true, log: 'far\nso good\n', backend: 'bullmq' });
      expect(ended.host).not.toBe('');
      expect(await processesBelow(join(here.folder, 'jobs 1'))).toEqual([]);
    },
    60_000,
  );

  it.concurrent(
    'of a worker that stood still, and comes back when they are taken for lost, end there and deliver nothing',
    async () => {
      await using here = await Here.start();
      const worker = await here.workerProcess();
      const backend = await here.backend();
      const printed = Promise.withResolvers<void>();
      const job = here.job(`echo up; while [ ! -e ${here.go} ]; do sleep 0.05; done; echo late`);
      const running = backend.run(job, never, { printed: () => printed.resolve() });
      await printed.promise;
      worker.kill('SIGSTOP');
      expect(await running).toMatchObject({ isLost: true });
      worker.kill('SIGCONT');
      await writeFile(here.go, '');
      while ((await processesBelow(join(here.folder, 'jobs 1'))).some((line) => line.includes('sleep'))) await turn(20);
      expect(await backend.run(job, never)).toMatchObject({ isLost: true, log: 'up\n' });
    },
    60_000,
  );
});
