import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatonError } from '../../src/core/errors.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { fillIn, substitute } from '../../src/recipes/substitute.ts';
import { anyJson, anyParameters, anyText, frozen, validRecipe } from './arbitraries.ts';

const parameters = frozen({
  name: 'thaumatin',
  run: 7,
  dose: 0.125,
  good: true,
  absent: null,
  list: ['first', 'second'],
  nested: { 'some key': { deep: [1, { x: null }] }, '5': 'five' },
  width: 6,
});

function filled(text: string, given: JsonObject = parameters): Json {
  return fillIn(text, given);
}

describe('substitute', () => {
  it('fills in names in keys and in values, at every depth', () => {
    const recipe = {
      '1': { queue: 'q.{name}', parameters: { '{name}': [{ a: '{run}' }] } },
      start: [[1, '{run}']],
    } as const;
    expect(substitute(recipe, parameters)).toEqual({
      '1': { queue: 'q.thaumatin', parameters: { thaumatin: [{ a: '7' }] } },
      start: [[1, '7']],
    });
  });

  it.each([
    ['several in one text', '{name}_{run}.nxs', 'thaumatin_7.nxs'],
    ['an index of a list', '{list[1]}', 'second'],
    ['a key of an object', '{nested[some key][deep][0]}', '1'],
    ['a key of digits', '{nested[5]}', 'five'],
    ['a character of a text', '{name[0]}', 't'],
    ['a format', '{run:05d}|{dose:.2f}|{name:>12}|{run:,.1f}', '00007|0.12|   thaumatin|7.0'],
    ['a format with a placeholder', '{run:0{width}d}', '000007'],
    ['a conversion', '{name!r:>12}|{run!s:>3}', " 'thaumatin'|  7"],
    [
      'true, null and structures as Python writes them',
      '{good} {absent} {nested}',
      "True None {'5': 'five', 'some key': {'deep': [1, {'x': None}]}}",
    ],
    ['doubled braces as single ones', "awk '{{print ${run}}}'", "awk '{print $7}'"],
  ])('fills in %s', (_, text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  it.each([
    '{unknown}',
    '{unknown[key][subkey]}',
    '{unknown:05d}',
    '{unknown!r}',
    '{unknown:{width}}',
    'a {print $1} b',
    '$name',
  ])('leaves %s as it stands', (text) => {
    expect(filled(text)).toBe(text);
  });

  it.each([
    ['a structure', '{$REPLACE:nested}', parameters.nested],
    ['a part of one', '{$REPLACE:nested[some key][deep]}', [1, { x: null }]],
    ['a number, as a number', '{$REPLACE:run}', 7],
    ['the same whatever format stands behind the name', '{$REPLACE:run:05d}', 7],
    ['null for a name that is missing', '{$REPLACE:unknown}', null],
    ['null for a key that is missing', '{$REPLACE:nested[nothing][more]}', null],
  ])('puts in place of $REPLACE %s', (_, text, expected) => {
    expect(filled(text)).toEqual(expected);
  });

  it('copies what it puts in place of $REPLACE', () => {
    expect(filled('{$REPLACE:list}')).not.toBe(parameters.list);
  });

  it('does not fill in what was filled in', () => {
    expect(filled('{a}', { a: '{b}', b: 'c' })).toBe('{b}');
  });

  it.each([
    ['{', 'a { is never closed'],
    ['{name', 'a { is never closed'],
    ['{name[x}', 'a { is never closed'],
    ['a } b', 'a single } has no {'],
    ['find -exec {} +', '"{}" names no parameter'],
    ['{0}', '"{0}" names no parameter'],
    ['{name.upper}', 'name[key]'],
    ['{nested[nothing]}', 'the parameter nested has nothing at "nested[nothing]"'],
    ['{list[7]}', 'the parameter list has nothing'],
    ['{name:05d}', 'the value thaumatin cannot be formatted as d'],
    ['{nested:>9}', 'cannot be formatted'],
    ['{run:q}', '"q" is no format of a number'],
    ['{run!x}', '!x is no conversion'],
    ['{run:{width:{width}}}', 'a format may hold placeholders, but these no others'],
  ])('refuses %s and says why', (text, reason) => {
    expect(() => fillIn({ a: [text] }, parameters)).toThrow(expect.objectContaining({ code: 'recipes.placeholder' }));
    expect(() => fillIn({ a: [text] }, parameters)).toThrow(reason);
    expect(() => fillIn({ a: [text] }, parameters)).toThrow('"a", entry 1');
  });

  it('finds nothing in the prototypes of parameters', () => {
    expect(filled('{constructor} {toString} {__proto__}')).toBe('{constructor} {toString} {__proto__}');
    expect(() => filled('{nested[constructor]}')).toThrow('has nothing at');
  });

  it('keeps a key named __proto__ a key', () => {
    const made = fillIn(JSON.parse('{"__proto__": {"polluted": "{run}"}}') as Json, parameters);
    expect(JSON.stringify(made)).toBe('{"__proto__":{"polluted":"7"}}');
    expect('polluted' in {}).toBe(false);
  });

  it('refuses a recipe that grows beyond any message', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, '{$REPLACE:big}']));
    expect(() => fillIn(many, { big: 'x'.repeat(1024 * 1024) })).toThrow(
      expect.objectContaining({ code: 'recipes.too-large' }),
    );
  });

  it('never changes its inputs, and throws only its own errors', () => {
    fc.assert(
      fc.property(validRecipe, anyParameters, (recipe, given) => {
        try {
          substitute(frozen(recipe), frozen(given));
        } catch (error) {
          if (!(error instanceof BatonError)) throw error;
        }
      }),
    );
  });

  it('throws only its own errors on any text', () => {
    fc.assert(
      fc.property(anyText, anyParameters, (text, given) => {
        try {
          fillIn(text, given);
        } catch (error) {
          if (!(error instanceof BatonError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves any JSON without braces as it is', () => {
    fc.assert(
      fc.property(anyJson.map(withoutBraces), (value) => {
        expect(fillIn(value, parameters)).toEqual(value);
      }),
    );
  });
});

function withoutBraces(value: Json): Json {
  return JSON.parse(JSON.stringify(value).replace(/"(?:[^"\\]|\\.)*"/g, (text) => text.replace(/[{}]/g, '|'))) as Json;
}
