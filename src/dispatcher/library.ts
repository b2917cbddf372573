import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { noRecipe, noRules } from './errors.ts';
import { parseRules, type Rule } from './rules.ts';

/** The recipes and rules of a site: a folder, read anew for each announcement, so that what an author saves counts from the next one on. */
export class Library {
  readonly #folder: string;
  #rules: { readonly text: string; readonly rules: readonly Rule[] } | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The text of the recipe of that name. Throws `dispatcher.no-recipe`. */
  async text(name: string): Promise<string> {
    return await readFile(join(this.#folder, `${name}.json`), 'utf8').catch((error: unknown) => {
      throw noRecipe({ name, reason: reason(error) }, { cause: error });
    });
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
