import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatonError } from '../../src/core/errors.ts';
import { EnvelopePrinter, currentStep, parseEnvelope, runOf } from '../../src/recipes/message.ts';
import { stepNumbers } from '../../src/recipes/recipe.ts';
import { anyJson, anyParameters, validRecipe } from './arbitraries.ts';

const recipe = { '1': { queue: 'a', output: [2] }, '2': { queue: 'b' }, start: [[1, {}]] };

function body(changes: Record<string, unknown>): string {
  return JSON.stringify({
    environment: { ID: 'r1' },
    payload: 5,
    recipe,
    'recipe-path': [1],
    'recipe-pointer': 2,
    ...changes,
  });
}

describe('parseEnvelope', () => {
  it('reads a message as a Python service writes it', () => {
    const envelope = parseEnvelope(Buffer.from(body({})));
    expect(envelope).toEqual({ environment: { ID: 'r1' }, payload: 5, recipe, path: [1], pointer: 2 });
    expect(currentStep(envelope)).toEqual({ queue: 'b' });
    expect(runOf(envelope)).toBe('r1');
  });

  it('takes what a Python service may leave out, and a pointer that is text', () => {
    expect(parseEnvelope(JSON.stringify({ recipe, 'recipe-pointer': '1' }))).toEqual({
      environment: {},
      payload: null,
      recipe,
      path: [],
      pointer: 1,
    });
  });

  it.each<[string, string, string]>([
    ['no JSON', 'hello', 'The message, line 1, column 1: expected a JSON value'],
    ['a message that was cut off', body({}).slice(0, 50), 'the text ends before the JSON does, after 50 characters'],
    ['no object', '[1]', 'body of the message: expected an object, got a list of 1'],
    ['no recipe', '{"recipe-pointer": 1}', '"recipe" of the message: expected an object, got nothing'],
    ['no pointer', body({ 'recipe-pointer': undefined }), 'expected the number of a step of its recipe, got nothing'],
    ['a pointer to nowhere', body({ 'recipe-pointer': 3 }), 'expected the number of a step of its recipe, got 3'],
    ['a pointer to start', body({ 'recipe-pointer': 'start' }), 'got "start"'],
    ['a pointer into a prototype', body({ 'recipe-pointer': 'constructor' }), 'got "constructor"'],
    [
      'a path that is none',
      body({ 'recipe-path': ['1'] }),
      '"recipe-path" of the message: expected a list of step numbers',
    ],
    [
      'an environment that is none',
      body({ environment: 'x' }),
      '"environment" of the message: expected an object, got "x"',
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseEnvelope(text)).toThrow(message);
    expect(() => parseEnvelope(text)).toThrow(BatonError);
  });

  it('refuses depth and size that would exhaust a service', () => {
    expect(() => parseEnvelope(body({}).replace('5', '['.repeat(100_000)))).toThrow(
      /has \d+ levels; at most 200 are read/,
    );
    expect(() => parseEnvelope(body({}), { bytes: 10, depth: 200 })).toThrow(/has \d+ bytes; at most 10 are read/);
  });

  it('reads what was printed, alone or after another', () => {
    fc.assert(
      fc.property(validRecipe, anyJson, anyParameters, fc.array(fc.nat()), (given, payload, environment, path) => {
        const envelope = { environment, payload, recipe: given, path, pointer: stepNumbers(given)[0] ?? 0 };
        const printer = new EnvelopePrinter();
        for (const next of [
          envelope,
          { ...envelope, payload: 1 },
          { ...envelope, environment: {}, path: [] },
          envelope,
        ])
          expect(parseEnvelope(printer.print(next, JSON.stringify(next.payload)))).toEqual(
            JSON.parse(JSON.stringify(next)),
          );
      }),
    );
  });
});
