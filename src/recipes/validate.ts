import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { destinationProblem } from './destination.ts';
import { badCondition, invalidRecipe } from './errors.ts';
import { walk, type Graph } from './graph.ts';
import { brief, problemAt, type Path, type Problem } from './problem.ts';
import type { Recipe } from './recipe.ts';
import { settingProblems } from './settings.ts';
import { compileWhen } from './when.ts';

/** How strictly to look. */
export interface ValidationOptions {
  /** What the recipe is called in the error. */
  readonly name?: string;
  /** True once placeholders were filled in: one that is left where a number belongs is a problem. */
  readonly isSubstituted?: boolean;
}

/** Throws `recipes.invalid`, with everything that is wrong, unless the recipe can be run. */
export function validateRecipe(recipe: Json, options: ValidationOptions = {}): asserts recipe is Recipe {
  const problems = findProblems(recipe, options);
  if (problems.length > 0) throw invalidRecipe({ name: options.name ?? 'This', problems });
}

/** More help nobody; and a recipe that is wrong a million times costs no more than one that is wrong fifty times. */
const mostProblems = 50;

/**
 * All that keeps a recipe from being run, with python-workflows' meaning: what it accepts, Baton accepts. Baton is
 * stricter where python-workflows fails only on sending (a step that is no object, a link that is `true`), looks at its
 * own settings, and keeps recipes from queues that are not for them.
 */
export function findProblems(recipe: Json, { isSubstituted = false }: ValidationOptions = {}): Problem[] {
  const problems: Problem[] = [];
  for (const problem of problemsOf(recipe, isSubstituted)) {
    if (problems.push(problem) === mostProblems) break;
  }
  return problems;
}

function* problemsOf(recipe: Json, isSubstituted: boolean): Generator<Problem> {
  if (!isObject(recipe)) {
    yield problemAt([], 'not-an-object', `expected an object of steps and "start", got ${brief(recipe)}`);
    return;
  }
  yield* startProblems(recipe);
  if (recipe['error'] !== undefined) yield* linkProblems(recipe, targetsIn(recipe['error'], ['error']));
  for (const [key, step] of Object.entries(recipe)) {
    if (key !== 'start' && key !== 'error') yield* stepProblems(recipe, key, step, isSubstituted);
  }
  yield* graphProblems(recipe);
}

function* startProblems(recipe: JsonObject): Generator<Problem> {
  const { start } = recipe;
  const expected = 'expected a list of [step, payload]';
  if (start === undefined) yield problemAt([], 'no-start', `"start" is missing, ${expected}`);
  else if (!Array.isArray(start) || start.length === 0) {
    yield problemAt(['start'], 'no-start', `${expected}, got ${brief(start)}`);
  } else {
    for (const [index, entry] of (start as Json[]).entries()) {
      if (isStart(entry)) yield* linkProblems(recipe, [[entry[0], ['start', index, 0]]]);
      else yield problemAt(['start', index], 'bad-start', `expected [step, payload], got ${brief(entry)}`);
    }
  }
}

function* stepProblems(recipe: JsonObject, key: string, step: Json, isSubstituted: boolean): Generator<Problem> {
  if (!isStepNumber(key)) {
    const expected = 'expected a step number from 1, "start" or "error"; Python services fail on any other key';
    yield problemAt([key], 'not-numeric', expected);
  } else if (!isObject(step)) {
    yield problemAt([key], 'bad-step', `expected an object, got ${brief(step)}`);
  } else {
    yield* destinationProblems(step, key, isSubstituted);
    yield* settingProblems(step, [key], isSubstituted);
    if (isSubstituted) yield* whenProblems(step, key);
    yield* linkProblems(recipe, linksIn(step, key));
  }
}

/** As python-workflows has it: any whole number but 0. */
function isStepNumber(key: string): boolean {
  return /^-?[1-9]\d{0,14}$/.test(key);
}

function isStart(entry: Json): entry is readonly [Json, Json] {
  return Array.isArray(entry) && entry.length === 2;
}

/** A name that holds a placeholder is looked at once that is filled in. */
function* destinationProblems(step: JsonObject, key: string, isSubstituted: boolean): Generator<Problem> {
  for (const name of ['queue', 'topic']) {
    const destination = step[name] ?? '';
    if (typeof destination !== 'string') {
      yield problemAt([key, name], 'bad-destination', `expected a name as text, got ${brief(destination)}`);
    } else if (destination !== '' && (isSubstituted || !destination.includes('{'))) {
      const problem = destinationProblem(destination);
      if (problem !== undefined) yield problemAt([key, name], 'bad-destination', problem);
    }
  }
}

/** Looked at only once placeholders are filled in: a bound may be one. */
function* whenProblems({ when }: JsonObject, key: string): Generator<Problem> {
  try {
    if (when !== undefined) compileWhen(when);
  } catch (error) {
    if (!badCondition.is(error)) throw error;
    yield problemAt([key, 'when'], 'bad-condition', error.message.replace(/\.$/, ''));
  }
}

/** What stands where the number of a step belongs, and where it stands. */
type Target = readonly [target: Json, path: Path];

/** All targets of a step's links; `null` links to nothing as an `error` and as a channel. */
function* linksIn(step: JsonObject, key: string): Generator<Target> {
  for (const name of ['output', 'error']) {
    const links = step[name];
    if (links === undefined || (links === null && name === 'error')) continue;
    if (!isObject(links)) yield* targetsIn(links, [key, name]);
    else {
      for (const [channel, targets] of Object.entries(links)) {
        if (targets !== null) yield* targetsIn(targets, [key, name, channel]);
      }
    }
  }
}

function* targetsIn(targets: Json, path: Path): Generator<Target> {
  if (!Array.isArray(targets)) yield [targets, path];
  else for (const [index, target] of (targets as Json[]).entries()) yield [target, [...path, index]];
}

function* linkProblems(recipe: JsonObject, targets: Iterable<Target>): Generator<Problem> {
  for (const [target, path] of targets) {
    if (typeof target !== 'number' || !Number.isSafeInteger(target)) {
      yield problemAt(path, 'bad-link', `expected the number of a step, got ${brief(target)}`);
    } else if (!Object.hasOwn(recipe, target)) {
      yield problemAt(path, 'missing-step', `links to step ${target}, which is missing`);
    }
  }
}

function* graphProblems(recipe: JsonObject): Generator<Problem> {
  const graph = graphOf(recipe);
  const { reached, cycles } = walk(graph, rootsOf(recipe));
  for (const cycle of cycles) {
    const shown = cycle.length > 12 ? [...cycle.slice(0, 10), '…', cycle.at(-1)] : cycle;
    yield problemAt([String(cycle.at(-2))], 'cycle', `its link closes the cycle ${shown.join(' → ')}`);
  }
  for (const step of graph.keys()) {
    if (!reached.has(step)) yield problemAt([String(step)], 'unreferenced', 'no start and no link leads to this step');
  }
}

/** The steps and links that are right; those that are not were told of before. */
function graphOf(recipe: JsonObject): Graph {
  const steps = Object.entries(recipe).filter(([key, step]) => isStepNumber(key) && isObject(step));
  return new Map(steps.map(([key, step]) => [Number(key), numbersOf(linksIn(step as JsonObject, key))]));
}

function rootsOf({ start, error = [] }: JsonObject): number[] {
  const starts = Array.isArray(start) ? (start as Json[]).filter(isStart).map(([step]): Target => [step, []]) : [];
  return [...numbersOf(starts), ...numbersOf(targetsIn(error, []))];
}

function numbersOf(targets: Iterable<Target>): number[] {
  return Array.from(targets, ([target]) => target).filter((target) => typeof target === 'number');
}
