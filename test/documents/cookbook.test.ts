import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Linter } from '../../src/recipes/lint/linter.ts';
import { builtinServices } from '../../src/services/builtin/builtin.ts';
import { run } from '../fixtures/baton.ts';
import { blocksIn } from './blocks.ts';
import { checkout, read } from './documents.ts';

const folder = 'examples/cookbook';
const names = readdirSync(join(checkout, folder)).flatMap((file) => /^(.*)\.json$/.exec(file)?.[1] ?? []);
const blocks = blocksIn(read('docs/cookbook.md')).filter(({ marks }) => marks.includes('recipe'));

describe('docs/cookbook.md', () => {
  it.each(names)('shows the recipe %s as it is', (name) => {
    const shown = blocks.filter(({ marks }) => marks.includes(name)).map(({ text }) => text);
    expect(shown).toEqual([read(`${folder}/${name}.json`)]);
  });

  it.each(names)('shows in %s a recipe that there is nothing to say about', (name) => {
    const readers = new Set(builtinServices.map(({ queue }) => queue));
    const linter = new Linter({ services: builtinServices, readers, source: 'configuration' });
    expect(linter.lint(read(`${folder}/${name}.json`), name)).toEqual([]);
  });

  it('has a test for each recipe, and all pass', async () => {
    const config = join(checkout, folder, 'baton.yaml');
    const main = join(checkout, 'src/cli/main.ts');
    const ended = await run(process.execPath, [main, 'recipe', 'test', '--config', config, '--json']);
    const { tests } = ended.json<{ tests: { name: string; problems: string[] }[] }>();
    expect(tests.filter(({ problems }) => problems.length > 0)).toEqual([]);
    expect(tests).toHaveLength(names.length);
  });
});
