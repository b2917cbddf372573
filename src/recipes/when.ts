import { isObject, type Json } from '../core/json.ts';
import { compileCondition, type Condition } from './condition.ts';
import { badCondition } from './errors.ts';
import { parseField, valueAt } from './field.ts';

/** Names the payload as a whole among the fields of a `when`. */
const wholePayload = '$payload';

/**
 * Compiles a step's `when`. An object names fields of the payload (`name` or `name[key]`, or `$payload` for the whole),
 * each with a condition that must be met; a field that is absent meets none. A value or a list of values is a condition
 * on the payload itself. Throws `recipes.condition`.
 */
export function compileWhen(when: Json): (payload: Json) => boolean {
  if (!isObject(when)) return compileCondition(when, '"when"');
  const tests = Object.entries(when).map(([name, condition]) =>
    fieldTest(name, compileCondition(condition, `"when", "${name}"`)),
  );
  return (payload) => tests.every((holds) => holds(payload));
}

function fieldTest(name: string, holds: Condition): (payload: Json) => boolean {
  if (name === wholePayload) return holds;
  const field = parseField(name);
  if (!field) throw badCondition({ where: `"when", "${name}"`, reason: 'expected a field as name or name[key]' });
  return (payload) => holds(valueAt(payload, field));
}

/** Compiled `when`s of the recipes that pass through a process, which come with every message: the latest are kept. */
export class WhenCache {
  readonly #compiled = new Map<string, (payload: Json) => boolean>();
  readonly #most: number;

  constructor(most = 500) {
    this.#most = most;
  }

  /** True when the payload meets the `when`. Throws `recipes.condition`. */
  holds(when: Json, payload: Json): boolean {
    const text = JSON.stringify(when);
    const holds = this.#compiled.get(text) ?? compileWhen(when);
    // Deleting first moves it to the end: the first is the one that was not used for longest.
    this.#compiled.delete(text);
    this.#compiled.set(text, holds);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size > this.#most && oldest !== undefined) this.#compiled.delete(oldest);
    return holds(payload);
  }
}
