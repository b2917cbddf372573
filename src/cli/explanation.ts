import type { Config } from '../config/config.ts';
import { BatonError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { noRuleApplies } from '../dispatcher/errors.ts';
import { Library } from '../dispatcher/library.ts';
import { missing, type Plan } from '../dispatcher/plan.ts';
import { ruledQueue } from '../dispatcher/request.ts';
import { chooseRecipes } from '../dispatcher/rules.ts';
import { announcementQueue } from './planned-run.ts';

/** What would become of an announcement. */
export interface Explanation {
  readonly recipes: readonly string[];
  readonly fired: readonly { readonly rule: string; readonly recipes: readonly string[] }[];
  readonly silent: readonly { readonly rule: string; readonly reasons: readonly string[] }[];
  /** What the recipes would wait for. */
  readonly waits: readonly string[];
  /** Why it would be refused. */
  readonly refused?: { readonly message: string; readonly next: string };
}

/**
 * Tells what would become of an announcement, by the dispatcher's own parts and with its own library; `plan` finds out what
 * would run. Nothing is sent. Rejects where the rules cannot be read.
 */
export async function explanationOf(
  message: JsonObject,
  { recipes: folder }: Config,
  plan: () => Promise<Plan>,
): Promise<{ readonly explanation: Explanation; readonly plan?: Plan }> {
  const { parameters = {} } = message;
  const isRuled = announcementQueue(message) === ruledQueue;
  const { fired, silent } = isRuled
    ? chooseRecipes(await new Library(folder).rules(), isObject(parameters) ? parameters : {})
    : { fired: [], silent: [] };
  const told = {
    fired: fired.map(({ rule }) => ({ rule: rule.name, recipes: rule.recipes })),
    silent: silent.map(({ rule, reasons }) => ({ rule: rule.name, reasons })),
  };
  try {
    const planned = await plan();
    return { explanation: { ...told, recipes: planned.recipes, waits: await missing(planned) }, plan: planned };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    // The reasons stand under each rule already.
    const reason = error.code === noRuleApplies.code ? 'No rule applies to this announcement.' : error.message;
    return { explanation: { ...told, recipes: [], waits: [], refused: { message: reason, next: error.next } } };
  }
}
