import type { JsonObject } from '../../core/json.ts';
import type { SiteFacts } from '../../recipes/lint/site.ts';
import type { DryRun, RulesChoice, RuleUse } from './views.ts';

/** The recipes of a site, and what is known of those who run them: put together where the monitor is. */
export interface RecipeSite {
  /** The folder with recipes and `rules.yaml`. */
  readonly folder: string;
  /** Where the versions go that are saved on the page. */
  readonly history: string;
  /** Whether recipes may be saved on the page. */
  readonly mayBeSaved: boolean;
  /** What the linter knows of the site. */
  readonly facts: SiteFacts;
  /** The rules as they are now, with the recipes that they run. Rejects where they cannot be read. */
  rules(): Promise<readonly (RuleUse & { readonly recipes: readonly string[] })[]>;
  /** What the rules choose for an announcement with these parameters, and for each recipe the parameters that it is filled in with. Sends nothing. */
  choose(parameters: JsonObject): Promise<{
    readonly choice: RulesChoice;
    readonly chosen: readonly { readonly name: string; readonly parameters: JsonObject }[];
  }>;
  /** Runs a recipe in a process and on a broker of their own, with stubs in place of services: touches nothing of the site. */
  dryRun(recipe: JsonObject, parameters: JsonObject): Promise<DryRun>;
}
