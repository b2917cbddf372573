import type { Command } from 'commander';
import type { Json } from '../core/json.ts';
import type { RunRecipe } from '../monitor/api.ts';
import { compareRecipes, type Comparison, type Difference } from '../recipes/diff.ts';
import { placeInWords } from '../recipes/problem.ts';
import { colours } from './colours.ts';
import { usage } from './errors.ts';
import { configOf } from './options.ts';
import { exitCodes, output } from './output.ts';
import { recipeNamed } from './recipe-files.ts';
import { givenParameters, instantiated, withParameters, type ParameterOptions } from './recipe-show.ts';
import { keptSources, sourceNamed, storedRecipe, withRun, type StoredOptions } from './stored-recipe.ts';

interface DiffOptions extends ParameterOptions, StoredOptions {}

/** `baton recipe diff`: exits 1 when the recipes mean different things. */
export function diffCommand(recipe: Command): void {
  const command = recipe
    .command('diff')
    .argument('[a]', 'a recipe, by name or as a .json file')
    .argument('[b]', 'another');
  withRun(withParameters(command))
    .description(
      'tell in what two recipes differ, or that of a run from the file as it is now, by meaning: layout, order of keys and numbers of steps do not count',
    )
    .action(async (a: string | undefined, b: string | undefined, options: DiffOptions) => {
      const compared =
        options.run === undefined
          ? [await ofFiles(a, b, options)]
          : await withStored(await storedRecipe(options.run, options), a, b, options);
      tell(compared, options);
    });
}

async function ofFiles(a: string | undefined, b: string | undefined, options: DiffOptions): Promise<Comparison> {
  if (a === undefined || b === undefined) throw usage({ problem: 'Expected two recipes, or a run with --run' });
  const config = await configOf(options);
  const parameters = await givenParameters(options);
  return compareRecipes(
    b,
    instantiated(await recipeNamed(a, config), parameters),
    instantiated(await recipeNamed(b, config), parameters),
  );
}

/** What the run was made from, each with the file of its name, or the one with that which is named. Nothing is filled in: the parameters are the same. */
async function withStored(
  stored: RunRecipe,
  a: string | undefined,
  b: string | undefined,
  options: DiffOptions,
): Promise<Comparison[]> {
  if (b !== undefined) throw usage({ problem: 'With --run, expected one recipe to compare with, or none' });
  if (options.set.length > 0 || options.announcement !== undefined)
    throw usage({ problem: 'With --run nothing is filled in: --set and --announcement do not go with it' });
  const config = await configOf(options);
  const sources = keptSources(stored);
  // A file that is named may be that of one of several, or stand for the only one.
  const chosen = a === undefined || sources.length === 1 ? sources : [sourceNamed(a, sources)];
  return await Promise.all(
    chosen.map(async ({ name, text }) => {
      const before = instantiated({ file: `${name} of ${stored.run}`, text }, undefined);
      const file = a ?? name;
      return compareRecipes(file, before, instantiated(await recipeNamed(file, config), undefined));
    }),
  );
}

function tell(compared: readonly Comparison[], { json, run }: DiffOptions): void {
  const same = compared.every((one) => one.same);
  const differences = compared.flatMap((one) => one.differences);
  const value = run === undefined ? { same, differences } : { same, recipes: compared };
  output(json === true).result(value, () => [
    ...compared.flatMap((one) => [
      ...(compared.length > 1 && one.differences.length > 0 ? [colours.bold(one.name)] : []),
      ...one.differences.map(line),
    ]),
    ...(same ? ['The recipes mean the same.'] : []),
  ]);
  if (!same) process.exitCode = exitCodes.failed;
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
