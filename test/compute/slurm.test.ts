import { afterAll, beforeAll, describe } from 'vitest';
import { SlurmBackend } from '../../src/compute/slurm/backend.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { slurmAvailable, TestSlurm } from '../fixtures/slurm.ts';
import { exerciseBackend } from './backend.ts';

requireOrSkip('Slurm', slurmAvailable())('the backend slurm', () => {
  let slurm: TestSlurm;
  beforeAll(async () => {
    slurm = await TestSlurm.start();
  }, 60_000);
  afterAll(async () => {
    await slurm[Symbol.asyncDispose]();
  }, 30_000);

  describe('with this host as its node', () => {
    exerciseBackend(async (folder) => {
      const { conf } = slurm;
      const plain = { labels: {}, reprocessing: { nice: 100 }, requeue: false, poll: 0.1 };
      const backend = new SlurmBackend({ ...plain, folder, conf });
      await backend.start();
      return backend;
    });
  });
});
