import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { documents as written } from '../../scripts/documents.ts';
import { loadConfig } from '../../src/config/load.ts';
import { placed } from '../../src/monitor/interface/operation.ts';
import { operations } from '../../src/monitor/interface/operations.ts';
import { parseRules } from '../../src/dispatcher/rules.ts';
import { Linter } from '../../src/recipes/lint/linter.ts';
import { readRecipe } from '../../src/recipes/read.ts';
import { validateRecipe } from '../../src/recipes/validate.ts';
import { builtinServices } from '../../src/services/builtin/builtin.ts';
import type { Program } from '../../src/services/builtin/command/program.ts';
import { isObject } from '../../src/core/json.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { writeFile } from 'node:fs/promises';
import { blocksIn } from './blocks.ts';
import { checkout, read } from './documents.ts';

it.each(written)('$path is what `npm run docs` writes from the source', async ({ path, text }) => {
  expect(read(path)).toBe(await text());
});

describe('docs/configuration.md', () => {
  it('shows a configuration that is valid', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'baton.yaml');
    await writeFile(file, blockOf('docs/configuration.md', 'yaml'));
    const config = await loadConfig(file, {}, { shippedRecipes: '/recipes', workingFolder: folder.path });
    expect(Object.keys(config.processes)).toEqual(['light', 'analysis']);
  });
});

describe('docs/rules.md', () => {
  it('shows rules that are valid', () => {
    expect(parseRules(blockOf('docs/rules.md', 'yaml'), 'rules.md')).not.toEqual([]);
  });
});

describe('docs/recipes.md', () => {
  const recipes = blocksIn(read('docs/recipes.md')).filter(({ marks }) => marks.includes('recipe'));

  it.each(recipes)('shows a recipe that is valid, in line $line', ({ text }) => {
    const { recipe, findings } = readRecipe(text, 'recipes.md');
    validateRecipe(recipe);
    expect(findings).toEqual([]);
  });
});

describe('docs/programs.md', () => {
  it('shows a step that there is nothing to say about at a site whose programs are those shown', async () => {
    await using folder = await temporaryFolder();
    const programs: Record<string, Program> = {};
    for (const text of blocksOf('docs/programs.md', 'yaml')) {
      const file = join(folder.path, 'baton.yaml');
      await writeFile(file, text);
      const config = await loadConfig(file, {}, { shippedRecipes: '/recipes', workingFolder: folder.path });
      Object.assign(programs, config.programs);
    }
    const { services, readers } = { services: builtinServices, readers: new Set(['programs', 'record_result']) };
    const linter = new Linter({ services, readers, programs, source: 'configuration' });
    const [shown] = blocksIn(read('docs/programs.md')).filter(({ language }) => language === 'json');
    expect(linter.lint(shown?.text ?? '', 'programs.md')).toEqual([]);
  });
});

describe('docs/services.md', () => {
  it.each(['checksum.ts', 'manifest.ts'])('shows examples/checksums/%s as it is', (name) => {
    const shown = blocksIn(read('docs/services.md')).map(({ text }) => text);
    expect(shown).toContain(read(`examples/checksums/${name}`));
  });

  it.each(builtinServices)('names all parameters and channels of $name', ({ name, queue, parameters, channels }) => {
    const section = sectionOf('docs/services.md', `### \`${name}\``);
    const { properties } = parameters;
    const words = [queue, ...Object.keys(isObject(properties) ? properties : {}), ...Object.keys(channels)];
    expect(words.filter((word) => !section.includes(`\`${word}\``))).toEqual([]);
  });
});

describe('docs/services.md', () => {
  it.each(['ServiceOptions', 'StepInput', 'Tools', 'Surroundings'])('names everything in %s', (name) => {
    const document = read('docs/services.md');
    const properties = propertiesIn('src/services/service.ts', name);
    expect(properties.filter((property) => !document.includes(`\`${property}\``))).toEqual([]);
  });
});

describe('docs/monitor.md', () => {
  const document = read('docs/monitor.md');

  it('names everything that is answered', () => {
    const names = ['src/monitor/api.ts', 'src/ledger/views.ts'].flatMap((path) => propertiesIn(path));
    expect(names.filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
  });

  it('names everything that can be asked for and done under /api, and nothing else', () => {
    const described = placed(operations).map(({ method, path }) => `${method} ${path}`);
    const served = described.map((each) =>
      each.replace('{run}', 'ID').replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase()),
    );
    const named = Array.from(document.matchAll(/^\| `([A-Z]+ \/api\/[^`]+)`/gm), ([, each]) => each);
    expect(named.sort()).toEqual(served.filter((each) => each.includes('/api/')).sort());
  });
});

describe('docs/architecture.md', () => {
  it('names every folder of the source', () => {
    const folders = readdirSync(join(checkout, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const document = read('docs/architecture.md');
    const missing = folders.filter(({ name }) => !document.includes(`\`src/${name}\``));
    expect(missing.filter(({ name }) => readdirSync(join(checkout, 'src', name)).length > 0)).toEqual([]);
  });
});

/** The one block in that language. */
function blockOf(path: string, language: string): string {
  const blocks = blocksOf(path, language);
  expect(blocks).toHaveLength(1);
  return blocks[0] ?? '';
}

function blocksOf(path: string, language: string): readonly string[] {
  return blocksIn(read(path))
    .filter((block) => block.language === language)
    .map(({ text }) => text);
}

/** A section of a document, from its heading to the next of the same rank. */
function sectionOf(path: string, heading: string): string {
  const text = read(path);
  const start = text.indexOf(`\n${heading}\n`);
  expect(start, `${path} has no section ${heading}`).toBeGreaterThan(0);
  const rank = heading.split(' ')[0] ?? '';
  const end = text.indexOf(`\n${rank} `, start + heading.length);
  return text.slice(start, end < 0 ? undefined : end);
}

/** The names of all properties of the interfaces and types that a file declares, or of one of them. */
function propertiesIn(path: string, declaration?: string): string[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node)) names.add(node.name.getText());
    ts.forEachChild(node, visit);
  };
  for (const statement of source.statements) {
    const isWanted = ts.isInterfaceDeclaration(statement) && statement.name.text === declaration;
    if (declaration === undefined || isWanted) visit(statement);
  }
  return [...names];
}
