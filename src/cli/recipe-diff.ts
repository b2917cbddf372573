import type { Command } from 'commander';
import type { Json } from '../core/json.ts';
import { diffRecipes, type Difference } from '../recipes/diff.ts';
import { placeInWords } from '../recipes/problem.ts';
import { colours } from './colours.ts';
import { configOf } from './options.ts';
import { exitCodes, output } from './output.ts';
import { recipeNamed } from './recipe-files.ts';
import { givenParameters, instantiated, withParameters, type ParameterOptions } from './recipe-show.ts';

/** `baton recipe diff`: exits 1 when the recipes mean different things. */
export function diffCommand(recipe: Command): void {
  const command = recipe.command('diff');
  withParameters(command.argument('<a>', 'a recipe, by name or as a .json file').argument('<b>', 'another'))
    .description('tell in what two recipes differ, by meaning: layout, order of keys and numbers of steps do not count')
    .action(async (a: string, b: string, options: ParameterOptions) => {
      const config = await configOf(options);
      const parameters = await givenParameters(options);
      const [before, after] = await Promise.all(
        [a, b].map(async (name) => instantiated(await recipeNamed(name, config), parameters)),
      );
      const differences = before && after ? diffRecipes(before, after) : [];
      const isSame = differences.every(({ kind }) => kind === 'renumbered');
      output(options.json === true).result({ same: isSame, differences }, () => [
        ...differences.map(line),
        ...(isSame ? ['The recipes mean the same.'] : []),
      ]);
      if (!isSame) process.exitCode = exitCodes.failed;
    });
}

function line(difference: Difference): string {
  switch (difference.kind) {
    case 'added':
      return colours.green(`+ step ${difference.step}: ${brief(difference.content)}`);
    case 'removed':
      return colours.red(`- step ${difference.step}: ${brief(difference.content)}`);
    case 'renumbered':
      return colours.dim(`  step ${difference.step} is now step ${difference.to}`);
    case 'changed': {
      const { path, before, after } = difference;
      return `${colours.yellow('~')} ${placeInWords(path)}: ${brief(before)} → ${brief(after)}`;
    }
  }
}

function brief(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
