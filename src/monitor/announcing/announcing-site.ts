import type { Json, JsonObject } from '../../core/json.ts';
import type { Recipe } from '../../recipes/recipe.ts';

/** How this site understands announcements, by the dispatcher's own parts: put together where the monitor is. */
export interface AnnouncingSite {
  /** What the dispatcher would make of an announcement. Sends nothing. Rejects with what it would be refused with. */
  plan(queue: string, message: JsonObject): Promise<PlannedAnnouncement>;
  /** The rules as they judge these parameters. */
  explain(parameters: JsonObject): Promise<readonly RuleVerdict[]>;
  /** The names of the recipes that there are. */
  recipes(): Promise<readonly string[]>;
  /** The text of a recipe as it is now. Rejects with `dispatcher.no-recipe`. */
  text(name: string): Promise<string>;
  /** The parameters that recipes ask for, and what an announcement gives beside them. */
  fields(recipes: readonly RecipeText[], parameters: JsonObject): Promise<readonly ParameterField[]>;
  /** Announces, and yields what is answered, up to the last answer or the signal. */
  announce(
    queue: string,
    message: JsonObject,
    options: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
  ): AsyncGenerator<DispatcherAnswer, void>;
}

export interface RecipeText {
  readonly name: string;
  readonly text: string;
}

/** What would start. No recipe where there is nothing to run. */
export interface PlannedAnnouncement {
  readonly recipe?: Recipe;
  readonly recipes: readonly string[];
  /** What that is made from: each with all parameters that it is filled in with. */
  readonly chosen: readonly (RecipeText & { readonly parameters: JsonObject })[];
  /** What it would wait for, in words. */
  readonly waits: readonly string[];
}

/** Whether a rule fires for an announcement, and why not. */
export interface RuleVerdict {
  readonly rule: string;
  readonly fires: boolean;
  readonly recipes: readonly string[];
  readonly reasons: readonly string[];
}

/** A parameter as a form shows it. */
export interface ParameterField {
  readonly name: string;
  /** Of the schema of the service that gets it as it is; absent where none says. */
  readonly type?: 'number' | 'integer' | 'string' | 'boolean';
  readonly description?: string;
  readonly choices?: readonly Json[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of the announcement; absent where it gave none. */
  readonly value?: Json;
  /** Where recipes use it, in words. */
  readonly usedBy: readonly string[];
}

/** An answer of the dispatcher. */
export interface DispatcherAnswer {
  readonly status: string;
  readonly run: string;
  readonly reason?: string;
  readonly next?: string;
}
