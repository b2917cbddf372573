import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { Links, Recipe, Step } from '../../src/recipes/recipe.ts';

/** Any JSON value, keys such as `__proto__` and `constructor` among them; -0 is none. */
export const anyJson: fc.Arbitrary<Json> = fc.json({ maxDepth: 4 }).map((text) => JSON.parse(text) as Json);

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'name', '__proto__', 'key with space', 'ä'),
  fc.string({ maxLength: 6 }),
);

/** Text with and without placeholders, well formed or not. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.constantFrom(
        '{',
        '}',
        '{{',
        '}}',
        '{a}',
        '{b[a]}',
        '{a:05d}',
        '{a:{b}}',
        '{$REPLACE:a}',
        '{a!r:>8}',
        '{a[',
        '{name.x}',
      ),
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''));

/** Parameters as announcements carry them. */
export const anyParameters: fc.Arbitrary<JsonObject> = fc.dictionary(name, anyJson, { maxKeys: 5 });

/** Something that looks like a recipe, and mostly is none. */
export const almostRecipe: fc.Arbitrary<Json> = fc.dictionary(
  fc.constantFrom('1', '2', '3', '-4', '05', 'start', 'error', 'comment', '__proto__'),
  fc.oneof(
    anyJson,
    fc.array(fc.tuple(fc.oneof(fc.integer({ min: 0, max: 4 }), anyJson), anyJson)) as fc.Arbitrary<Json>,
    fc.dictionary(
      fc.constantFrom('queue', 'output', 'error', 'retry', 'join', 'when', 'group', 'timeout', 'transport-delay'),
      fc.oneof(anyJson, anyText, fc.integer({ min: 0, max: 4 }), fc.array(fc.integer({ min: 0, max: 4 }))),
    ) as fc.Arbitrary<Json>,
  ),
);

/** A valid recipe: gaps in the numbers, links in every form, all of them forward. */
export const validRecipe: fc.Arbitrary<Recipe> = fc
  .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 })
  .map((numbers) => numbers.sort((a, b) => a - b))
  .chain((numbers) =>
    fc.tuple(
      fc.constant(numbers),
      fc.tuple(...numbers.map((_, index) => stepBefore(numbers.slice(index + 1)))),
      anyJson,
      fc.boolean(),
    ),
  )
  .map(([numbers, steps, payload, hasError]) => {
    const recipe: Record<string, Json> = {};
    numbers.forEach((number, index) => (recipe[number] = steps[index] ?? {}));
    recipe['start'] = numbers.map((number) => [number, payload]);
    if (hasError) recipe['error'] = numbers.slice(-1);
    return recipe as Recipe;
  });

/** What names of queues may be made of. */
const nameUnit = fc.constantFrom(...'AZaz09_.:/-');

function stepBefore(later: readonly number[]): fc.Arbitrary<Step> {
  const links = linksTo(later);
  return fc.record(
    {
      queue: fc.oneof(fc.constant('q.{a}'), fc.string({ unit: nameUnit, minLength: 1, maxLength: 8 })),
      output: links,
      error: links,
      parameters: fc.dictionary(name, fc.oneof(anyJson, anyText), { maxKeys: 3 }),
      comment: anyJson,
    },
    { requiredKeys: ['queue'] },
  );
}

function linksTo(later: readonly number[]): fc.Arbitrary<Links> {
  if (later.length === 0) return fc.constant([]);
  const targets = fc.oneof(fc.constantFrom(...later), fc.array(fc.constantFrom(...later), { maxLength: 3 }));
  return fc.oneof(targets, fc.dictionary(name, targets, { maxKeys: 3 }));
}

/** Freezes a value to its leaves: a change to it throws. */
export function frozen<Value extends Json>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach((inner: Json) => frozen(inner));
  return Object.freeze(value);
}
