import type { Clock } from '../../core/clock.ts';
import { isRecipeName } from '../../recipes/recipe-name.ts';
import { badRecipeName, noCondition, recipeChanged, recipeHasErrors, savingOff } from '../errors.ts';
import type { Catalogue } from './catalogue.ts';
import type { RecipePreview, SavedRecipe } from './views.ts';

/** What is to be saved, and what it replaces. */
export interface Wish {
  readonly name: string;
  readonly text: string;
  readonly who: string;
  readonly reason: string;
  readonly condition: Condition;
}

/** The hash that the file must have, or that there must be none. */
export type Condition = { readonly hash: string } | 'new';

/** Reads the headers of a request. Throws `monitor.no-condition`. */
export function conditionOf(headers: { readonly [name: string]: string | string[] | undefined }): Condition {
  const [match, noneMatch] = [headers['if-match'], headers['if-none-match']];
  if (match === undefined && noneMatch === '*') return 'new';
  const hash = typeof match === 'string' ? /^"([0-9a-f]{64})"$/.exec(match)?.[1] : undefined;
  if (hash === undefined || noneMatch !== undefined) throw noCondition({});
  return { hash };
}

/** What saving the text would do. Throws `monitor.bad-recipe-name`. */
export async function preview(catalogue: Catalogue, name: string, text: string): Promise<RecipePreview> {
  checkName(name);
  const [current, rules, saving] = await Promise.all([
    catalogue.shelf.recipe(name),
    catalogue.rules(),
    catalogue.saving(),
  ]);
  const { findings, changes } = await catalogue.looker.look({ text, ...(current ? { before: current.text } : {}) });
  return {
    name,
    ...(current ? { hash: current.hash } : {}),
    isSame: current?.text === text,
    ...(changes ? { changes } : {}),
    rules: catalogue.rulesFor(name, rules),
    findings,
    saving,
  };
}

/** Saves recipes, one after the other: what is looked at must not change before it is replaced. */
export class Saver {
  readonly #catalogue: Catalogue;
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();

  constructor(catalogue: Catalogue, clock: Clock) {
    this.#catalogue = catalogue;
    this.#clock = clock;
  }

  /**
   * Replaces a recipe, whole or not at all; what it was is kept before. Rejects with what refuses it:
   * `monitor.bad-recipe-name`, `.saving-off`, `.recipe-has-errors`, `.recipe-changed`, `.recipe-elsewhere`, `.not-saved`.
   */
  async save(wish: Wish): Promise<SavedRecipe> {
    const mine = this.#last.then(async () => await this.#save(wish));
    this.#last = mine.catch(() => undefined);
    return await mine;
  }

  async #save({ name, text, who, reason, condition }: Wish): Promise<SavedRecipe> {
    const { shelf, history, looker } = this.#catalogue;
    checkName(name);
    const saving = await this.#catalogue.saving();
    if (!saving.possible) throw savingOff({ why: saving.why ?? 'the site does not permit it' });
    const { findings } = await looker.look({ text });
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (errors.length > 0)
      throw recipeHasErrors({
        errors: errors.slice(0, 3).map(({ line, column, message }) => `${String(line)}:${String(column)} ${message}`),
      });
    const before = await shelf.recipe(name);
    const wanted = condition === 'new' ? undefined : condition.hash;
    if (before?.hash !== wanted) throw recipeChanged({ name, hash: before?.hash ?? '' });
    if (before) {
      const isKept = (await history.of(name)).some(({ hash }) => hash === before.hash);
      if (!isKept) await history.add(name, { time: before.changed, text: before.text });
    }
    const { hash, changed } = await shelf.write(name, text);
    await history.add(name, { time: this.#clock.now(), text, who, reason });
    return { name, hash, changed, isNew: before === undefined };
  }
}

function checkName(name: string): void {
  if (!isRecipeName(name)) throw badRecipeName({ name: name.slice(0, 200) });
}
