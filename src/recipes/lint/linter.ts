import { BatonError } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import { badPlaceholder, syntaxError, tooLarge } from '../errors.ts';
import type { Finding } from '../finding.ts';
import { readRecipe, type RecipeText } from '../read.ts';
import { fillIn } from '../substitute.ts';
import { findProblems } from '../validate.ts';
import type { Problem } from '../problem.ts';
import type { Flaw } from './rule.ts';
import { ruleOf, rules } from './rules.ts';
import { LintSite, type SiteFacts } from './site.ts';
import { stepsOf, type Subject } from './subject.ts';

/** More help nobody, and looking up where each of a million stands would take long. */
const mostOfOneRule = 50;

/** Finds all that is wrong with recipes, or may be, and says where and what to do. One for many: it keeps compiled schemas. */
export class Linter {
  readonly #site: LintSite;

  constructor(facts: SiteFacts) {
    this.#site = new LintSite(facts);
  }

  /**
   * Looks at the text of a recipe. With the parameters of an announcement it is looked at as it would run with them, too.
   * Throws nothing, whatever the text.
   */
  lint(text: string, name: string, parameters?: JsonObject): readonly Finding[] {
    let read: RecipeText;
    try {
      read = readRecipe(text, name);
    } catch (error) {
      return [unreadable(error)];
    }
    const found = [...this.#flaws(read, parameters)].map(([id, flaw]) => findingOf(id, flaw, read));
    const known = read.findings.map((finding) => ({ ...finding, severity: ruleOf(finding.rule).severity }));
    return unlike([...known, ...found]).toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  *#flaws(text: RecipeText, parameters: JsonObject | undefined): Generator<readonly [rule: string, flaw: Flaw]> {
    const source = text.recipe;
    const recipe = filled(text, parameters);
    const problems = [
      ...findProblems(source),
      ...(recipe === source ? [] : findProblems(recipe, { isSubstituted: true })),
    ];
    for (const problem of causes(problems)) yield [problem.rule, flawOf(problem)];
    if (!isObject(source) || !isObject(recipe)) return;
    const subject: Subject = { text, source, recipe, steps: stepsOf(recipe), ...(parameters ? { parameters } : {}) };
    for (const { id, check } of rules) {
      let found = 0;
      for (const flaw of check?.(subject, this.#site) ?? []) {
        yield [id, flaw];
        if ((found += 1) === mostOfOneRule) break;
      }
    }
  }
}

/** The recipe with its parameters; as it is where it has none, or they do not fit: rules tell of that. */
function filled({ recipe }: RecipeText, parameters: JsonObject | undefined): RecipeText['recipe'] {
  try {
    return parameters ? fillIn(recipe, parameters) : recipe;
  } catch (error) {
    if (badPlaceholder.is(error) || tooLarge.is(error)) return recipe;
    throw error;
  }
}

/** Where the start is wrong, nothing can be said of what it leads to. */
function causes(problems: readonly Problem[]): readonly Problem[] {
  const isLost = problems.some(({ rule }) => rule === 'no-start' || rule === 'bad-start');
  return isLost ? problems.filter(({ rule }) => rule !== 'unreferenced') : problems;
}

function findingOf(id: string, { path, message, hint }: Flaw, text: RecipeText): Finding {
  const rule = ruleOf(id);
  return { rule: id, severity: rule.severity, ...text.at(path), message, hint: hint ?? rule.hint };
}

function flawOf({ path, where, message, hint }: Problem): Flaw {
  const said = `${where.charAt(0).toUpperCase()}${where.slice(1)}: ${message}.`;
  return { path, message: said, ...(hint === undefined ? {} : { hint }) };
}

/** The one finding about a text that cannot be read, for `recipes.syntax` or `recipes.too-large`. */
export function unreadable(error: unknown): Finding {
  if (!(error instanceof BatonError) || !(syntaxError.is(error) || tooLarge.is(error))) throw error;
  const { line = 1, column = 1, reason } = error.fields;
  const { id, severity, hint } = ruleOf(syntaxError.is(error) ? 'syntax' : 'too-large');
  const said = typeof reason === 'string' ? `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.` : error.message;
  return { rule: id, severity, line: Number(line), column: Number(column), message: said, hint };
}

/** What is wrong before and after filling in is told once. */
function unlike(findings: readonly Finding[]): Finding[] {
  const told = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...told.values()];
}
