import { realpath, stat } from 'node:fs/promises';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { isBelow } from '../../../core/below.ts';
import { messageOf } from '../../../core/errors.ts';
import { copyOf, isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { didYouMean } from '../../../core/nearest.ts';
import { placeInWords } from '../../../recipes/problem.ts';
import { schemaProblem } from '../../../recipes/schema-problem.ts';
import { badDirectory, notPermitted } from './errors.ts';
import type { Program } from './program.ts';

/** The schema of a program that permits no arguments. */
const noArguments: JsonObject = { type: 'array', maxItems: 0 };

/** Reads what recipes ask of one program by what the site permits. */
export class Permissions {
  readonly #name: string;
  readonly #program: Program;
  readonly #validate: ValidateFunction;

  /** Throws what Ajv throws for a schema of arguments that is none. */
  constructor(name: string, program: Program) {
    const ajv = new Ajv({ coerceTypes: true, useDefaults: true, allErrors: true, strict: false, verbose: true });
    addFormats.default(ajv);
    this.#name = name;
    this.#program = program;
    // Wrapped, so that defaults and numbers that were text find a place to be put.
    this.#validate = ajv.compile({ properties: { arguments: program.arguments ?? noArguments } });
  }

  /** The words of the command line after the program. Throws `command.not-permitted`. */
  arguments(given: Json | undefined): readonly string[] {
    const { fixed = [], form = '--{name}={value}' } = this.#program;
    const standard = isObject(this.#program.arguments) && this.#program.arguments['type'] === 'object' ? {} : [];
    const holder = { arguments: given === undefined ? standard : copyOf(given) };
    if (!this.#validate(holder)) {
      const problems = (this.#validate.errors ?? []).map(schemaProblem);
      throw this.#refused(problems.map(({ path, message }) => `${placeOf(path)}: ${message}`).join('; '));
    }
    const read: Json = holder.arguments;
    const words = isObject(read) ? this.#options(read, form) : [read].flat().map((word: Json) => this.#word(word));
    return [...fixed, ...words];
  }

  /** What the site sets, and what the recipe may. Throws `command.not-permitted`. */
  environment(given: Readonly<Record<string, Json>>): Readonly<Record<string, string>> {
    const { variables = [], environment = {} } = this.#program;
    for (const name of Object.keys(given)) {
      if (variables.includes(name)) continue;
      const known = variables.length === 0 ? 'a recipe may set none' : `a recipe may set ${variables.join(', ')}`;
      throw this.#refused(
        `the variable ${JSON.stringify(name)} is not one to be set${didYouMean(name, variables)}; ${known}`,
      );
    }
    const own = Object.entries(given).map(([name, value]) => [name, this.#word(value)]);
    return { ...environment, ...(Object.fromEntries(own) as Record<string, string>) };
  }

  /** A folder that is there, and lies where the program may work, whatever links lead to it. Throws `command.bad-directory`. */
  async directory(wanted: string): Promise<string> {
    const { directories = [] } = this.#program;
    const refused = (reason: string): Error => badDirectory({ directory: wanted, reason });
    if (!wanted.startsWith('/') || wanted.includes('\0')) throw refused('expected a path from /');
    if (directories.length === 0) throw refused(`${this.#name} may work in no folder but its own`);
    const found = await realpath(wanted).catch((error: unknown) => {
      throw refused(messageOf(error));
    });
    if (!(await stat(found)).isDirectory()) throw refused('it is no folder');
    const roots = await Promise.all(directories.map(async (root) => await realpath(root).catch(() => undefined)));
    if (roots.some((root) => root !== undefined && isBelow(found, root))) return found;
    throw refused(
      `${this.#name} may work below ${directories.join(', ')}${found === wanted ? '' : `, and this is ${found}`}`,
    );
  }

  #options(given: JsonObject, form: string): string[] {
    return Object.entries(given).flatMap(([name, value]) => {
      if (value === null || value === false) return [];
      const each = Array.isArray(value) ? (value as Json[]) : [value];
      return each.map((one) => written(form, name, one === true ? undefined : this.#word(one)));
    });
  }

  #word(value: Json): string {
    if (typeof value === 'object' && value !== null)
      throw this.#refused(`an argument is ${JSON.stringify(value).slice(0, 60)}, expected text or a number`);
    const word = String(value);
    // execve(2) takes words that end with one.
    if (word.includes('\0')) throw this.#refused('an argument has a zero byte');
    return word;
  }

  #refused(problem: string): Error {
    return notPermitted({ program: this.#name, problem });
  }
}

/** `--{name}={value}` filled in; of what is only true, the part before the value without the sign that leads to it. */
function written(form: string, name: string, value: string | undefined): string {
  const named = (text: string): string => text.replaceAll('{name}', () => name);
  if (value === undefined) return named((form.split('{value}')[0] ?? '').replace(/[=:]$/, ''));
  return form.split('{value}').map(named).join(value);
}

function placeOf(path: readonly (string | number)[]): string {
  return placeInWords(path).replace(/^"arguments"/, 'the arguments');
}
