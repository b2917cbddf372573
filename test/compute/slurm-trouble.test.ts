import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ended } from '../../src/compute/backend.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { slurmAvailable, TestSlurm } from '../fixtures/slurm.ts';
import { SlurmSite } from './slurm-site.ts';

const never = new AbortController().signal;
const [node = ''] = hostname().split('.');

requireOrSkip('Slurm', slurmAvailable())('a Slurm without accounts', () => {
  let slurm: TestSlurm;
  beforeAll(async () => {
    slurm = await TestSlurm.start({
      killWait: 5,
      lines: [
        ...['PreemptType=preempt/partition_prio', 'PreemptMode=REQUEUE'],
        'PartitionName=low Nodes=ALL PriorityTier=1 PreemptMode=REQUEUE',
        'PartitionName=high Nodes=ALL PriorityTier=10 PreemptMode=OFF',
      ],
    });
  }, 60_000);
  afterAll(async () => {
    await slurm[Symbol.asyncDispose]();
  }, 30_000);

  describe.concurrent('loses a job', () => {
    it('that stood still, and comes back when it is taken for lost: it ends there, and delivers nothing', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend();
      const up = Promise.withResolvers<void>();
      const job = here.job(`echo up; while [ ! -e ${here.go} ]; do sleep 0.05; done; echo late`);
      const running = backend.run(job, never, { printed: () => up.resolve() });
      await up.promise;
      const keepers = await here.keepers();
      for (const pid of keepers) process.kill(pid, 'SIGSTOP');
      const from = performance.now();
      const cause = 'nothing was heard of it for 20 s; Slurm calls it RUNNING';
      expect(await running).toMatchObject({ isLost: true, log: 'up\n', cause });
      expect(performance.now() - from).toBeLessThan(30_000);
      for (const pid of keepers) process.kill(pid, 'SIGCONT');
      await writeFile(here.go, '');
      while ((await here.programs()).length > 0) await turn(20);
      expect(await backend.run(job, never)).toMatchObject({ isLost: true, log: 'up\n' });
    }, 60_000);

    it('whose keeper was killed on the node, with all that it started', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend();
      const up = Promise.withResolvers<void>();
      const script = 'setsid sleep 600 & echo up; sleep 600';
      const running = backend.run(here.job(script), never, { printed: () => up.resolve() });
      await up.promise;
      for (const pid of await here.keepers()) process.kill(pid, 'SIGKILL');
      const cause = expect.stringContaining('ended without a word (Slurm: FAILED)') as string;
      expect(await running).toMatchObject({ isLost: true, log: 'up\n', cause });
      while ((await here.programs()).length > 0) await turn(20);
    });

    it('that cannot begin on the node, and says what that said', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend({ node: '/nowhere/node' });
      await expect(backend.run(here.job('true'), never)).rejects.toMatchObject({
        code: 'compute.not-run',
        message: expect.stringContaining('/nowhere/node') as string,
      });
    });

    it('that Slurm refuses, in the words of Slurm', async () => {
      await using here = await SlurmSite.start(slurm);
      const backend = await here.backend({ partition: 'nowhere' });
      await expect(backend.run(here.job('true'), never)).rejects.toMatchObject({
        code: 'compute.slurm-refused',
        message: expect.stringContaining('nvalid partition') as string,
      });
    });
  });

  it('runs a job again that it puts back in its queue: with what the second life says, and nothing twice', async () => {
    let again = await putBack(slurm);
    // On a host with much to do Slurm itself may take the end of the first life for that of the job: then there is no second.
    for (let tries = 1; tries < 4 && again.ended.cause?.includes('(Slurm: FAILED)'); tries += 1)
      again = await putBack(slurm);
    const { ended, told } = again;
    expect(ended.cause).toBeUndefined();
    expect(ended).toMatchObject({ exitCode: 0, log: 'second\n', answers: { text: '{"n": 1}\n{"n": 2}\n' } });
    expect(told).toEqual(['{"n": 1}', '{"n": 2}']);
  }, 90_000);

  it('takes the place of a job away for a more urgent one', async () => {
    await using here = await SlurmSite.start(slurm);
    const low = await here.backend({ partition: 'low' });
    const high = await here.backend({ partition: 'high' });
    const up = Promise.withResolvers<void>();
    const large = here.job('echo up; sleep 600', { cores: 2 });
    const running = low.run(large, never, { printed: () => up.resolve() });
    await up.promise;
    const urgent = await high.run(here.job('echo urgent', { cores: 2 }), never);
    expect(urgent).toMatchObject({ exitCode: 0 });
    expect(await running).toMatchObject({ isLost: true, cause: expect.stringContaining('preempted') as string });
  }, 40_000);

  it('is killed, and comes back: no job is lost or doubled', async () => {
    await using here = await SlurmSite.start(slurm);
    const backend = await here.backend();
    const script = `echo begun >> ${here.book}; while [ ! -e ${here.go} ]; do sleep 0.05; done`;
    const jobs = Array.from({ length: 4 }, () => here.job(script));
    const ended = jobs.map(async (job) => await backend.run(job, never));
    while ((await here.lines()).length < 2) await turn(20);
    await slurm.saves();
    await slurm.kill('slurmctld');
    const waits = Promise.withResolvers<string>();
    const late = backend.run(here.job(script), never, { waits: (why) => waits.resolve(why) });
    expect(await waits.promise).toContain('Slurm does not take it now: ');
    await writeFile(here.go, '');
    await slurm.begin('slurmctld');
    expect((await Promise.all([...ended, late])).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
    expect(await here.lines()).toHaveLength(5);
  }, 60_000);

  // The last: then there is no node.
  it('loses its node: what ran there is lost, and ends there', async () => {
    await using here = await SlurmSite.start(slurm);
    const backend = await here.backend();
    const up = Promise.withResolvers<void>();
    const running = backend.run(here.job('echo up; sleep 600'), never, { printed: () => up.resolve() });
    await up.promise;
    await slurm.kill('slurmd');
    await slurm.run('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
    expect(await running).toMatchObject({
      isLost: true,
      host: hostname(),
      log: 'up\n',
      cause: 'its node failed, says Slurm',
    });
    while ((await here.programs()).length > 0) await turn(20);
    expect(await readFile(here.book, 'utf8').catch(() => 'nothing')).toBe('nothing');
  });
});

/** Runs a job that Slurm puts back in its queue while it runs: how it ended, and the answers that were told meanwhile. */
async function putBack(slurm: TestSlurm): Promise<{ readonly ended: Ended; readonly told: readonly string[] }> {
  await using here = await SlurmSite.start(slurm);
  const backend = await here.backend({ requeue: true });
  const told: string[] = [];
  const up = Promise.withResolvers<void>();
  const first = `echo first; touch ${here.go}; trap "exit 0" TERM; while :; do sleep 0.05; done`;
  const answers = (n: number): string => `echo '{"n": ${n}}' >> "$BATON_OUTPUT"`;
  const script = `${answers(1)}; if [ ! -e ${here.go} ]; then ${first}; fi; ${answers(2)}; echo second; sleep 2`;
  const running = backend.run(here.job(script), never, {
    printed: () => up.resolve(),
    answered: (lines) => void told.push(...lines),
  });
  await up.promise;
  const [number = ''] = await here.numbers();
  await slurm.run('scontrol', 'requeue', number);
  // Slurm lets it wait for two minutes.
  const begins = async (): Promise<unknown> =>
    await slurm.run('scontrol', 'update', `JobId=${number}`, 'StartTime=now').catch(() => undefined);
  const again = setInterval(() => void begins(), 500);
  const ended = await running.finally(() => clearInterval(again));
  return { ended, told };
}
