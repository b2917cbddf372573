import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Queries } from '../../ledger/queries.ts';
import type { Finding } from '../../recipes/finding.ts';
import { textHash } from '../../recipes/hash.ts';
import type { QueueView, ServiceView } from '../api.ts';
import { costlyRecipe, noSuchRecipe, noSuchVersion, tooMany } from '../errors.ts';
import { History } from './history.ts';
import type { Look } from './look.ts';
import { Looker } from './looker.ts';
import type { RecipeSite } from './recipe-site.ts';
import { Shelf, type ShelvedRecipe } from './shelf.ts';
import type { RecipeEntry, RecipeVersionText, RecipeView, RuleUse, Saving, UsedService } from './views.ts';

/** What is heard at this moment. */
export interface Heard {
  services(): readonly ServiceView[];
  queues(): readonly QueueView[];
}

type Rules = Awaited<ReturnType<RecipeSite['rules']>>;

/** The versions of a recipe that are looked up. */
const versionsAtMost = 1_000;

/** All that is known of the recipes of the site: what stands on disk, what the linter says, who runs it, what it was. */
export class Catalogue implements AsyncDisposable {
  readonly site: RecipeSite;
  readonly shelf: Shelf;
  readonly history: History;
  readonly looker: Looker;
  readonly #queries: Queries;
  readonly #heard: Heard;
  #listing: Promise<readonly RecipeEntry[]> | undefined;
  /** By the hash of the text. */
  readonly #looks = new Map<string, Promise<Look>>();

  constructor(site: RecipeSite, queries: Queries, heard: Heard) {
    this.site = site;
    this.shelf = new Shelf(site.folder);
    this.history = new History(site.history);
    this.looker = new Looker(site.facts);
    this.#queries = queries;
    this.#heard = heard;
  }

  /** All recipes, by name. Who asks while that is found out gets the same answer. */
  async entries(): Promise<readonly RecipeEntry[]> {
    this.#listing ??= this.#list().finally(() => (this.#listing = undefined));
    return await this.#listing;
  }

  async #list(): Promise<readonly RecipeEntry[]> {
    const [recipes, rules] = await Promise.all([this.shelf.recipes(), this.rules()]);
    const texts = new Set(recipes.map(({ hash }) => hash));
    for (const hash of this.#looks.keys()) if (!texts.has(hash)) this.#looks.delete(hash);
    const runs = this.#queries.recipeRuns();
    const entries: RecipeEntry[] = [];
    // One after the other: the thread that looks at them takes so many at once, and others want it, too.
    for (const recipe of recipes) entries.push(this.#entry(recipe, await this.#look(recipe), rules, runs));
    return entries;
  }

  /** One of them, whole. Rejects with `monitor.no-such-recipe`. */
  async recipe(name: string): Promise<RecipeView> {
    const recipe = await this.shelf.recipe(name);
    if (!recipe) throw noSuchRecipe({ name: name.slice(0, 200) });
    const [look, rules, saving, others] = await Promise.all([
      this.#look(recipe),
      this.rules(),
      this.saving(),
      this.shelf.recipes(),
    ]);
    return {
      ...this.#entry(recipe, look, rules, this.#queries.recipeRuns()),
      text: recipe.text,
      hash: recipe.hash,
      ...(look.recipe ? { recipe: look.recipe } : {}),
      found: look.findings,
      announcedBy: await this.#announcing(name, others),
      saving,
    };
  }

  /** What the recipe was and is, the latest first. */
  async versions(name: string): Promise<readonly RecipeVersionText[]> {
    const [current, saved] = await Promise.all([this.shelf.recipe(name), this.history.of(name)]);
    const used = this.#queries.recipeVersions(name, versionsAtMost);
    if (!current && saved.length === 0 && used.length === 0) throw noSuchRecipe({ name: name.slice(0, 200) });
    const versions = new Map<string, RecipeVersionText>();
    for (const { hash: meaning, first, text = '', ...runs } of used) {
      const hash = text === '' ? undefined : textHash(text);
      versions.set(hash ?? meaning, {
        ...(hash === undefined ? {} : { hash }),
        time: first,
        isCurrent: false,
        runs,
        text,
      });
    }
    for (const { hash, ...version } of saved.toReversed())
      versions.set(hash, { ...versions.get(hash), hash, ...version, isCurrent: false });
    if (current) {
      const { hash, changed: time, text } = current;
      const known = versions.get(hash);
      // When it was first used tells less than when it was written.
      versions.set(hash, { ...known, time: known?.who === undefined ? time : known.time, hash, text, isCurrent: true });
    }
    return [...versions.values()].sort((a, b) => b.time - a.time);
  }

  /** One of them, with its text. Rejects with `monitor.no-such-recipe` and `monitor.no-such-version`. */
  async version(name: string, hash: string): Promise<RecipeVersionText> {
    const found = (await this.versions(name)).find((version) => version.hash === hash);
    if (!found) throw noSuchVersion({ name: name.slice(0, 200), hash: hash.slice(0, 100) });
    return found;
  }

  /** Whether recipes can be saved, and why not. */
  async saving(): Promise<Saving> {
    const needs = 'admin';
    if (!this.site.mayBeSaved) return { possible: false, needs, why: 'page.editRecipes is not true in baton.yaml' };
    const trouble = await this.shelf.trouble();
    return trouble === undefined ? { possible: true, needs } : { possible: false, needs, why: trouble };
  }

  /** None where they cannot be read: that is told where announcements are refused for it. */
  async rules(): Promise<Rules> {
    return await this.site.rules().catch(() => []);
  }

  /** The rules that run a recipe. */
  rulesFor(name: string, rules: Rules): readonly RuleUse[] {
    return rules.filter(({ recipes }) => recipes.includes(name)).map(({ recipes: _recipes, ...rule }) => rule);
  }

  /** What is in the folder is shown, however long it takes to look at: that is what is found then. */
  async #look({ hash, text }: ShelvedRecipe): Promise<Look> {
    const known = this.#looks.get(hash);
    if (known) return await known;
    const looking = this.looker.look({ text }).catch((error: unknown) => {
      this.#looks.delete(hash);
      if (!costlyRecipe.is(error) && !tooMany.is(error)) throw error;
      const { message, next: hint } = error;
      const finding = { rule: 'too-large', severity: 'error', line: 1, column: 1, message, hint } as const;
      return { findings: [finding], more: 0 };
    });
    this.#looks.set(hash, looking);
    return await looking;
  }

  #entry(
    { name, bytes, changed }: ShelvedRecipe,
    { recipe = {}, findings }: Look,
    rules: Rules,
    runs: ReturnType<Queries['recipeRuns']>,
  ): RecipeEntry {
    const used = this.rulesFor(name, rules);
    const description = commentOfStart(recipe) ?? used.find((rule) => rule.description !== undefined)?.description;
    const ran = runs.get(name);
    const count = (severity: Finding['severity']): number =>
      findings.filter((finding) => finding.severity === severity).length;
    return {
      name,
      ...(description === undefined ? {} : { description }),
      steps: stepsIn(recipe).length,
      services: this.#servicesOf(recipe),
      bytes,
      changed,
      rules: used,
      ...(ran ? { runs: ran } : {}),
      findings: { error: count('error'), warning: count('warning'), info: count('info') },
    };
  }

  #servicesOf(recipe: JsonObject): readonly UsedService[] {
    const services = new Map<string, UsedService>();
    for (const { queue, service } of stepsIn(recipe)) {
      const at = textOf(queue);
      const installed = this.site.facts.services.find((each) => each.queue === at);
      const name = installed?.name ?? textOf(service) ?? at;
      if (name === undefined) continue;
      const heard = this.#isHeard([name, textOf(service), installed?.description], at);
      services.set(`${name} ${at ?? ''}`, { name, ...(at === undefined ? {} : { queue: at }), heard });
    }
    return [...services.values()];
  }

  #isHeard(names: readonly (string | undefined)[], queue: string | undefined): boolean {
    const beats = this.#heard
      .services()
      .some((each) => !each.lost && (names.includes(each.service) || names.includes(each.serviceClass)));
    return beats || this.#heard.queues().some(({ name, consumers }) => name === queue && consumers > 0);
  }

  async #announcing(name: string, others: readonly ShelvedRecipe[]): Promise<readonly string[]> {
    const names: string[] = [];
    for (const other of others) if (announces((await this.#look(other)).recipe ?? {}, name)) names.push(other.name);
    return names;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.looker[Symbol.asyncDispose]();
  }
}

function stepsIn(recipe: JsonObject): readonly JsonObject[] {
  return Object.entries(recipe).flatMap(([key, step]) => (/^-?[1-9]\d*$/.test(key) && isObject(step) ? [step] : []));
}

function commentOfStart({ start, ...steps }: JsonObject): string | undefined {
  const [first] = Array.isArray(start) ? (start as Json[]) : [];
  const number: Json = Array.isArray(first) ? ((first as Json[])[0] ?? null) : null;
  const step = typeof number === 'number' && Object.hasOwn(steps, number) ? steps[String(number)] : undefined;
  return isObject(step) ? textOf(step['comment']) : undefined;
}

/** Whether somewhere in it a list `recipes` has the name: so an announcement names what it wants. */
function announces(value: Json, name: string): boolean {
  if (Array.isArray(value)) return value.some((inner: Json) => announces(inner, name));
  if (!isObject(value)) return false;
  const { recipes } = value;
  if (Array.isArray(recipes) && (recipes as Json[]).includes(name)) return true;
  return Object.values(value).some((inner) => announces(inner, name));
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
