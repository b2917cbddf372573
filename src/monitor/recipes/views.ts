import type { Role } from '../../access/roles.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { RecipeRuns, RunDetail } from '../../ledger/views.ts';
import type { Finding } from '../../recipes/finding.ts';

/** What is answered about recipes. Times are milliseconds since 1970 UTC. */

/** A recipe in the list. */
export interface RecipeEntry {
  readonly name: string;
  /** The comment of the step that it starts with, else what the rule that runs it says of itself. */
  readonly description?: string;
  readonly steps: number;
  readonly services: readonly UsedService[];
  readonly bytes: number;
  /** When its file was changed last. */
  readonly changed: number;
  readonly rules: readonly RuleUse[];
  /** Absent where the ledger knows of none. */
  readonly runs?: RecipeRuns;
  /** How many the linter has found; more are there where a rule is broken very often. */
  readonly findings: Readonly<Record<Finding['severity'], number>>;
}

/** What does the work of steps. */
export interface UsedService {
  /** Of the service installed at the queue; else what the step calls it. */
  readonly name: string;
  readonly queue?: string;
  /** Somebody reads the queue, or sends heartbeats by this name. */
  readonly heard: boolean;
}

/** A rule that runs a recipe. */
export interface RuleUse {
  readonly rule: string;
  readonly description?: string;
  /** Of `rules.yaml`, from 1. */
  readonly line: number;
}

/** A recipe whole. */
export interface RecipeView extends RecipeEntry {
  readonly text: string;
  /** Of the text, to the byte (SHA-256): what `If-Match` takes. */
  readonly hash: string;
  /** As it is read; absent where it cannot be. */
  readonly recipe?: JsonObject;
  /** The first 500 that the linter has found. */
  readonly found: readonly Finding[];
  /** Recipes whose steps announce this one. */
  readonly announcedBy: readonly string[];
  readonly saving: Saving;
}

/** Whether recipes can be saved on the page, and by whom. */
export interface Saving {
  readonly possible: boolean;
  readonly needs: Role;
  /** Why not. */
  readonly why?: string;
}

/** What the linter says of a text. */
export interface LintedRecipe {
  readonly findings: readonly Finding[];
  /** Findings that there are beside these. */
  readonly more: number;
  readonly recipe?: JsonObject;
}

/** A version of a recipe: that on disk, one that was saved on the page, or one that runs were made from. */
export interface RecipeVersionEntry {
  /** Of the text, to the byte; absent where that is not kept. */
  readonly hash?: string;
  /** When it was saved, or first used. */
  readonly time: number;
  readonly isCurrent: boolean;
  readonly who?: string;
  readonly reason?: string;
  readonly runs?: RecipeRuns;
}

export interface RecipeVersionText extends RecipeVersionEntry {
  readonly text: string;
}

/** One way in which two recipes differ in what they mean, in words. */
export interface RecipeChange {
  readonly kind: 'added' | 'removed' | 'renumbered' | 'changed';
  readonly where: string;
  readonly before?: string;
  readonly after?: string;
}

/** What saving a text would do. */
export interface RecipePreview {
  readonly name: string;
  /** Of the file as it is now; absent where there is none. */
  readonly hash?: string;
  readonly isSame: boolean;
  /** By meaning; absent where one of the two is no recipe. */
  readonly changes?: readonly RecipeChange[];
  /** The rules that run it, from the next announcement on. */
  readonly rules: readonly RuleUse[];
  readonly findings: readonly Finding[];
  readonly saving: Saving;
}

/** A recipe that was saved. */
export interface SavedRecipe {
  readonly name: string;
  readonly hash: string;
  readonly changed: number;
  readonly isNew: boolean;
}

/** What the rules make of an announcement as they are now. */
export interface RulesChoice {
  readonly fired: readonly { readonly rule: string; readonly recipes: readonly string[] }[];
  readonly silent: readonly { readonly rule: string; readonly reasons: readonly string[] }[];
  readonly recipes: readonly string[];
  /** What the recipes would wait for. */
  readonly waits: readonly string[];
  /** Why it would be refused. */
  readonly refused?: { readonly message: string; readonly next: string };
}

/** A message that a run would begin with. */
export interface FirstMessage {
  readonly step: number;
  readonly service?: string;
  readonly queue?: string;
  readonly topic?: string;
  readonly payload: Json;
}

/** How a run with stubs in place of services ended, on a broker of its own. */
export interface DryRun {
  readonly state: RunDetail['state'] | 'refused';
  /** Why nothing was started. */
  readonly reason?: string;
  readonly run?: RunDetail;
}

/** What would become of a recorded announcement with a text as recipe. */
export interface RecipeTrial {
  readonly run: string;
  readonly rules: RulesChoice;
  /** Where the parameters come from that stand beside those of the announcement. */
  readonly added: 'rule' | 'recorded' | 'none';
  readonly parameters: JsonObject;
  readonly findings: readonly Finding[];
  /** Why it would not run with them. */
  readonly refusal?: string;
  readonly recipe?: JsonObject;
  readonly messages: readonly FirstMessage[];
  /** Absent where there is nothing to run. */
  readonly dry?: DryRun;
}
