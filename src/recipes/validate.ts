import { isObject, type Json, type JsonObject } from '../core/json.ts';
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

/** More than this many problems help nobody. */
const mostProblems = 50;

/**
 * All that keeps a recipe from being run, with python-workflows' meaning: what it accepts, Baton accepts. Baton is
 * stricter where python-workflows fails only on sending (a step that is no object, a link that is `true`), and looks
 * at its own settings.
 */
export function findProblems(recipe: Json, { isSubstituted = false }: ValidationOptions = {}): Problem[] {
  if (!isObject(recipe)) {
    return [problemAt([], 'not-an-object', `expected an object of steps and "start", got ${brief(recipe)}`)];
  }
  const problems: Problem[] = [];
  const links = new LinkReader(recipe, problems);
  const starts = startSteps(recipe, links, problems);
  const errors = recipe['error'] === undefined ? [] : links.targets(recipe['error'], ['error']);
  const graph = readSteps(recipe, links, isSubstituted, problems);
  problems.push(...graphProblems(graph, [...starts, ...errors]));
  return problems.slice(0, mostProblems);
}

function startSteps(recipe: JsonObject, links: LinkReader, problems: Problem[]): number[] {
  const { start } = recipe;
  const expected = 'expected a list of [step, payload]';
  if (start === undefined) {
    problems.push(problemAt([], 'no-start', `"start" is missing, ${expected}`));
  } else if (!Array.isArray(start) || start.length === 0) {
    problems.push(problemAt(['start'], 'no-start', `${expected}, got ${brief(start)}`));
  } else {
    return start.flatMap((entry: Json, index) => {
      if (Array.isArray(entry) && entry.length === 2) return links.target(entry[0] as Json, ['start', index, 0]);
      problems.push(problemAt(['start', index], 'bad-start', `expected [step, payload], got ${brief(entry)}`));
      return [];
    });
  }
  return [];
}

function readSteps(recipe: JsonObject, links: LinkReader, isSubstituted: boolean, problems: Problem[]): Graph {
  const graph = new Map<number, readonly number[]>();
  for (const [key, step] of Object.entries(recipe)) {
    if (key === 'start' || key === 'error') continue;
    if (!isStepNumber(key)) {
      const expected = 'expected a step number from 1, "start" or "error"; Python services fail on any other key';
      problems.push(problemAt([key], 'not-numeric', expected));
    } else if (!isObject(step)) {
      problems.push(problemAt([key], 'bad-step', `expected an object, got ${brief(step)}`));
    } else {
      problems.push(...destinationProblems(step, key), ...settingProblems(step, [key], isSubstituted));
      if (isSubstituted) problems.push(...whenProblems(step, key));
      graph.set(Number(key), [...links.from(step, key, 'output'), ...links.from(step, key, 'error')]);
    }
  }
  return graph;
}

/** As python-workflows has it: any whole number but 0. */
function isStepNumber(key: string): boolean {
  return /^-?[1-9]\d{0,14}$/.test(key);
}

function destinationProblems(step: JsonObject, key: string): Problem[] {
  return ['queue', 'topic'].flatMap((name) => {
    const destination = step[name] ?? '';
    if (typeof destination === 'string') return [];
    return [problemAt([key, name], 'bad-destination', `expected a name as text, got ${brief(destination)}`)];
  });
}

/** Looked at only once placeholders are filled in: a bound may be one. */
function whenProblems({ when }: JsonObject, key: string): Problem[] {
  if (when === undefined) return [];
  try {
    compileWhen(when);
    return [];
  } catch (error) {
    if (!badCondition.is(error)) throw error;
    return [problemAt([key, 'when'], 'bad-condition', error.message.replace(/\.$/, ''))];
  }
}

function graphProblems(graph: Graph, roots: readonly number[]): Problem[] {
  const { reached, cycles } = walk(graph, roots);
  const circular = cycles.map((cycle) => {
    const shown = cycle.length > 12 ? [...cycle.slice(0, 10), '…', cycle.at(-1)] : cycle;
    return problemAt([String(cycle.at(-2))], 'cycle', `its link closes the cycle ${shown.join(' → ')}`);
  });
  const idle = [...graph.keys()].filter((step) => !reached.has(step));
  return [
    ...circular,
    ...idle.map((step) => problemAt([String(step)], 'unreferenced', 'no start and no link leads to this step')),
  ];
}

/** Reads links, and reports those that lead nowhere. */
class LinkReader {
  readonly #recipe: JsonObject;
  readonly #problems: Problem[];

  constructor(recipe: JsonObject, problems: Problem[]) {
    this.#recipe = recipe;
    this.#problems = problems;
  }

  /** The steps that one of a step's keys links to. */
  from(step: JsonObject, key: string, name: 'output' | 'error'): number[] {
    const links = step[name];
    if (links === undefined || (links === null && name === 'error')) return [];
    if (!isObject(links)) return this.targets(links, [key, name]);
    return Object.entries(links).flatMap(([channel, targets]) =>
      targets === null ? [] : this.targets(targets, [key, name, channel]),
    );
  }

  targets(targets: Json, path: Path): number[] {
    if (!Array.isArray(targets)) return this.target(targets, path);
    return targets.flatMap((target: Json, index) => this.target(target, [...path, index]));
  }

  target(target: Json, path: Path): number[] {
    if (typeof target === 'number' && Number.isSafeInteger(target)) {
      if (Object.hasOwn(this.#recipe, target)) return [target];
      this.#problems.push(problemAt(path, 'missing-step', `links to step ${target}, which is missing`));
      return [];
    }
    const expected = 'expected the number of a step';
    this.#problems.push(problemAt(path, 'bad-link', `${expected}, got ${brief(target)}`));
    return [];
  }
}
