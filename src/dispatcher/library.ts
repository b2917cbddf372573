import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { readRecipe } from '../recipes/read.ts';
import { noRecipe, noRules } from './errors.ts';
import { parseRules, type Rule } from './rules.ts';

/** The recipes and rules of a site: a folder, read anew for each announcement, so that what an author saves counts from the next one on. */
export class Library {
  readonly #folder: string;
  #rules: { readonly text: string; readonly rules: readonly Rule[] } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The recipe of that name, not yet validated. Throws `dispatcher.no-recipe` and the errors of reading one. */
  async recipe(name: string): Promise<Json> {
    const file = join(this.#folder, `${name}.json`);
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw noRecipe({ name, reason: reason(error) }, { cause: error });
    });
    return readRecipe(text, `${name}.json`).recipe;
  }

  /** The rules of `rules.yaml`. Throws `dispatcher.no-rules` and `dispatcher.bad-rules`. */
  async rules(): Promise<readonly Rule[]> {
    const text = await readFile(join(this.#folder, 'rules.yaml'), 'utf8').catch((error: unknown) => {
      throw noRules({ folder: this.#folder, reason: reason(error) }, { cause: error });
    });
    if (this.#rules?.text !== text) this.#rules = { text, rules: parseRules(text, 'rules.yaml') };
    return this.#rules.rules;
  }
}

function reason(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' ? 'there is no such file' : messageOf(error);
}
