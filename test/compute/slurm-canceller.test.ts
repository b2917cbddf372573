import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Canceller } from '../../src/compute/slurm/canceller.ts';
import { SlurmTools } from '../../src/compute/slurm/tools.ts';
import { silent } from '../../src/core/log.ts';
import { temporaryFolder, type TemporaryFolder } from '../fixtures/temporary-folder.ts';

it('tells a controller again that was away what is to end, and one that is there once', async () => {
  await using folder = await temporaryFolder();
  const told = await scancelIn(folder, 'scancel: error: Unable to contact slurm controller (connect failure)');
  const canceller = new Canceller(new SlurmTools({ bin: folder.path }), silent);
  await Promise.all(['12_3', '12_5', '14'].map(async (name) => canceller.cancel(name)));
  await expect.poll(told, { timeout: 20_000 }).toEqual(['12_[3,5] 14', '12_[3,5] 14']);
  await canceller.cancel('15');
  expect(await told()).toEqual(['12_[3,5] 14', '12_[3,5] 14', '15']);
  canceller.stop();
}, 30_000);

it('leaves it at that where jobs are over', async () => {
  await using folder = await temporaryFolder();
  const told = await scancelIn(folder, 'scancel: error: Kill job error on job id 14: Invalid job id specified');
  const canceller = new Canceller(new SlurmTools({ bin: folder.path }), silent);
  await canceller.cancel('14');
  await canceller.cancel('15');
  expect(await told()).toEqual(['14', '15']);
  canceller.stop();
});

/** A `scancel` that complains the first time; what it was told. */
async function scancelIn({ path }: TemporaryFolder, complaint: string): Promise<() => Promise<readonly string[]>> {
  const [book, script] = [join(path, 'told'), join(path, 'scancel')];
  const lines = [`echo "$*" >> ${book}`, `[ -e ${book}.1 ] && exit 0`, `touch ${book}.1`, `echo "${complaint}" >&2`];
  await writeFile(script, ['#!/bin/sh', ...lines, 'exit 1', ''].join('\n'), { mode: 0o755 });
  return async () => (await readFile(book, 'utf8')).trim().split('\n');
}
