import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../src/core/json.ts';
import { recipeSchema, type DescribedService } from '../../src/recipes/schema.ts';
import { builtinServices } from '../../src/services/builtin/builtin.ts';
import { validRecipe } from './arbitraries.ts';

const watch: DescribedService = {
  name: 'File watch: all',
  description: 'Waits for files.',
  queue: 'file-watch',
  parameters: { type: 'object', properties: { 'burst-limit': { type: 'integer' } }, required: ['pattern'] },
  channels: { every: 'Every file.', last: 'The last file.' },
};

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
const isRecipe = ajv.compile(recipeSchema([watch]));

function recipeWith(step: Json): Json {
  return { '1': step, start: [[1, {}]] };
}

describe('recipeSchema', () => {
  it('accepts every valid recipe', () => {
    const isAnyRecipe = ajv.compile(recipeSchema());
    fc.assert(
      fc.property(validRecipe, (recipe) => {
        expect(isAnyRecipe(recipe), ajv.errorsText(isAnyRecipe.errors)).toBe(true);
      }),
    );
  });

  it.each<[string, Json]>([
    [
      'all settings',
      { queue: 'q', retry: { attempts: 2 }, timeout: 3, join: { count: 2, by: 'a[b]' }, group: true, when: {} },
    ],
    ['placeholders for numbers', { 'transport-delay': '{d}', join: { count: '{n}' }, retry: { attempts: '{a}' } }],
    ['keys of other systems', { gridinfo: [1], exchange: 'x', anything: null }],
    ['a placeholder for a parameter', { queue: 'file-watch', parameters: { pattern: 'x', 'burst-limit': '{b}' } }],
  ])('accepts %s', (_, step) => {
    expect(isRecipe(recipeWith(step)), ajv.errorsText(isRecipe.errors)).toBe(true);
  });

  it.each<[string, Json]>([
    ['a recipe without start', { '1': {} }],
    ['another key at the top', { '1': {}, start: [[1, 0]], comment: 'x' }],
    ['a link that is text', recipeWith({ output: '2' })],
    ['a misspelt setting', recipeWith({ retry: { atempts: 2 } })],
    ['a join without count', recipeWith({ join: {} })],
    [
      "a parameter that breaks its service's schema",
      recipeWith({ queue: 'file-watch', parameters: { pattern: 'x', 'burst-limit': 'x' } }),
    ],
    ['a parameter that is missing', recipeWith({ queue: 'file-watch', parameters: {} })],
  ])('refuses %s', (_, recipe) => {
    expect(isRecipe(recipe)).toBe(false);
  });
});

describe("a service's schema as a part of that of recipes", () => {
  const own: DescribedService = {
    name: 'own',
    description: 'Has definitions.',
    queue: 'own',
    parameters: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'https://example.org/own.json',
      type: 'object',
      $defs: { size: { type: 'integer', minimum: 1 } },
      properties: {
        box: { $ref: '#/$defs/size' },
        boxes: { type: 'array', items: { $ref: '#/properties/box' } },
        fast: { type: 'boolean' },
      },
      additionalProperties: false,
    },
    channels: {},
  };
  const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
    recipeSchema([own, watch]),
  );
  const isTaken = (parameters: Json): boolean => validate(recipeWith({ queue: 'own', parameters }));

  it('refers to its own definitions still', () => {
    expect(isTaken({ box: 3, boxes: [1, '{n}'] })).toBe(true);
    expect(isTaken({ box: 0 })).toBe(false);
    expect(isTaken({ boxes: [0] })).toBe(false);
  });

  it('is left out where it is no schema, for it would make the whole one none', () => {
    const broken = { ...own, parameters: { type: 'objekt' } };
    expect(ajv.validateSchema(recipeSchema([broken]))).toBe(true);
    expect(ajv.compile(recipeSchema([broken]))(recipeWith({ queue: 'own', parameters: { any: 1 } }))).toBe(true);
  });

  it('takes the texts that a service reads as numbers and as true and false, and names with placeholders', () => {
    expect(isTaken({ fast: 'True', '{name}': 5 })).toBe(true);
    expect(isTaken({ fast: 'quickly' })).toBe(false);
    expect(isRecipe(recipeWith({ queue: 'file-watch', parameters: { pattern: 'x', 'burst-limit': '40' } }))).toBe(true);
    expect(isRecipe(recipeWith({ timeout: '60', join: { count: '3' }, error: null, output: { a: null } }))).toBe(true);
    expect(isRecipe(recipeWith({ timeout: '60s' }))).toBe(false);
  });
});

describe('the schema of recipes with the services that ship', () => {
  const validate = ajv.compile(recipeSchema(builtinServices));

  it.each(['gridscan-images', 'gridscan-nexus'])('accepts the recipe %s', (name) => {
    const recipe = JSON.parse(readFileSync(new URL(`../../recipes/${name}.json`, import.meta.url), 'utf8')) as Json;
    expect(validate(recipe), ajv.errorsText(validate.errors)).toBe(true);
  });

  it.each<[string, Json]>([
    ['numbered channels', { queue: 'filewatcher', output: { 'select-9': 2 } }],
    [
      'placeholders in lists',
      { queue: 'xray_centring', parameters: { steps_x: 1, steps_y: 1, box_size_px: ['{a}', 2] } },
    ],
  ])('accepts %s', (_, step) => {
    expect(validate(recipeWith(step)), ajv.errorsText(validate.errors)).toBe(true);
  });

  it.each<[string, Json]>([
    ['a channel that is never sent on', { queue: 'filewatcher', output: { each: 2 } }],
    ['a list of the wrong things', { queue: 'filewatcher', parameters: { list: [1] } }],
  ])('refuses %s', (_, step) => {
    expect(validate(recipeWith(step))).toBe(false);
  });

  it('describes every parameter, for who hovers over it', () => {
    for (const { name, parameters } of builtinServices) {
      const silent = Object.entries(parameters['properties'] ?? {}).filter(
        ([, schema]: [string, Json]) => !isObject(schema) || schema['description'] === undefined,
      );
      expect(silent.map(([parameter]) => `${name}: ${parameter}`)).toEqual([]);
    }
  });
});
