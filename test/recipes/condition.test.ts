import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { compileCondition, conditionInWords } from '../../src/recipes/condition.ts';
import { badCondition } from '../../src/recipes/errors.ts';
import { compileWhen, WhenCache } from '../../src/recipes/when.ts';
import { anyJson } from './arbitraries.ts';

function meets(condition: Json, value: Json | undefined): boolean {
  return compileCondition(condition, 'here')(value);
}

describe('a condition that is a value', () => {
  it.each<[Json, Json]>([
    ['end', 'end'],
    [5, 5],
    [5, '5'],
    [5, '5.0'],
    ['5', 5],
    [true, 'true'],
    [true, 'True'],
    ['false', false],
    [null, null],
  ])('%j is met by %j', (condition, value) => {
    expect(meets(condition, value)).toBe(true);
  });

  it.each<[Json, Json | undefined]>([
    ['end', 'End'],
    [5, '5 '],
    [5, 'five'],
    [0, ''],
    [true, 1],
    [true, 'yes'],
    [null, 'null'],
    [null, undefined],
    ['', undefined],
  ])('%j is not met by %j', (condition, value) => {
    expect(meets(condition, value)).toBe(false);
  });
});

describe('a condition that is a list', () => {
  it('is met by any of its values, structures among them', () => {
    const list = ['grid', 7, [1, 2], { a: { b: 1, c: 2 } }];
    expect(meets(list, 'grid')).toBe(true);
    expect(meets(list, '7')).toBe(true);
    expect(meets(list, [1, 2])).toBe(true);
    expect(meets(list, { a: { c: 2, b: 1 } })).toBe(true);
    expect(meets(list, { a: {} })).toBe(false);
    expect(meets([], 'grid')).toBe(false);
    expect(meets(list, undefined)).toBe(false);
  });
});

describe('a condition that is a JSON Schema', () => {
  it.each<[Json, Json]>([
    [{ minimum: 5 }, 5],
    [{ minimum: 5 }, '5'],
    [{ minimum: '5' }, '6e1'],
    [{ type: 'integer', multipleOf: 2 }, '4'],
    [{ const: 5 }, '5'],
    [{ enum: ['a', 5] }, '5'],
    [{ enum: ['a', 5] }, 'a'],
    [{ pattern: '^mx' }, 'mx1234'],
    [{ pattern: '^12' }, 1234],
    [{ type: 'boolean' }, 'True'],
    [{ anyOf: [{ minimum: 10 }, { pattern: '^5' }] }, '5'],
    [{ not: { const: 5 } }, '6'],
    [{ not: { minimum: 5 } }, 'text'],
    [{ properties: { a: { minimum: 3 } }, required: ['a'] }, { a: 3 }],
    [{ items: { type: 'string' }, minItems: 1 }, ['x']],
    [{}, 'anything'],
  ])('%j is met by %j', (schema, value) => {
    expect(meets(schema, value)).toBe(true);
  });

  it.each<[Json, Json | undefined]>([
    [{ minimum: 5 }, '4'],
    [{ minimum: 5 }, 'abc'],
    [{ maximum: 5 }, null],
    [{ minimum: 0 }, true],
    [{ not: { const: 5 } }, '5'],
    [{ pattern: '^mx' }, ['mx']],
    [{ minItems: 0 }, 'text'],
    [{ required: ['a'] }, 'text'],
    [{}, undefined],
    [{ not: { const: 5 } }, undefined],
  ])('%j is not met by %j', (schema, value) => {
    expect(meets(schema, value)).toBe(false);
  });

  it.each<[Json, string]>([
    [{ minimun: 5 }, 'unknown keyword: "minimun" (did you mean "minimum"?)'],
    [{ minimum: 'low' }, 'minimum must be number'],
    [{ pattern: '(' }, '"(" is no regular expression'],
    [{ pattern: '(?=a)b' }, 'uses what patterns here cannot do'],
    [{ $ref: '#' }, '"$ref" cannot be used in a condition'],
    [{ properties: { a: { uniqueItems: true } } }, '"uniqueItems" cannot be used in a condition'],
    [{ $id: 'http://x/y' }, '"$id" cannot be used in a condition'],
    [{ $schema: 'http://x/y' }, 'no schema with key or ref'],
    [{ format: 'email' }, 'unknown format "email"'],
    [{ description: 'x'.repeat(20_000) }, 'a schema has at most 10000 characters'],
  ])('%.60j is refused', (schema, reason) => {
    expect(() => compileCondition(schema, 'rule 1, event')).toThrow(
      expect.objectContaining({ code: 'recipes.condition' }),
    );
    expect(() => compileCondition(schema, 'rule 1, event')).toThrow(/^rule 1, event: /);
    expect(() => compileCondition(schema, 'rule 1, event')).toThrow(reason);
  });

  it('keeps two patterns in one schema apart', () => {
    const schema = { allOf: [{ pattern: '^a' }, { pattern: 'b$' }] };
    expect(meets(schema, 'a-b')).toBe(true);
    expect(meets(schema, 'a-c')).toBe(false);
  });

  it('tests with patterns in linear time', () => {
    expect(meets({ pattern: '^(a+)+$' }, `${'a'.repeat(5000)}!`)).toBe(false);
    expect(meets({ patternProperties: { '^(a+)+$': false } }, { [`${'a'.repeat(5000)}!`]: 1 })).toBe(true);
  });
});

describe('compileCondition', () => {
  it('throws only its own error, on any JSON, and answers on any value', () => {
    const keyword = fc.constantFrom(
      'type',
      'enum',
      'minimum',
      'pattern',
      'items',
      'properties',
      'anyOf',
      'not',
      'required',
    );
    fc.assert(
      fc.property(fc.oneof(anyJson, fc.dictionary(keyword, anyJson)), anyJson, (condition, value) => {
        try {
          expect(typeof meets(condition, value)).toBe('boolean');
        } catch (error) {
          if (!badCondition.is(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is put in words for people', () => {
    expect(conditionInWords('end')).toBe('"end"');
    expect(conditionInWords(['a', 2])).toBe('one of "a", 2');
    expect(conditionInWords({ minimum: 5 })).toBe('{"minimum":5}');
    expect(conditionInWords('x'.repeat(1000)).length).toBeLessThan(130);
  });
});

describe('a "when"', () => {
  it('tests fields of the payload, all of which must be met', () => {
    const holds = compileWhen({ event: ['end', 'stop'], 'sample[id]': { minimum: 2 } });
    expect(holds({ event: 'end', sample: { id: '2' } })).toBe(true);
    expect(holds({ event: 'end', sample: { id: 1 } })).toBe(false);
    expect(holds({ event: 'end' })).toBe(false);
    expect(holds('end')).toBe(false);
  });

  it('tests the payload itself where it is a value or a list', () => {
    expect(compileWhen(3)(3)).toBe(true);
    expect(compileWhen([1, 2])(3)).toBe(false);
    expect(compileWhen({ $payload: { minItems: 2 } })([1, 2])).toBe(true);
  });

  it('is met by everything when it asks for nothing', () => {
    expect(compileWhen({})(null)).toBe(true);
  });

  it('is refused where a field cannot be read', () => {
    expect(() => compileWhen({ 'a.b': 1 })).toThrow('"when", "a.b": expected a field as name or name[key]');
  });

  it('is compiled once for all messages that bring it, and forgotten after many others', () => {
    const cache = new WhenCache(2);
    for (const limit of [1, 2, 3, 1, 3]) expect(cache.holds({ n: { minimum: limit } }, { n: 2 })).toBe(limit < 3);
  });
});
