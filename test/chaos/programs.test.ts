import { expect, it } from 'vitest';
import { runProgramChaos, type ProgramChaosOptions } from '../../chaos/programs/run.ts';
import { redisAvailable } from '../fixtures/redis.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** Another pattern of kills each time; what fails tells its seed, for `npm run chaos -- --programs … --seed N`. */
const seed = Date.now() % 1_000_000;

async function chaos(programs: ProgramChaosOptions['programs']): Promise<void> {
  await using folder = await temporaryFolder();
  const options = { programs, broker: 'embedded', fsync: 'always', messages: 80, kills: 4, seed } as const;
  const { findings, histories, kills, jobs } = await runProgramChaos({
    ...options,
    folder: folder.path,
    progress: () => undefined,
  });
  expect({ seed, findings, histories, kills }).toEqual({ seed, findings: [], histories: {}, kills: 4 });
  expect(jobs).toBe(16);
}

it('programs end once each, and leave nothing, whoever is killed', { timeout: 300_000, retry: 0 }, async () => {
  await chaos('local');
});

requireOrSkip('Redis', redisAvailable())('programs on hosts with a worker', () => {
  it('end once each, and leave nothing, whoever is killed', { timeout: 300_000, retry: 0 }, async () => {
    await chaos('bullmq');
  });
});
