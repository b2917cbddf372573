import { writeFile } from 'node:fs/promises';
import { setTimeout as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Job } from '../../src/compute/backend.ts';
import { redisAvailable } from '../fixtures/redis.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { Here } from './redis-site.ts';

const never = new AbortController().signal;

requireOrSkip('Redis', redisAvailable())('limits over all hosts', () => {
  it('hold for a program and for a beamline, in their order, while others pass; who waits is told why', async () => {
    await using here = await Here.start();
    const backend = await here.backend({ perBeamline: 1 });
    const both = (name: string): string => `echo ${name}+ >> ${here.book}; sleep 0.2; echo ${name}- >> ${here.book}`;
    const limited = Array.from({ length: 6 }, (_, n) => here.job(both(`xia2.${n}`), { program: 'xia2', atOnce: 2 }));
    const ofBeamline = Array.from({ length: 3 }, (_, n) => here.job(both(`i03.${n}`), { beamline: 'i03' }));
    const free = here.job(`echo free >> ${here.book}`, { run: 'other', priority: 2 });
    const told = new Set<string>();
    const jobs = [...limited, ...ofBeamline, free];
    for (const job of jobs) await backend.submit(job);
    const ended = jobs.map(async (job) => backend.run(job, never, { waits: (why) => told.add(why) }));
    await here.worker({ cores: 3 });
    await here.worker({ cores: 3 });
    expect((await Promise.all(ended)).map(({ exitCode }) => exitCode)).toEqual(jobs.map(() => 0));
    const lines = await here.lines();
    expect(most(lines, 'xia2')).toBe(2);
    expect(most(lines, 'i03')).toBe(1);
    expect(begun(lines, 'i03')).toEqual(['i03.0+', 'i03.1+', 'i03.2+']);
    expect(begun(lines, 'xia2').slice(0, 2).toSorted()).toEqual(['xia2.0+', 'xia2.1+']);
    expect(begun(lines, 'xia2').slice(-2).toSorted()).toEqual(['xia2.4+', 'xia2.5+']);
    expect(lines.indexOf('free')).toBeLessThan(lines.indexOf('xia2.5+'));
    expect([...told]).toContain('As many of xia2 run on all hosts as may (2, its atOnce).');
    expect([...told]).toContain('As many programs of i03 run on all hosts as may (1, compute.bullmq.perBeamline).');
  }, 60_000);

  it('are not kept from others by those that were cancelled while they waited', async () => {
    await using here = await Here.start();
    const backend = await here.backend();
    const limited = (script: string): Job => here.job(script, { program: 'xia2', atOnce: 1 });
    const first = limited(`echo up >> ${here.book}; while [ ! -e ${here.go} ]; do sleep 0.02; done`);
    const cancelled = Array.from({ length: 40 }, () => limited(`echo never >> ${here.book}`));
    const last = limited(`echo last >> ${here.book}`);
    for (const job of [first, ...cancelled, last]) await backend.submit(job);
    await here.worker({ cores: 3 });
    const cancelling = new AbortController();
    const why = Promise.withResolvers<string>();
    const ends = Promise.allSettled(cancelled.map(async (job) => backend.run(job, cancelling.signal)));
    const running = [
      backend.run(first, never),
      backend.run(last, never, { waits: (told) => limit(told) && why.resolve(told) }),
    ];
    await why.promise;
    cancelling.abort(Object.assign(new Error('The run was cancelled.'), { code: 'cancelled' }));
    expect((await ends).every(({ status }) => status === 'rejected')).toBe(true);
    await writeFile(here.go, '');
    await Promise.all(running);
    expect(await here.lines()).toEqual(['up', 'last']);
  }, 60_000);

  it.concurrent(
    'are free again when the worker is dead that ran under them',
    async () => {
      await using here = await Here.start();
      const backend = await here.backend();
      const dead = await here.workerProcess();
      const limited = (script: string): Job => here.job(script, { program: 'xia2', atOnce: 1 });
      const first = backend.run(limited(`echo up >> ${here.book}; sleep 600`), never);
      while ((await here.lines()).length < 1) await turn(5);
      dead.kill('SIGKILL');
      const next = backend.run(limited(`echo next >> ${here.book}`), never);
      await here.worker({ cores: 2 });
      expect(await first).toMatchObject({ isLost: true });
      expect(await next).toMatchObject({ exitCode: 0 });
      expect(await here.lines()).toEqual(['up', 'next']);
    },
    90_000,
  );
});

function limit(told: string): boolean {
  return told.includes('atOnce');
}

function begun(lines: readonly string[], name: string): readonly string[] {
  return lines.filter((line) => line.startsWith(name) && line.endsWith('+'));
}

/** How many of them ran at the same time at most. */
function most(lines: readonly string[], name: string): number {
  let [running, highest] = [0, 0];
  for (const line of lines.filter((one) => one.startsWith(name))) {
    running += line.endsWith('+') ? 1 : -1;
    highest = Math.max(highest, running);
  }
  return highest;
}
