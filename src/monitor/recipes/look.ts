import { BatonError } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { diffRecipes, type Difference } from '../../recipes/diff.ts';
import type { Finding } from '../../recipes/finding.ts';
import type { Linter } from '../../recipes/lint/linter.ts';
import { readRecipe } from '../../recipes/read.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import { substitute } from '../../recipes/substitute.ts';
import { placeInWords } from '../../recipes/problem.ts';
import { validateRecipe } from '../../recipes/validate.ts';
import type { RecipeChange } from './views.ts';

/** What is to be looked at: a text, and with parameters what becomes of it with them, too. */
export interface LookRequest {
  readonly text: string;
  readonly parameters?: JsonObject;
  /** Another text, from which the changes are told. */
  readonly before?: string;
}

/** What was found in a text that is to be a recipe. */
export interface Look {
  readonly findings: readonly Finding[];
  /** Findings that there are beside these. */
  readonly more: number;
  /** As it is read, for pictures; absent where it cannot be. */
  readonly recipe?: JsonObject;
  /** With the parameters filled in; absent where it could not be run with them. */
  readonly filled?: JsonObject;
  /** Why it could not be run. */
  readonly refusal?: string;
  /** In what it means something else than the text before; absent where one of the two is no recipe. */
  readonly changes?: readonly RecipeChange[];
}

/** More nobody reads, and a text of a megabyte may have a hundred thousand. */
const findingsAtMost = 500;

/** Looks at a text with the linter of the command line. */
export function look({ text, parameters, before }: LookRequest, linter: Linter): Look {
  const findings = linter.lint(text, 'recipe', parameters);
  const errors = findings.filter(({ severity }) => severity === 'error');
  // Of too many, those that keep it from running are told first.
  const told = findings.length <= findingsAtMost ? findings : [...errors, ...findings].slice(0, findingsAtMost);
  return {
    findings: told,
    more: findings.length - told.length,
    ...readIn(text),
    ...filledIn(text, parameters),
    ...changesFrom(before, text),
  };
}

function readIn(text: string): Pick<Look, 'recipe'> {
  try {
    const { recipe } = readRecipe(text, 'recipe');
    return isObject(recipe) ? { recipe } : {};
  } catch {
    return {};
  }
}

/** As the dispatcher does it. */
function filledIn(text: string, parameters: JsonObject | undefined): Pick<Look, 'filled' | 'refusal'> {
  if (parameters === undefined) return {};
  try {
    const recipe = validRecipe(text);
    const filled: Recipe = substitute(recipe, parameters);
    validateRecipe(filled, { name: 'recipe', isSubstituted: true });
    return { filled };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { refusal: error.message };
  }
}

function changesFrom(before: string | undefined, text: string): Pick<Look, 'changes'> {
  if (before === undefined) return {};
  try {
    return { changes: diffRecipes(validRecipe(before), validRecipe(text)).slice(0, changesAtMost).map(inWords) };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return {};
  }
}

const changesAtMost = 200;

function validRecipe(text: string): Recipe {
  const { recipe } = readRecipe(text, 'recipe');
  validateRecipe(recipe, { name: 'recipe' });
  return recipe;
}

function inWords(difference: Difference): RecipeChange {
  const { kind } = difference;
  switch (kind) {
    case 'added':
      return { kind, where: `step ${String(difference.step)}`, after: shown(difference.content) };
    case 'removed':
      return { kind, where: `step ${String(difference.step)}`, before: shown(difference.content) };
    case 'renumbered':
      return { kind, where: `step ${String(difference.step)}`, after: `step ${String(difference.to)}` };
    case 'changed': {
      const { path, before, after } = difference;
      return {
        ...{ kind, where: placeInWords(path) },
        ...(before === undefined ? {} : { before: shown(before) }),
        ...(after === undefined ? {} : { after: shown(after) }),
      };
    }
    default:
      return kind satisfies never;
  }
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
