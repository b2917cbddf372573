import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LocalBackend } from '../../src/compute/local.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Json } from '../../src/core/json.ts';
import { readRecipe } from '../../src/recipes/read.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import { substitute } from '../../src/recipes/substitute.ts';
import { recordResult } from '../../src/services/builtin/record-result.ts';
import { commandService } from '../../src/services/builtin/command/command.ts';
import type { LedgerRecord, StepRecord } from '../../src/services/record.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const folder = join(import.meta.dirname, '../../examples/command');

describe('the programs of examples/command', () => {
  it('checksum.sh is a step in shell: its answer goes on', async () => {
    await using files = await temporaryFolder();
    const file = join(files.path, 'a "file" with\ttabs\\.dat');
    await writeFile(file, 'abc');
    expect(await resultOf('checksum', { file })).toEqual({
      file,
      bytes: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  it('summary.py is a step in Python: it reads its message, and leaves a file as a result', async () => {
    await using files = await temporaryFolder();
    const file = join(files.path, 'numbers');
    await writeFile(file, '1\n2\n6\n');
    const found = await resultOf('summary', { file, directory: files.path });
    expect(found).toEqual({ count: 3, mean: 3, deviation: expect.closeTo(2.16, 2) as number });
    expect(JSON.parse(await readFile(join(files.path, 'summary.json'), 'utf8'))).toEqual(found);
  });

  it('print what they would send where there is no Baton', async () => {
    const { stdout } = await promisify(execFile)(join(folder, 'checksum.sh'), ['/dev/null']);
    expect(JSON.parse(stdout)).toMatchObject({ channel: 'result', payload: { file: '/dev/null', bytes: 0 } });
  });
});

describe('baton.sh', () => {
  it('writes any text as JSON', async () => {
    // Control characters are dropped, as arguments cannot hold all of them; so is the end of the last line.
    const text = fc.string({ unit: 'binary', maxLength: 20 }).map((any) => any.toWellFormed());
    const awkward = fc
      .array(fc.constantFrom('"', '\\', '\n', '\t', 'é', '$(id)', '`', "'", '%s', ''))
      .map((all) => all.join(''));
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, awkward), async (any) => {
        const kept = any.replaceAll('\0', '');
        const { stdout } = await promisify(execFile)('/bin/sh', [
          '-c',
          '. "$0/baton.sh"; baton_text "$1"',
          folder,
          kept,
        ]);
        // eslint-disable-next-line no-control-regex -- they are what is dropped
        expect(JSON.parse(stdout)).toBe(kept.replaceAll(/[\x00-\x08\x0b-\x1f]/g, '').replace(/\n$/, ''));
      }),
      { numRuns: 40 },
    );
  });
});

/** What the recipe of that name makes the result of its run, with the configuration beside it. */
async function resultOf(name: string, parameters: Record<string, string>): Promise<Json | undefined> {
  await using store = await temporaryFolder();
  const surroundings = { shippedRecipes: folder, workingFolder: store.path };
  const { programs } = await loadConfig(join(folder, 'baton.yaml'), {}, surroundings);
  const backends = (jobs: string): LocalBackend[] => [new LocalBackend({ folder: jobs })];
  const services = [commandService({ programs, concurrency: 1, backends }), recordResult];
  await using broker = await startEmbeddedBroker();
  await using site = await Site.start(broker.address(), services);
  const { recipe } = readRecipe(await readFile(join(folder, `${name}.json`), 'utf8'), name);
  await site.run(substitute(recipe as Recipe, { ...parameters, beamline: 'i99' }));
  const isEnd = (record: LedgerRecord): record is StepRecord =>
    record.kind === 'step' && (record.step === 2 || record.outcome === 'dead');
  const { outcome, cause, results } = await site.recorded(isEnd);
  expect({ outcome, cause }).toEqual({ outcome: 'done', cause: undefined });
  return results?.[0];
}
