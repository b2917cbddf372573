import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../src/compute/backend.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { slurmAvailable, TestSlurm } from '../fixtures/slurm.ts';
import { SlurmSite } from './slurm-site.ts';

const never = new AbortController().signal;

requireOrSkip('Slurm', slurmAvailable())('jobs in Slurm', () => {
  let slurm: TestSlurm;
  beforeAll(async () => {
    slurm = await TestSlurm.start({
      ...{ hasAccounts: true, countsMemory: true, cores: 16, killWait: 5 },
      lines: ['PartitionName=closed Nodes=ALL State=DOWN'],
    });
  }, 60_000);
  afterAll(async () => {
    await slurm[Symbol.asyncDispose]();
  }, 30_000);

  describe.concurrent('with accounts', () => {
    it('go on when whoever waits for them is gone, and are found by who asks again, also after their end', async () => {
      await using here = await SlurmSite.start(slurm);
      const first = await here.backend();
      const job = here.job(`echo begun >> ${here.book}; while [ ! -e ${here.go} ]; do sleep 0.02; done; echo result`);
      const begun = Promise.withResolvers<void>();
      const waiting = first.run(job, never, { started: () => begun.resolve() });
      await begun.promise;
      await Promise.all([first.stop(), expect(waiting).rejects.toThrow('The backend stops.')]);
      const second = await here.backend();
      const found = second.run(job, never);
      await writeFile(here.go, '');
      expect(await found).toMatchObject({ exitCode: 0, log: 'result\n', backend: 'slurm' });
      const third = await here.backend();
      expect(await third.run(job, never)).toMatchObject({ exitCode: 0, log: 'result\n' });
      expect(await here.lines()).toEqual(['begun']);
      await third.forget(job);
      expect(await here.kept()).toEqual([]);
      expect(await third.run(job, never)).toMatchObject({ exitCode: 0 });
      expect(await here.lines()).toEqual(['begun', 'begun']);
    });

    it('tell what they print and answer while they run', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend();
      const heard: string[] = [];
      const hear = (...lines: string[]): void => {
        heard.push(...lines);
        if (heard.length >= 4) void writeFile(here.go, '');
      };
      const script = `echo one; echo a >> "$BATON_OUTPUT"; echo b >> "$BATON_OUTPUT"; while [ ! -e ${here.go} ]; do sleep 0.02; done`;
      const ended = await backend.run(here.job(script), never, {
        started: (host) => hear(`on ${host.length > 0}`),
        printed: (lines) => hear(...lines.map((line) => `printed ${line}`)),
        answered: (lines) => hear(...lines.map((line) => `answered ${line}`)),
      });
      expect(ended.answers).toEqual({ text: 'a\nb\n' });
      expect(heard[0]).toBe('on true');
      expect(heard.slice(1).sort()).toEqual(['answered a', 'answered b', 'printed one']);
    });

    it('that come together are one array, in which each has its own end', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend();
      const jobs = Array.from({ length: 12 }, (_, n) => here.job(`echo ${n}; exit ${n}`));
      const ended = await Promise.all(jobs.map(async (job) => await backend.run(job, never)));
      expect(ended.map(({ exitCode, log }) => [exitCode, log])).toEqual(jobs.map((_, n) => [n, `${n}\n`]));
      expect((await readdir(join(here.jobs, 'batches'))).length).toBeLessThan(4);
      await Promise.all(jobs.map(async (job) => await backend.forget(job)));
      expect(await here.kept()).toEqual([]);
      expect(await readdir(join(here.jobs, 'batches'))).toEqual([]);
    });

    it('that are handed over twice, at the same time and by two services, run once', async () => {
      await using here = await SlurmSite.start(slurm);
      const [one, other] = [await here.backend(), await here.backend()];
      const job = here.job(`echo begun >> ${here.book}; sleep 0.5`);
      const ended = await Promise.all([one, other].map(async (backend) => await backend.run(job, never)));
      expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(await here.lines()).toEqual(['begun']);
    });

    it('whose hand-over was taken, and its answer lost, are found by their name', async () => {
      await using here = await SlurmSite.start(slurm);
      // Slurm has it; then whoever asked is killed.
      const bin = await here.command('sbatch', '/usr/bin/sbatch "$@" > /dev/null; kill -KILL $$');
      const backend = await here.backend({ bin });
      const job = here.job(`echo begun >> ${here.book}; echo result`);
      expect(await backend.run(job, never)).toMatchObject({ exitCode: 0, log: 'result\n' });
      expect(await here.lines()).toEqual(['begun']);
    });

    it('of which Slurm has two, as a hand-over arrived late, run once', async () => {
      await using here = await SlurmSite.start(slurm);
      const script = `${here.folder}/script`;
      const twice = `cat > ${script}; /usr/bin/sbatch "$@" ${script} > /dev/null; exec /usr/bin/sbatch "$@" ${script}`;
      const backend = await here.backend({ bin: await here.command('sbatch', twice) });
      const job = here.job(`echo begun >> ${here.book}; sleep 1; echo result`);
      expect(await backend.run(job, never)).toMatchObject({ exitCode: 0, log: 'result\n' });
      expect(await here.lines()).toEqual(['begun']);
    });

    it('that run and wait end when they are cancelled; those that wait never begin', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend();
      const cancelling = new AbortController();
      const begun = Promise.withResolvers<void>();
      const script = 'trap "" TERM; setsid sleep 600 & sleep 600';
      const running = backend.run(here.job(script), cancelling.signal, { started: () => begun.resolve() });
      await begun.promise;
      const waits = Promise.withResolvers<string>();
      const waiting = Array.from({ length: 20 }, async () => {
        const job = here.job(`echo ran >> ${here.book}`, { cores: 16 });
        return await backend.run(job, cancelling.signal, {
          waits: (why) => void (/busy|before/.test(why) && waits.resolve(why)),
        });
      });
      expect(await waits.promise).toMatch(/\(Slurm: (?:Resources|Priority)\.\)$/);
      cancelling.abort(Object.assign(new Error('The run was cancelled.'), { code: 'cancelled' }));
      const ends = await Promise.allSettled([running, ...waiting]);
      expect(ends[0]).toMatchObject({ status: 'fulfilled', value: { signal: 'SIGKILL' } });
      expect(ends.slice(1).map(({ status }) => status)).toEqual(waiting.map(() => 'rejected'));
      expect(await here.programs()).toEqual([]);
      expect(await here.lines()).toEqual([]);
    });

    it('that nobody waits for any more are ended, whether they wait or run', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend();
      const job = here.job(`echo begun >> ${here.book}; sleep 600`);
      await backend.submit(job);
      while ((await here.lines()).length < 1) await turn(20);
      await backend.abandon(job);
      while ((await here.programs()).length > 0) await turn(20);
      await expect(backend.run(job, never)).rejects.toThrow('nobody waits for it any more');
    });

    it.each([
      ['TIMEOUT', { exceeded: 'time', cause: 'Slurm ended it, as its time in the cluster was over' }],
      ['OUT_OF_MEMORY', { exceeded: 'memory', cause: expect.stringContaining('more memory than it has') as string }],
      ['BOOT_FAIL', { isLost: true, cause: 'its node did not start, says Slurm' }],
    ])('that Slurm ended as %s are told so', async (state, told) => {
      await using here = await SlurmSite.start(slurm);
      const bin = await here.command('sacct', `/usr/bin/sacct "$@" | sed 's/CANCELLED by 0/${state}/'`);
      const backend = await here.backend({ bin });
      const begun = Promise.withResolvers<void>();
      const running = backend.run(here.job('echo up; sleep 600'), never, { printed: () => begun.resolve() });
      await begun.promise;
      await here.scancel();
      expect(await running).toMatchObject({ ...told, log: expect.stringContaining('up\n') as string });
    });

    it('that take more memory than they asked Slurm for are told so', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend();
      const hungry = 'const all = []; setInterval(() => all.push(Buffer.alloc(20e6, 1)), 100)';
      const resources = { cores: 1, memory: 100 * 1024 ** 2, gpus: 0 };
      const job: Job = { ...here.job(''), command: [process.execPath, '-e', hungry], resources };
      const cause = expect.stringContaining('more memory than it has') as string;
      expect(await backend.run(job, never)).toMatchObject({ exceeded: 'memory', cause });
    });

    it('that were cancelled in Slurm say so, before they begin and while they run', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend();
      const begun = Promise.withResolvers<void>();
      const script = 'trap "echo saved; exit 0" TERM; echo up; while :; do sleep 0.05; done';
      const running = backend.run(here.job(script), never, { printed: () => begun.resolve() });
      await begun.promise;
      await here.scancel();
      const cause = 'it was cancelled in Slurm by root';
      const saved = expect.stringContaining('saved\n') as string;
      expect(await running).toMatchObject({ exitCode: 0, log: saved, cause });
      const held = await here.backend({ partition: 'closed' });
      const waits = Promise.withResolvers<void>();
      const waiting = held.run(here.job('true'), never, { waits: () => waits.resolve() });
      await waits.promise;
      await here.scancel();
      await expect(waiting).rejects.toMatchObject({
        code: 'compute.not-run',
        message: expect.stringContaining(cause) as string,
      });
    });
  });
});
