import { hostname } from 'node:os';
import { expect, it, describe } from 'vitest';
import { ProgramsAtWork } from './programs-at-work.ts';

const changing = { 'baton-request': 'test' };

describe('programs at work', () => {
  it('are shown where they run, since when, and why others wait; and are gone when they have ended', async () => {
    await using here = await ProgramsAtWork.open();
    await here.service(here.programs('xia2', 'fast_dp'));
    const before = Date.now();
    const run = await here.run('xia2', { resources: { cores: 2 } }, { beamline: 'i24', priority: 6 });
    const running = await here.job('xia2', ({ state }) => state === 'running');
    expect(running).toMatchObject({
      ...{ run, step: 1, attempt: 1, program: 'xia2', backend: 'local', beamline: 'i24', priority: 6 },
      ...{ cores: 2, host: hostname(), holder: 'mx-1.1' },
    });
    expect(running.asked).toBeGreaterThanOrEqual(before);
    expect(running.started).toBeGreaterThanOrEqual(running.asked);

    await here.run('fast_dp');
    const { why } = await here.job('fast_dp', (job) => job.why !== undefined);
    expect(why).toMatch(/^It takes 1 core, and 0 cores and [\d.]+ GB are free on /);
    const { counts, total, backends } = await here.until(
      ({ backends: [local] }) => local?.places?.[0]?.used?.cores === 2,
    );
    expect(total).toBe(2);
    expect(counts).toEqual(
      expect.arrayContaining([
        { backend: 'local', host: hostname(), program: 'xia2', state: 'running', jobs: 1 },
        { backend: 'local', program: 'fast_dp', state: 'waiting', jobs: 1 },
      ]),
    );
    expect(backends).toMatchObject([{ name: 'local', places: [{ cores: 2, running: 1, isDraining: false }] }]);

    await here.letGo('xia2');
    await here.job('fast_dp', ({ state }) => state === 'running');
    expect(await here.jobs('?program=xia2')).toMatchObject({ items: [], total: 0 });
    const { text } = await here.site.get('/metrics');
    expect(text).toMatch(/^baton_jobs\{backend="local",program="fast_dp",state="running"\} 1$/m);
    expect(text).toMatch(/^baton_jobs_ended_total\{backend="local",program="xia2",end="success"\} 1$/m);
    await here.letGo('fast_dp');
    await here.until((view) => view.total === 0);
  });

  it('say that as many of their program, or of their beamline, run as may, and that others are before them', async () => {
    await using here = await ProgramsAtWork.open();
    const { xia2, ...others } = here.programs('xia2', 'fast_dp', 'large', 'small');
    const programs = { ...others, ...(xia2 ? { xia2: { ...xia2, atOnce: 1 } } : {}) };
    await here.service(programs, { cores: 4, perBeamline: 1 });
    await here.run('xia2');
    await here.job('xia2', ({ state }) => state === 'running');
    await here.run('xia2');
    await here.job('xia2', (job) => job.why === `As many of xia2 run on ${hostname()} as may (1, its atOnce).`);
    await here.run('fast_dp', {}, { beamline: 'i24' });
    await here.job('fast_dp', ({ state }) => state === 'running');
    await here.run('fast_dp', {}, { beamline: 'i24' });
    await here.job('fast_dp', ({ why = '' }) => why.startsWith('As many programs of i24 run on '));
    await here.run('large', { resources: { cores: 4 } });
    await here.job('large', ({ why = '' }) => why.startsWith('It takes 4 cores, and 2 cores '));
    await here.run('small');
    await here.job('small', ({ why }) => why === `Others are before it on ${hostname()}.`);
    for (const program of Object.keys(programs)) await here.letGo(program);
    await here.until(({ total }) => total === 0);
  });

  it('whose run is cancelled are told as being ended until they have', async () => {
    await using here = await ProgramsAtWork.open();
    const script = 'trap "" TERM; while :; do sleep 0.1; done';
    await here.service({ stubborn: { path: '/bin/sh', fixed: ['-c', script] } });
    const run = await here.run('stubborn');
    await here.job('stubborn', ({ state }) => state === 'running');
    const body = { reason: 'the wrong sample' };
    expect((await here.site.send('POST', `/api/runs/${run}/cancel`, body, changing)).status).toBe(200);
    const ending = await here.job('stubborn', ({ state }) => state === 'ending');
    expect(ending.ending).toBeGreaterThanOrEqual(ending.started ?? Infinity);
    await here.until(({ total }) => total === 0);
    expect((await here.site.get('/metrics')).text).toMatch(/program="stubborn",end="cancelled"\} 1$/m);
  });

  it('of a service that has ended are not shown any more', async () => {
    await using here = await ProgramsAtWork.open();
    const programs = here.programs('xia2');
    const first = await here.service(programs);
    await here.run('xia2');
    await here.job('xia2', ({ state }) => state === 'running');
    await first.stop(true);
    await here.until(({ total, holders }) => total === 0 && holders.length === 0);
  });
});
