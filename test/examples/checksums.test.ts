import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import checksum from '../../examples/checksums/checksum.ts';
import manifest from '../../examples/checksums/manifest.ts';
import { readRecipe } from '../../src/recipes/read.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import { substitute } from '../../src/recipes/substitute.ts';
import { validateRecipe } from '../../src/recipes/validate.ts';
import { fileWatch } from '../../src/services/builtin/file-watch/file-watch.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const services = [fileWatch, checksum, manifest];

describe('the checksums of examples/', () => {
  it('are written to a manifest once all files have come', async () => {
    await using folder = await temporaryFolder();
    const files = ['a.dat', 'b.dat', 'c.dat'].map((name) => join(folder.path, name));
    for (const file of files.slice(0, 2)) await writeFile(file, file);
    await using broker = await startEmbeddedBroker();
    await using site = await Site.start(broker.address(), services);
    await site.run(await recipeFor(files, join(folder.path, 'SHA256SUMS')));
    await site.settled(2, 'done', 2);
    await writeFile(files[2] ?? '', 'the last');
    const [, , last] = await site.settled(3, 'joined', 3);
    expect(last?.results).toEqual([{ manifest: join(folder.path, 'SHA256SUMS'), files: 3 }]);
    const { stdout } = await promisify(execFile)('sha256sum', ['--check', 'SHA256SUMS'], { cwd: folder.path });
    expect(stdout.trim().split('\n')).toEqual(files.map((file) => `${file}: OK`));
  });

  it('wait for a file that is not there yet, and give up after so many looks', async () => {
    await using broker = await startEmbeddedBroker();
    await using site = await Site.start(broker.address(), services);
    const step = { queue: 'checksum', parameters: { looks: '1' } };
    await site.run({ 1: step, start: [[1, { file: '/nowhere/at/all' }]] });
    const [put] = await site.settled(1, 'later');
    expect(put?.cause?.message).toBe('waits for /nowhere/at/all');
    const [dead] = await site.settled(1, 'dead');
    expect(dead).toMatchObject({ attempt: 1, deferral: 1, cause: { code: 'missing' } });
  });
});

/** The example's recipe, filled in as for an announcement. */
async function recipeFor(files: readonly string[], manifestFile: string): Promise<Recipe> {
  const text = await readFile(new URL('../../examples/checksums/checksums.json', import.meta.url), 'utf8');
  const { recipe } = readRecipe(text, 'checksums.json');
  validateRecipe(recipe);
  return substitute(recipe, { files, number_of_files: files.length, manifest: manifestFile });
}
