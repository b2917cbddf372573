import { copyOf, isObject, type Json, type JsonObject } from '../core/json.ts';
import { badPlaceholder, tooLarge } from './errors.ts';
import { parseField, valueAt } from './field.ts';
import { formatValue } from './format-spec.ts';
import { parseTemplate, replacedField, type Fail, type Placeholder } from './placeholder.ts';
import { brief, placeInWords, type Path } from './problem.ts';
import { pythonLiteral, pythonText } from './python-text.ts';
import type { Recipe } from './recipe.ts';

/** A parameter may be put in many places: the filled-in recipe is bounded, in characters. */
const mostCharacters = 16 * 1024 * 1024;

/**
 * Fills in a recipe's placeholders, in keys and values, as python-workflows does: `{name}`, `{name[key]}`,
 * `{name:05d}`, and `{$REPLACE:name}` for a whole value, which becomes a copy of the parameter (null where there is
 * none). An unknown `{name}` stays as it stands. Throws `recipes.placeholder`. The inputs are not changed.
 */
export function substitute(recipe: Recipe, parameters: JsonObject): Recipe {
  return fillIn(recipe, parameters) as Recipe;
}

/** The same for any JSON value. */
export function fillIn(value: Json, parameters: JsonObject): Json {
  return new Substitution(parameters).apply(value, []);
}

class Substitution {
  readonly #parameters: JsonObject;
  #characters = 0;

  constructor(parameters: JsonObject) {
    this.#parameters = parameters;
  }

  apply(value: Json, path: Path): Json {
    if (typeof value === 'string') return this.#fill(value, path);
    if (isObject(value)) {
      // fromEntries defines keys, where an assignment to `__proto__` would not.
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [this.#key(key, path), this.apply(inner, [...path, key])]),
      );
    }
    return Array.isArray(value) ? value.map((inner: Json, index) => this.apply(inner, [...path, index])) : value;
  }

  #key(key: string, path: Path): string {
    const filled = this.#fill(key, path);
    if (typeof filled === 'string' || typeof filled === 'number') return String(filled);
    throw badPlaceholder({ where: placeInWords(path), text: key, reason: 'a key must become text or a number' });
  }

  #fill(text: string, path: Path): Json {
    if (!text.includes('{') && !text.includes('}')) return text;
    const fail: Fail = (reason) => {
      // A text that is nothing but the placeholder is not told twice.
      const told = reason.startsWith(`${brief(text)}: `) ? reason.slice(brief(text).length + 2) : reason;
      throw badPlaceholder({ where: placeInWords(path), text: text.slice(0, 200), reason: told });
    };
    const whole = replacedField(text);
    return whole === undefined ? this.#format(text, fail) : this.#copy(whole, fail);
  }

  #copy(name: string, fail: Fail): Json {
    const field = parseField(name) ?? fail('expected $REPLACE:name or $REPLACE:name[key]');
    const value = valueAt(this.#parameters, field) ?? null;
    this.#spend(JSON.stringify(value).length);
    return copyOf(value);
  }

  #format(text: string, fail: Fail, isSpec = false): string {
    return parseTemplate(text, fail)
      .map((part) => (typeof part === 'string' ? part : this.#formatted(part, fail, isSpec)))
      .join('');
  }

  #formatted({ text, field: name, conversion, spec }: Placeholder, fail: Fail, isSpec: boolean): string {
    if (/^\d*$/.test(name)) return fail(`${brief(text)} names no parameter`);
    if (/^[^[]*\./.test(name)) return fail(`${brief(text)}: a part of a parameter is written name[key], not name.key`);
    const field = parseField(name) ?? fail(`${brief(text)}: expected name or name[key]`);
    if (!Object.hasOwn(this.#parameters, field[0])) return text;
    const value = valueAt(this.#parameters, field);
    if (value === undefined) return fail(`the parameter ${field[0]} has nothing at ${brief(name)}`);
    if (isSpec && spec.includes('{')) return fail('a format may hold placeholders, but these no others');
    const filled = spec.includes('{') ? this.#format(spec, fail, true) : spec;
    const formatted = formatValue(converted(value, conversion, fail), filled, fail);
    this.#spend(formatted.length);
    return formatted;
  }

  /** Counts what is put in; throws when one recipe becomes too large to be a message. */
  #spend(characters: number): void {
    this.#characters += characters;
    if (this.#characters <= mostCharacters) return;
    throw tooLarge({ name: 'The recipe', what: 'characters', limit: mostCharacters, found: this.#characters });
  }
}

function converted(value: Json, conversion: string, fail: Fail): Json {
  switch (conversion) {
    case '':
      return value;
    case 's':
      return pythonText(value);
    case 'r':
      return pythonLiteral(value);
    default:
      return fail(`!${conversion} is no conversion (!s or !r)`);
  }
}
