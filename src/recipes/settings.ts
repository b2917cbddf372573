import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { parseField, type Field } from './field.ts';
import { brief, problemAt, type Path, type Problem } from './problem.ts';
import type { Step } from './recipe.ts';

/** How often a step is tried and how long it waits in between, in seconds; what is absent, its service decides. */
export interface RetrySettings {
  readonly attempts?: number;
  readonly delay?: number;
  readonly factor?: number;
  readonly maxDelay?: number;
}

/** What a joining step waits for. */
export interface JoinSettings {
  /** Messages of one run (of one `by` value) that make it complete. */
  readonly count: number;
  /** Seconds from the first message until those that are there go over the error links. */
  readonly timeout?: number;
  /** The field of the payload whose value tells the joins of one run apart. */
  readonly by?: Field;
  /** The field of the payload by which the members are put in order; else they stand as they came. */
  readonly order?: Field;
}

/** What a step says about how it is to be run, read from its JSON: numbers are numbers, also where they stood as text. */
export interface StepSettings {
  /** Seconds that messages to this step wait before they are delivered (`transport-delay`). */
  readonly delay: number;
  readonly retry: RetrySettings;
  /** Seconds a handler may take. */
  readonly timeout?: number;
  /** Seconds from the announcement by which this step should have finished. */
  readonly budget?: number;
  readonly join?: JoinSettings;
  /** Keeps order: per value of a field of the payload, or (`true`) over the whole run. */
  readonly group?: Field | true;
  /** Tested by the receiver; see `condition.ts`. */
  readonly when?: Json;
}

/** A step's settings. What cannot be read counts as absent: `settingProblems` tells about it before a run starts. */
export function readSettings(step: Step): StepSettings {
  if (settingKeys.every((key) => step[key] === undefined)) return plain;
  return new SettingsReader(step, []).read();
}

/** What is wrong with a step's settings; placeholders count as right before substitution. */
export function settingProblems(step: Step, path: Path, isSubstituted: boolean): Problem[] {
  const reader = new SettingsReader(step, path);
  reader.read();
  return reader.problems.filter(({ value }) => isSubstituted || !isPlaceholder(value)).map(({ problem }) => problem);
}

const settingKeys = ['transport-delay', 'retry', 'timeout', 'budget', 'join', 'group', 'when'] as const;
/** Of the many steps that say nothing. */
const plain: StepSettings = { delay: 0, retry: {} };
const retryKeys = ['attempts', 'delay', 'factor', 'maxDelay'] as const;
const joinKeys = ['count', 'timeout', 'by', 'order'] as const;

class SettingsReader {
  readonly problems: { readonly value: Json; readonly problem: Problem }[] = [];
  readonly #step: Step;
  readonly #path: Path;

  constructor(step: Step, path: Path) {
    this.#step = step;
    this.#path = path;
  }

  read(): StepSettings {
    const step = this.#step;
    const group: Field | true | undefined =
      step['group'] === true || this.#field(step, 'group', [], ', or true for all messages of the run');
    const settings = {
      timeout: this.#number(step, 'timeout', positive),
      budget: this.#number(step, 'budget', positive),
      join: this.#join(step['join']),
      group,
      when: step['when'],
    };
    return {
      delay: this.#number(step, 'transport-delay', notNegative) ?? 0,
      retry: this.#retry(step['retry']),
      ...withoutUndefined(settings),
    };
  }

  #retry(retry: Json | undefined): RetrySettings {
    if (retry === undefined || !this.#isObjectWith(retry, 'retry', retryKeys)) return {};
    return withoutUndefined({
      attempts: this.#number(retry, 'attempts', count, ['retry']),
      delay: this.#number(retry, 'delay', notNegative, ['retry']),
      factor: this.#number(retry, 'factor', notNegative, ['retry']),
      maxDelay: this.#number(retry, 'maxDelay', notNegative, ['retry']),
    });
  }

  #join(join: Json | undefined): JoinSettings | undefined {
    if (join === undefined || !this.#isObjectWith(join, 'join', joinKeys)) return undefined;
    const size = this.#number(join, 'count', count, ['join']);
    const rest = withoutUndefined({
      timeout: this.#number(join, 'timeout', positive, ['join']),
      by: this.#field(join, 'by', ['join']),
      order: this.#field(join, 'order', ['join']),
    });
    if (join['count'] === undefined) this.#report(null, ['join'], 'expected "count", how many messages it waits for');
    return size === undefined ? undefined : { count: size, ...rest };
  }

  #number(holder: JsonObject, key: string, kind: NumberKind, at: Path = []): number | undefined {
    const value = holder[key];
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number) && kind.holds(number)) return number;
    this.#report(value, [...at, key], `expected ${kind.words}, got ${brief(value)}`, secondsHint(value));
    return undefined;
  }

  #field(holder: JsonObject, key: string, at: Path = [], otherwise = ''): Field | undefined {
    const value = holder[key];
    if (value === undefined) return undefined;
    const field = typeof value === 'string' && !isPlaceholder(value) ? parseField(value) : undefined;
    if (field) return field;
    const expected = `the name of a field of the payload, as "name" or "name[key]"${otherwise}`;
    const hint =
      typeof value === 'string' && parseField(inBrackets(value)) ? `Write "${inBrackets(value)}".` : undefined;
    this.#report(value, [...at, key], `expected ${expected}, got ${brief(value)}`, hint);
    return undefined;
  }

  #isObjectWith(value: Json, key: string, known: readonly string[]): value is JsonObject {
    if (!isObject(value)) {
      const hint = isCount(value) ? `Write { "${known[0] ?? ''}": ${value} }, if that is meant.` : undefined;
      this.#report(value, [key], `expected an object with ${known.join(', ')}, got ${brief(value)}`, hint);
      return false;
    }
    const unknown = Object.keys(value).filter((name) => !known.includes(name));
    for (const name of unknown) {
      const expected = `expected ${known.join(', ')}${didYouMean(name, known)}`;
      this.#report(null, [key, name], `unknown key, ${expected}`);
    }
    return true;
  }

  #report(value: Json, at: Path, message: string, hint?: string): void {
    this.problems.push({ value, problem: problemAt([...this.#path, ...at], 'setting', message, hint) });
  }
}

const units: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60, h: 3600, ms: 0.001 };

/** What to write for a time with its unit, as other programs take it. */
function secondsHint(value: Json): string | undefined {
  const [, number, unit = ''] =
    /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(typeof value === 'string' ? value : '') ?? [];
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  return factor === undefined ? undefined : `Write ${Number(number) * factor}, in seconds and without a unit.`;
}

/** `a.b` as `a[b]`. */
function inBrackets(text: string): string {
  return text.replace(/\.([^.[\]]+)/g, '[$1]');
}

function isCount(value: Json): value is number {
  return typeof value === 'number' && count.holds(value);
}

interface NumberKind {
  readonly words: string;
  holds(number: number): boolean;
}

const positive: NumberKind = { words: 'a number above 0', holds: (number) => number > 0 };
const notNegative: NumberKind = { words: 'a number of at least 0', holds: (number) => number >= 0 };
const count: NumberKind = {
  words: 'a whole number of at least 1',
  holds: (number) => Number.isSafeInteger(number) && number >= 1,
};

function isPlaceholder(value: Json): boolean {
  return typeof value === 'string' && value.includes('{');
}

type Present<Values> = { readonly [Key in keyof Values]?: Exclude<Values[Key], undefined> };

function withoutUndefined<Values extends object>(values: Values): Present<Values> {
  const present: Partial<Values> = {};
  for (const key of Object.keys(values) as (keyof Values)[]) if (values[key] !== undefined) present[key] = values[key];
  return present as Present<Values>;
}
