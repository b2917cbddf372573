import { linkRules } from './link-rules.ts';
import { placeholderRules } from './placeholder-rules.ts';
import { programRules } from './program-rules.ts';
import { readingRules } from './reading-rules.ts';
import type { Rule } from './rule.ts';
import { serviceRules } from './service-rules.ts';
import { stepRules } from './step-rules.ts';
import { validityRules } from './validity-rules.ts';

/** All rules, in the order of their documentation. */
export const rules: readonly Rule[] = [
  ...readingRules,
  ...validityRules,
  ...linkRules,
  ...stepRules,
  ...placeholderRules,
  ...serviceRules,
  ...programRules,
];

const byId: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.id, rule]));

/** The rule of that id. */
export function ruleOf(id: string): Rule {
  const rule = byId.get(id);
  if (!rule) throw new TypeError(`There is no lint rule ${id}.`);
  return rule;
}
