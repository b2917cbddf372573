import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { destinationProblem } from './destination.ts';
import { badCondition, invalidRecipe } from './errors.ts';
import { walk, type Graph } from './graph.ts';
import { brief, problemAt, type Path, type Problem } from './problem.ts';
import type { Recipe } from './recipe.ts';
import { settingProblems } from './settings.ts';
import { linksIn, targetsIn, type Target } from './targets.ts';
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
    const hint = 'Write "start": [[1, []]], with the number of the first step.';
    yield problemAt(['start'], 'no-start', `${expected}, got ${brief(start)}`, hint);
  } else if (isStart(start) && typeof start[0] === 'number') {
    // The most frequent mistake: one entry where a list of them belongs.
    const hint = `Write "start": [[${start[0]}, …]], with brackets around each entry and around all.`;
    yield problemAt(['start'], 'bad-start', `${expected}, got one such entry alone`, hint);
  } else {
    for (const [index, entry] of (start as Json[]).entries()) {
      if (isStart(entry)) yield* linkProblems(recipe, [[entry[0], ['start', index, 0]]]);
      else yield problemAt(['start', index], 'bad-start', `expected [step, payload], got ${brief(entry)}`);
    }
  }
}

function* stepProblems(recipe: JsonObject, key: string, step: Json, isSubstituted: boolean): Generator<Problem> {
  if (!isStepNumber(key)) {
    yield notAStep(key, step);
  } else if (!isObject(step)) {
    yield problemAt([key], 'bad-step', `expected an object, got ${brief(step)}`);
  } else {
    yield* destinationProblems(step, key, isSubstituted);
    yield* settingProblems(step, [key], isSubstituted);
    yield* whenProblems(step, key, isSubstituted);
    yield* linkProblems(recipe, linksIn(step, key));
  }
}

function notAStep(key: string, value: Json): Problem {
  const expected = 'expected a step number from 1, "start" or "error"; Python services fail on any other key';
  const problem = (hint?: string): Problem =>
    problemAt([key], 'not-numeric', expected + didYouMean(key, ['start', 'error']), hint);
  if (isNumber(key)) return problem('Give the step a number from 1 to 999999999999999, and correct the links to it.');
  if (!isObject(value)) return problem();
  const keys = Object.keys(value);
  if (keys.some(isStepNumber)) return problem(`Put the steps at the top of the recipe, without ${brief(key)} around.`);
  if (['queue', 'topic', 'output'].some((name) => keys.includes(name)))
    return problem(`Give the step a number; its name may stand in it, "service": ${brief(key)}.`);
  return problem();
}

function isNumber(key: string): boolean {
  return /^-?\d+$/.test(key);
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

/** A bound may be a placeholder: then it is looked at once that is filled in. */
function* whenProblems({ when }: JsonObject, key: string, isSubstituted: boolean): Generator<Problem> {
  if (when === undefined || (!isSubstituted && holdsPlaceholder(when))) return;
  try {
    compileWhen(when);
  } catch (error) {
    if (!badCondition.is(error)) throw error;
    const { where, reason } = error.fields as { readonly where: string; readonly reason: string };
    const [, field] = /^"when", "(.*)"$/s.exec(where) ?? [];
    yield problemAt([key, 'when', ...(field === undefined ? [] : [field])], 'bad-condition', reason);
  }
}

function holdsPlaceholder(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{');
  if (Array.isArray(value)) return value.some(holdsPlaceholder);
  return isObject(value) && Object.entries(value).some(([key, inner]) => key.includes('{') || holdsPlaceholder(inner));
}

function* linkProblems(recipe: JsonObject, targets: Iterable<Target>): Generator<Problem> {
  for (const [target, path] of targets) {
    if (typeof target !== 'number' || !Number.isSafeInteger(target)) {
      const message = `expected the number of a step, got ${brief(target)}`;
      yield problemAt(path, 'bad-link', message, linkHint(recipe, target, path));
    } else if (!Object.hasOwn(recipe, target)) {
      yield problemAt(path, 'missing-step', `links to step ${target}, which is missing`);
    }
  }
}

/** What was probably meant by a link that is none. */
function linkHint(recipe: JsonObject, target: Json, path: Path): string | undefined {
  const links = String(path.at(1));
  if (target === null) return `Leave ${brief(links)} out where nothing follows.`;
  if (typeof target !== 'string' || target === 'start' || target === 'error') return undefined;
  const named = Object.entries(recipe).find(
    ([key, step]) =>
      isStepNumber(key) && isObject(step) && [step['queue'], step['topic'], step['service']].includes(target),
  );
  if (named) return `Write ${named[0]}, the number of the step with ${brief(target)}.`;
  const isBare = path.length === 2 && path[1] === 'output';
  return isBare ? `Write the number of a step; for a channel, { ${brief(target)}: number }.` : undefined;
}

function* graphProblems(recipe: JsonObject): Generator<Problem> {
  const graph = graphOf(recipe);
  const { reached, cycles } = walk(graph, rootsOf(recipe));
  for (const cycle of cycles) {
    const shown = cycle.length > 12 ? [...cycle.slice(0, 10), '…', cycle.at(-1)] : cycle;
    yield problemAt(
      linkBetween(recipe, cycle.at(-2), cycle.at(-1)),
      'cycle',
      `the link closes the cycle ${shown.join(' → ')}`,
    );
  }
  for (const step of graph.keys()) {
    if (step !== 0 && !reached.has(step))
      yield problemAt([String(step)], 'unreferenced', 'no start and no link leads to this step');
  }
}

/** Where the link from one step to another stands. */
function linkBetween(recipe: JsonObject, from: number | undefined, to: number | undefined): Path {
  const key = String(from);
  const step = recipe[key];
  for (const [target, path] of isObject(step) ? linksIn(step, key) : []) if (target === to) return path;
  return [key];
}

/** The steps and links that are right; those that are not were told of before. */
function graphOf(recipe: JsonObject): Graph {
  const steps = Object.entries(recipe).filter(([key, step]) => isNumber(key) && isObject(step));
  return new Map(steps.map(([key, step]) => [Number(key), numbersOf(linksIn(step as JsonObject, key))]));
}

function rootsOf({ start, error = [] }: JsonObject): number[] {
  const starts = Array.isArray(start) ? (start as Json[]).filter(isStart).map(([step]): Target => [step, []]) : [];
  return [...numbersOf(starts), ...numbersOf(targetsIn(error, []))];
}

function numbersOf(targets: Iterable<Target>): number[] {
  return Array.from(targets, ([target]) => target).filter((target) => typeof target === 'number');
}
