import { describe, expect, it } from 'vitest';
import { isClean, runChaos, type ChaosOptions } from '../../chaos/run.ts';
import { activemqAvailable } from '../fixtures/activemq.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** Another pattern of kills each time; what fails tells its seed, for `npm run chaos -- --seed N`. */
const seed = Date.now() % 1_000_000;

async function expectNothingLost(options: Omit<ChaosOptions, 'folder' | 'seed'>): Promise<void> {
  await using folder = await temporaryFolder();
  const report = await runChaos({ ...options, seed, folder: folder.path });
  expect(isClean(report) ? {} : report).toEqual({});
  expect(report).toMatchObject({ kills: options.kills });
}

describe('a Baton whose processes are killed at random', () => {
  it('loses nothing and does nothing twice', { timeout: 180_000 }, async () => {
    await expectNothingLost({ broker: 'embedded', messages: 240, kills: 8, pauses: 0 });
  });
});

requireOrSkip('ActiveMQ', activemqAvailable())('a Baton on ActiveMQ whose processes are killed at random', () => {
  it('loses nothing and does nothing twice', { timeout: 180_000 }, async () => {
    await expectNothingLost({ broker: 'activemq', messages: 120, kills: 5, pauses: 0 });
  });
});
