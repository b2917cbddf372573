import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatonError } from '../../src/core/errors.ts';
import { parseRequest, type Request, type RequestOptions } from '../../src/dispatcher/request.ts';
import { anyJson } from '../recipes/arbitraries.ts';

const options: RequestOptions = {
  names: {
    beamline: ['beamline', 'ispyb_beamline'],
    visit: ['visit', 'ispyb_visit'],
    collection: ['ispyb_dcid', 'dcid', 'collection'],
    runNumber: ['run_number', 'run'],
  },
  prefix: 'zocalo',
};

function parsed(body: unknown, headers: Record<string, string> = {}, queue = 'processing_recipe'): Request {
  return parseRequest(queue, headers, typeof body === 'string' ? body : JSON.stringify(body), options);
}

describe('parseRequest', () => {
  it("reads an announcement as Diamond's acquisition sends it", () => {
    const parameters = {
      ispyb_dcid: 16085800,
      filename: 'ins_10_31',
      start_frame_index: 0,
      number_of_frames: 1140,
      message_index: 0,
      event: 'start',
      guid: 'd6f117bb-c856-4df8-b9bc-2d3c625e9fd5',
    };
    expect(parsed({ recipes: ['mimas'], parameters })).toEqual({
      queue: 'processing_recipe',
      recipes: ['mimas'],
      parameters,
      about: { collection: '16085800' },
      timeout: 120_000,
      guid: 'd6f117bb-c856-4df8-b9bc-2d3c625e9fd5',
      event: 'start',
    });
  });

  it('reads all that parameters and headers can say', () => {
    const parameters = {
      beamline: '',
      ispyb_beamline: 'i03',
      visit: 'mx1234-5',
      dcid: '77',
      run_number: null,
      run: 3,
      dispatcher_timeout: '10',
      dispatcher_expiration: 1_700_000_000.5,
      dispatcher_error_queue: 'not.ready',
    };
    const headers = {
      'reply-to': '/temp-queue/answers',
      'correlation-id': 'c1',
      'baton-reply-by': '1700000000000',
      'baton-lane': 'reprocessing',
      priority: '2',
      'zocalo.go.user': 'abc12345',
      'zocalo.go.host': 'ws001',
    };
    expect(parsed({ recipes: ['a', 'folder/b-2.0'], parameters, extra: 1 }, headers)).toEqual({
      queue: 'processing_recipe',
      recipes: ['a', 'folder/b-2.0'],
      parameters,
      about: { beamline: 'i03', visit: 'mx1234-5', collection: '77', runNumber: '3' },
      timeout: 10_000,
      expiration: 1_700_000_000_500,
      errorQueue: 'not.ready',
      reply: { to: '/temp-queue/answers', correlationId: 'c1', by: 1_700_000_000_000 },
      lane: 'reprocessing',
      priority: 2,
      user: 'abc12345',
      host: 'ws001',
    });
  });

  it('reads an announcement whose recipes the rules choose', () => {
    expect(parsed({ parameters: { event: 'end' } }, {}, 'data-collection')).toMatchObject({
      recipes: [],
      event: 'end',
    });
  });

  it('hands on a custom recipe, links that are text as the numbers they mean', () => {
    const recipe = { '1': { queue: 'x' }, start: [['1', {}]] };
    expect(parsed({ custom_recipe: recipe }).customRecipe).toEqual({ '1': { queue: 'x' }, start: [[1, {}]] });
  });

  it('unwraps an announcement that a step of another run sends', () => {
    const recipe = { '2': { queue: 'processing_recipe' }, start: [[2, {}]] };
    const payload = { recipes: ['next'], parameters: { guid: 'own' } };
    const message = { environment: { ID: 'r1' }, recipe, 'recipe-pointer': 2, 'recipe-path': [], payload };
    expect(parsed(message, { 'workflows-recipe': 'True' })).toMatchObject({
      recipes: ['next'],
      guid: 'own',
      parent: 'r1',
    });
  });

  it('is in the lane of the run whose step made it, and as urgent, unless it says otherwise', () => {
    const recipe = { '2': { queue: 'processing_recipe' }, start: [[2, {}]] };
    const environment = { ID: 'r1', baton: { lane: 'reprocessing', priority: 2 } };
    const payload = { recipes: ['next'], parameters: {} };
    const message = { environment, recipe, 'recipe-pointer': 2, 'recipe-path': [], payload };
    const wrapped = { 'workflows-recipe': 'True' };
    expect(parsed(message, wrapped)).toMatchObject({ lane: 'reprocessing', priority: 2 });
    const live = { lane: 'live', priority: 7 };
    expect(parsed(message, { ...wrapped, 'baton-lane': 'live', priority: '7' })).toMatchObject(live);
    expect(parsed(payload)).not.toHaveProperty('lane');
  });

  it('passes over a priority that is none', () => {
    expect(parsed({ recipes: ['a'] }, { priority: 'high' })).not.toHaveProperty('priority');
  });

  it('knows an answer queue with the prefix from one of its own', () => {
    expect(parsed({ recipes: ['a'] }, { 'reply-to': '/queue/zocalo.answers' }).reply?.to).toBe('/queue/zocalo.answers');
    expect(parsed({ recipes: ['a'] }, { 'reply-to': '/remote-temp-queue/ID:x-1:2' }).reply?.to).toBe(
      '/remote-temp-queue/ID:x-1:2',
    );
  });
});

describe('parseRequest refuses, in words a person can act upon,', () => {
  it.each<[string, unknown, string]>([
    ['what is no JSON', 'hello', 'The announcement, line 1, column 1: expected a JSON value, found "hello"'],
    ['what was cut off', '{"recipes": ["a"', 'the text ends before the JSON does, after 16 characters'],
    ['nothing', '', 'there is nothing in it'],
    ['a list', [], 'The body of the announcement: expected an object, got an empty list.'],
    [
      'parameters that are no object',
      { recipes: ['a'], parameters: 'x=1' },
      '"parameters" of the announcement: expected an object, got "x=1".',
    ],
    [
      'recipes that are no list',
      { recipes: 'a' },
      '"recipes" of the announcement: expected a list of at most 100 names, got "a".',
    ],
    ['no recipes', { parameters: {} }, '(to have rules choose, send to data-collection), got nothing.'],
    ['misspelt recipes', { recipies: ['a'] }, 'got nothing, but "recipies" (did you mean "recipes"?).'],
    [
      'a name that leaves the folder',
      { recipes: ['../secret'] },
      '"recipes", entry 1 of the announcement: expected the name of a recipe',
    ],
    [
      'a name that is a path',
      { recipes: ['a', '/etc/passwd'] },
      'entry 2 of the announcement: expected the name of a recipe',
    ],
    ['a name with a backslash', { recipes: ['..\\x'] }, 'got "..\\\\x"'],
    ['a name with a null byte', { recipes: ['a\u0000'] }, 'expected the name of a recipe'],
    ['a name that is a number', { recipes: [7] }, 'got 7'],
    [
      'a custom recipe that is text',
      { custom_recipe: '{}' },
      '"custom_recipe" of the announcement: expected an object, got "{}"',
    ],
    [
      'a run id with blanks',
      { recipes: ['a'], parameters: { guid: 'a b' } },
      '"guid" of the announcement: expected an id of at most 128',
    ],
    [
      'a run id that is an object',
      { recipes: ['a'], parameters: { guid: {} } },
      '"guid" of the announcement: expected text or a number, got an object',
    ],
    [
      'a beamline that is a list',
      { recipes: ['a'], parameters: { beamline: ['i03'] } },
      '"beamline" of the announcement: expected text or a number, got a list of 1',
    ],
    [
      'a time-out that is none',
      { recipes: ['a'], parameters: { dispatcher_timeout: 'soon' } },
      '"dispatcher_timeout" of the announcement: expected a number of seconds above 0, got "soon"',
    ],
  ])('%s', (_, body, message) => {
    expect(() => parsed(body)).toThrow(message);
    expect(() => parsed(body)).toThrow(BatonError);
  });

  it.each<[string, unknown, string]>([
    [
      'recipes where rules choose',
      { recipes: ['a'], parameters: {} },
      'to choose, send to processing_recipe), got "a"',
    ],
    [
      'a custom recipe where rules choose',
      { custom_recipe: {}, parameters: {} },
      '"custom_recipe" of the announcement: expected nothing',
    ],
    [
      'no parameters where rules choose',
      { parameter: {} },
      'got nothing, but "parameter" (did you mean "parameters"?)',
    ],
  ])('%s', (_, body, message) => {
    expect(() => parsed(body, {}, 'data-collection')).toThrow(message);
  });

  it.each([
    ['baton.ledger', "a queue that is not Baton's own"],
    ['zocalo.baton.replies', "a queue that is not Baton's own"],
    ['zocalo.processing_recipe', "a queue that is not Baton's own"],
    ['DLQ.x', "a queue that is not Baton's own"],
    ['a,b', 'a destination as /queue/NAME'],
    ['>', 'a destination as /queue/NAME'],
  ])('an answer to %s', (name, expected) => {
    expect(() => parsed({ recipes: ['a'] }, { 'reply-to': `/queue/${name}` })).toThrow(expected);
  });

  it.each(['processing_recipe', 'data-collection', 'baton.ledger', 'DLQ.x', 'a b', 'a,b', 'a.>', 'x'.repeat(100_000)])(
    'the queue %.20s for what is refused',
    (name) => {
      const announced = { recipes: ['a'], parameters: { dispatcher_error_queue: name } };
      expect(() => parsed(announced)).toThrow("the name of a queue that is not Baton's own");
    },
  );

  it('an id for its answers that no header has room for', () => {
    const headers = { 'reply-to': '/queue/a', 'correlation-id': 'c'.repeat(5_000) };
    expect(() => parsed({ recipes: ['a'] }, headers)).toThrow('at most 1000 characters');
  });

  it('an answer to what is no destination, or until no time', () => {
    expect(() => parsed({ recipes: ['a'] }, { 'reply-to': 'answers' })).toThrow(
      'expected a destination as /queue/NAME',
    );
    expect(() => parsed({ recipes: ['a'] }, { 'reply-to': '/queue/a', 'baton-reply-by': 'noon' })).toThrow(
      'milliseconds since 1970',
    );
  });

  it('what is too large or too deep, before reading it', () => {
    expect(() => parsed(`{"parameters": ${'['.repeat(1000)}`)).toThrow('has 1001 levels; at most 100 are read');
    expect(() => parsed(`"${'x'.repeat(5_000_000)}"`)).toThrow(expect.objectContaining({ code: 'recipes.too-large' }));
  });

  it('anything else without failing itself', () => {
    const keys = fc.constantFrom('recipes', 'parameters', 'custom_recipe', '__proto__');
    const headers = fc.dictionary(
      fc.constantFrom('reply-to', 'priority', 'workflows-recipe', 'baton-reply-by'),
      fc.string(),
    );
    const body = fc.oneof(anyJson, fc.dictionary(keys, anyJson));
    fc.assert(
      fc.property(body, headers, fc.constantFrom('data-collection', 'processing_recipe'), (json, given, queue) => {
        try {
          parsed(json, given, queue);
        } catch (error) {
          if (!(error instanceof BatonError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
