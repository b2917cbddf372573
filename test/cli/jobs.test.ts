import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { JobsView, JobView } from '../../src/monitor/api.ts';
import { startBaton } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

it('baton jobs lists the programs that run and wait, of a run, a program or a state, and says why they wait', async () => {
  await using folder = await temporaryFolder();
  const recipes = join(folder.path, 'recipes');
  const go = join(folder.path, 'go');
  await mkdir(recipes);
  const recipe = { 1: { queue: 'programs', service: 'Command', parameters: { program: 'slow' } }, start: [[1, []]] };
  await writeFile(join(recipes, 'slow.json'), JSON.stringify(recipe));
  const fixed = ['-c', 'while [ ! -e "$1" ]; do sleep 0.05; done', 'slow', go];
  const config = {
    ...{ recipes, processes: { programs: ['command'] } },
    programs: { slow: { path: '/bin/sh', fixed, atOnce: 1 } },
    compute: { local: { cores: 2 } },
  };
  await using baton = await startBaton(undefined, { config });
  const listed = async (...options: readonly string[]): Promise<readonly JobView[]> => {
    const told = await baton.baton('jobs', '--json', ...options);
    expect(told.code, told.stderr).toBe(0);
    return told.json<JobsView & { readonly jobs: readonly JobView[] }>().jobs;
  };
  expect((await baton.baton('jobs')).stdout).toMatch(/^No jobs\.\n/);

  for (const run of ['first', 'second'])
    expect((await baton.baton('announce', 'slow', '--set', `guid=${run}`)).stdout).toContain('accepted');
  const isTold = async (): Promise<boolean> => {
    const { items } = (await (await fetch(`${baton.page}/api/jobs`)).json()) as JobsView;
    return items.length === 2 && items.some(({ why }) => why !== undefined);
  };
  while (!(await isTold())) await turn(100);
  const [running, waiting] = await listed();
  expect(running).toMatchObject({ state: 'running', program: 'slow', backend: 'local', host: hostname() });
  expect(waiting).toMatchObject({
    state: 'waiting',
    why: `As many of slow run on ${hostname()} as may (1, its atOnce).`,
  });
  const { run = '' } = waiting ?? {};
  expect(await listed('--run', run, '--program', 'slow', '--state', 'waiting')).toMatchObject([{ run }]);
  expect(await listed('--host', 'elsewhere')).toEqual([]);
  const { stdout } = await baton.baton('jobs', '--state', 'waiting');
  expect(stdout).toMatch(/^state +for +program +run +step +beamline +backend +takes +where, or why not\n/);
  expect(stdout).toMatch(/\nwaiting +\d+ (s|min) +slow +\S+ +1 +local +1 core +As many of slow run on /);

  const wrong = await baton.baton('jobs', '--state', 'done');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('unheard, ending, running, waiting')]);
  await writeFile(go, '');
}, 240_000);
