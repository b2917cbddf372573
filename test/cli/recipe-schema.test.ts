import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { recipeSchema } from '../../src/recipes/schema.ts';
import { builtinServices } from '../../src/services/builtin/builtin.ts';
import { run } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const checkout = resolve(import.meta.dirname, '../..');
const schema = JSON.parse(JSON.stringify(recipeSchema(builtinServices))) as unknown;

async function baton(...args: readonly string[]): ReturnType<typeof run> {
  return await run(process.execPath, [join(checkout, 'src/cli/main.ts'), 'recipe', 'schema', ...args]);
}

it('baton recipe schema writes the schema with the services installed, to a file or to standard output', async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, 'recipe.schema.json');
  expect((await baton('--out', out)).stdout).toBe(`The schema of recipes is in ${out}.\n`);
  expect(JSON.parse(await readFile(out, 'utf8'))).toEqual(schema);
  expect(JSON.parse((await baton()).stdout)).toEqual(schema);
});

it('the settings for VS Code that the documents show are those of the examples', async () => {
  const shown = /```json settings\n(.*?)```/s.exec(await readFile(join(checkout, 'docs/recipes.md'), 'utf8'))?.[1];
  expect(shown).toBe(await readFile(join(checkout, 'examples/vscode/settings.json'), 'utf8'));
});
