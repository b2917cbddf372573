import type { Json, JsonObject } from '../core/json.ts';
import { compileCondition, conditionInWords, type Condition } from '../recipes/condition.ts';
import { parseField, valueAt, type Field } from '../recipes/field.ts';
import { badCondition } from '../recipes/errors.ts';
import { brief, type Path } from '../recipes/problem.ts';
import { fillIn } from '../recipes/substitute.ts';
import { badRules } from './errors.ts';
import type { KeyPart } from './key.ts';
import { isRecipeName } from '../recipes/recipe-name.ts';
import { readRulesFile, type RuleText } from './rules-file.ts';

/** One condition of a rule, on one parameter of the announcement. */
interface Requirement {
  readonly name: string;
  readonly field: Field;
  readonly condition: Json;
  readonly holds: Condition;
}

/** What must be there before the recipes of a rule start: files, and parameters of the announcement. */
export interface Readiness {
  readonly files: readonly string[];
  readonly parameters: readonly string[];
}

/** One rule of `rules.yaml`, ready to be tried on announcements. */
export interface Rule {
  readonly name: string;
  readonly description?: string;
  readonly line: number;
  readonly requirements: readonly Requirement[];
  /** The parameters that tell announcements apart; none where each is one of its own. */
  readonly key: readonly KeyPart[];
  readonly recipes: readonly string[];
  readonly parameters: JsonObject;
  readonly ready: Readiness;
}

/** A rule that applies to an announcement, and what it asks for. */
export interface FiredRule {
  readonly rule: Rule;
  /** The rule's parameters, filled in, under the announcement's own: those win. */
  readonly parameters: JsonObject;
  readonly ready: Readiness;
}

/** A rule that does not apply, and why, in words. */
export interface SilentRule {
  readonly rule: Rule;
  readonly reasons: readonly string[];
}

/** What the rules make of an announcement, and why. */
export interface Choice {
  readonly fired: readonly FiredRule[];
  readonly silent: readonly SilentRule[];
  /** The names of all recipes chosen, each once. */
  readonly recipes: readonly string[];
}

/**
 * Reads `rules.yaml`. Throws `dispatcher.bad-rules`, which names every line that is wrong, and `file` as it was given.
 */
export function parseRules(text: string, file: string): readonly Rule[] {
  const { rules, lineOf } = readRulesFile(text, file);
  const problems: string[] = [];
  const compiled = rules.map((rule, index) => {
    const tell: Tell = (path, message) => problems.push(`line ${lineOf(['rules', index, ...path])}: ${message}`);
    const sameName = rules.findIndex(({ name }) => name === rule.name);
    if (sameName < index) tell(['name'], `${brief(rule.name)} is the name of another rule`);
    return compileRule(rule, lineOf(['rules', index]), tell);
  });
  if (problems.length > 0) throw badRules({ file, problems });
  return compiled;
}

/** Tries all rules on the parameters of an announcement: those that fire, and why the others do not. */
export function chooseRecipes(rules: readonly Rule[], parameters: JsonObject): Choice {
  const tried = rules.map((rule) => ({ rule, reasons: reasonsAgainst(rule, parameters) }));
  const fired = tried.filter(({ reasons }) => reasons.length === 0).map(({ rule }) => fire(rule, parameters));
  return {
    fired,
    silent: tried.filter(({ reasons }) => reasons.length > 0),
    recipes: [...new Set(fired.flatMap(({ rule }) => rule.recipes))],
  };
}

/** The parameters of an announcement, and under them those that a rule adds, filled in. */
export function withAdded(added: JsonObject, parameters: JsonObject): JsonObject {
  return { ...(fillIn(added, parameters) as JsonObject), ...parameters };
}

/** Takes a problem at a path below the rule. */
type Tell = (path: Path, message: string) => void;

/** Compiles a rule, and tells what the schema of the file cannot. */
function compileRule(rule: RuleText, line: number, tell: Tell): Rule {
  for (const [index, recipe] of rule.recipes.entries()) {
    if (!isRecipeName(recipe)) tell(['recipes', index], `${brief(recipe)} is no name of a recipe in the recipe folder`);
  }
  return {
    name: rule.name,
    ...(rule.description === undefined ? {} : { description: rule.description }),
    line,
    requirements: Object.entries(rule.when ?? {}).flatMap(([name, condition]) =>
      compileRequirement(name, condition, tell),
    ),
    key: (rule.key ?? []).flatMap((name, index) => compileKeyPart(name, index, tell)),
    recipes: rule.recipes,
    parameters: rule.parameters ?? {},
    ready: { files: rule.ready?.files ?? [], parameters: rule.ready?.parameters ?? [] },
  };
}

function compileRequirement(name: string, condition: Json, tell: Tell): Requirement[] {
  const field = fieldOf(name, ['when', name], tell);
  if (!field) return [];
  try {
    return [{ name, field, condition, holds: compileCondition(condition, name) }];
  } catch (error) {
    if (!badCondition.is(error)) throw error;
    tell(['when', name], error.message.replace(/\.$/, ''));
    return [];
  }
}

function compileKeyPart(name: string, index: number, tell: Tell): KeyPart[] {
  const field = fieldOf(name, ['key', index], tell);
  return field ? [{ name, field }] : [];
}

function fieldOf(name: string, path: Path, tell: Tell): Field | undefined {
  const field = parseField(name);
  if (!field) tell(path, `${brief(name)} is no parameter, expected name or name[key]`);
  return field;
}

function reasonsAgainst({ requirements }: Rule, parameters: JsonObject): string[] {
  return requirements.flatMap(({ name, field, condition, holds }) => {
    const value = valueAt(parameters, field);
    if (holds(value)) return [];
    const found = value === undefined ? 'is missing' : `is ${brief(value)}`;
    return [`${name} ${found}, expected ${conditionInWords(condition)}`];
  });
}

function fire(rule: Rule, parameters: JsonObject): FiredRule {
  const together = withAdded(rule.parameters, parameters);
  const files = rule.ready.files.map((file) => fillIn(file, together)).filter((file) => typeof file === 'string');
  return { rule, parameters: together, ready: { files, parameters: rule.ready.parameters } };
}
