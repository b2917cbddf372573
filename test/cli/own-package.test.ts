import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const knownServices = resolve(import.meta.dirname, '../../src/cli/known-services.ts');

it("a site's module imports baton-supervisor wherever it lies, and means the Baton that runs it", async () => {
  await using site = await temporaryFolder();
  const module = join(site.path, 'mine.mts');
  await writeFile(
    module,
    `import { defineService, done } from 'baton-supervisor';
    export const mine = defineService({
      name: 'mine', description: 'My own', queue: 'mine', parameters: { type: 'object' }, channels: {},
      process: async () => done(),
    });`,
  );
  const script = `import { knownServices } from ${JSON.stringify(knownServices)};
    console.log((await knownServices({ modules: [${JSON.stringify(module)}], programs: {}, compute: { local: {} } })).at(-1).name);`;
  expect(await run(process.execPath, ['--input-type=module', '--eval', script])).toMatchObject({ stdout: 'mine\n' });
});
