import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { invalidRecipe } from '../../src/recipes/errors.ts';
import { findProblems, validateRecipe } from '../../src/recipes/validate.ts';
import { almostRecipe, anyJson, frozen, validRecipe } from './arbitraries.ts';

/** Two steps and every kind of link, to be changed in one place. */
function recipeWith(changes: Record<string, unknown>): Json {
  return {
    '1': { service: 'A', queue: 'a.{first}', output: [2], error: 2 },
    '2': { service: 'B', queue: 'b.{name}' },
    start: [[1, {}]],
    error: [2],
    ...changes,
  };
}

function firstStepWith(changes: Record<string, unknown>): Json {
  return recipeWith({ '1': { queue: 'a', output: [2], ...changes } });
}

describe('validateRecipe accepts what python-workflows accepts:', () => {
  it.each<[string, Json]>([
    ['two linked steps', recipeWith({})],
    ['a recipe without error links', { '1': {}, start: [[1, null]] }],
    ['an empty list of error links', recipeWith({ error: [] })],
    ['one error link as a bare number', recipeWith({ error: 1 })],
    ['several error links', recipeWith({ error: [1, 2] })],
    [
      'several starts',
      recipeWith({
        start: [
          [1, null],
          [2, null],
        ],
      }),
    ],
    ['outputs as a bare number', firstStepWith({ output: 2 })],
    ['outputs by channel', firstStepWith({ output: { all: 2, some: [2, 2], none: null } })],
    ['errors by channel', firstStepWith({ error: { all: 2, some: [2, 2] } })],
    ['a step that links nowhere', firstStepWith({ error: null })],
    ['gaps in the numbers, and negative ones', { '-3': { output: [900] }, '900': {}, start: [[-3, []]] }],
    ['a step without queue', { '1': { parameters: { foo: 'bar' } }, start: [[1, []]] }],
    [
      'keys of other systems',
      firstStepWith({ exchange: 'x', gridinfo: [], wrapper: { task_information: 1 }, anything: null }),
    ],
    ['a step that is reached through error links only', recipeWith({ '3': {}, error: [3] })],
    [
      'two ways to one step',
      { '1': { output: [2, 3] }, '2': { output: 4 }, '3': { output: 4 }, '4': {}, start: [[1, 0]] },
    ],
  ])('%s', (_, recipe) => {
    expect(findProblems(recipe)).toEqual([]);
  });
});

describe('validateRecipe refuses', () => {
  it.each<[string, Json, string, string, string]>([
    [
      'what is no object',
      [],
      'not-an-object',
      'the recipe',
      'expected an object of steps and "start", got an empty list',
    ],
    ['null', null, 'not-an-object', 'the recipe', 'got null'],
    [
      'a recipe without start',
      { '1': {} },
      'no-start',
      'the recipe',
      '"start" is missing, expected a list of [step, payload]',
    ],
    [
      'an empty start',
      recipeWith({ start: [] }),
      'no-start',
      '"start"',
      'expected a list of [step, payload], got an empty list',
    ],
    ['a start that is no list', recipeWith({ start: { '1': {} } }), 'no-start', '"start"', 'got an object'],
    [
      'a start without payload',
      recipeWith({ start: [[1]] }),
      'bad-start',
      '"start", entry 1',
      'expected [step, payload], got a list of 1',
    ],
    [
      'a start that is text',
      recipeWith({ start: [[1, 'x'], 'banana'] }),
      'bad-start',
      '"start", entry 2',
      'got "banana"',
    ],
    [
      'a start that leads to start',
      recipeWith({
        start: [
          [1, 'x'],
          ['start', 'x'],
        ],
      }),
      'bad-link',
      '"start", entry 2, entry 1',
      'expected the number of a step, got "start"',
    ],
    [
      'a start that leads to a missing step',
      recipeWith({
        start: [
          [1, null],
          [99, null],
        ],
      }),
      'missing-step',
      '"start", entry 2, entry 1',
      'links to step 99, which is missing',
    ],
    ['an error link to start', recipeWith({ error: ['start', 2] }), 'bad-link', '"error", entry 1', 'got "start"'],
    ['an error link to error', recipeWith({ error: 'error' }), 'bad-link', '"error"', 'got "error"'],
    ['an error link to a missing step', recipeWith({ error: 99 }), 'missing-step', '"error"', 'links to step 99'],
    [
      'a key that is no number',
      recipeWith({ comment: 'x' }),
      'not-numeric',
      '"comment"',
      'Python services fail on any other key',
    ],
    ['step 0', recipeWith({ '0': {} }), 'not-numeric', 'step 0', 'expected a step number from 1'],
    [
      'a step that is no object',
      recipeWith({ '2': ['a comment'] }),
      'bad-step',
      'step 2',
      'expected an object, got a list of 1',
    ],
    ['an output that is text', firstStepWith({ output: 'asdf' }), 'bad-link', 'step 1, "output"', 'got "asdf"'],
    ['an output that is null', firstStepWith({ output: null }), 'bad-link', 'step 1, "output"', 'got null'],
    ['an output that is true', firstStepWith({ output: true }), 'bad-link', 'step 1, "output"', 'got true'],
    [
      'an output that is no whole number',
      firstStepWith({ output: [1.5] }),
      'bad-link',
      'step 1, "output", entry 1',
      'got 1.5',
    ],
    [
      'an output to a missing step',
      firstStepWith({ output: [2, 99] }),
      'missing-step',
      'step 1, "output", entry 2',
      'links to step 99',
    ],
    [
      'a channel to a missing step',
      firstStepWith({ output: { all: 2, some: [2, 99] } }),
      'missing-step',
      'step 1, "output", "some", entry 2',
      'step 99',
    ],
    [
      'an error that is text',
      firstStepWith({ error: [2, 'banana'] }),
      'bad-link',
      'step 1, "error", entry 2',
      'got "banana"',
    ],
    [
      'channels in channels',
      firstStepWith({ output: { a: { b: 2 } } }),
      'bad-link',
      'step 1, "output", "a"',
      'got an object',
    ],
    [
      'a step that nothing leads to',
      recipeWith({ '99': {} }),
      'unreferenced',
      'step 99',
      'no start and no link leads to this step',
    ],
    ['a cycle', recipeWith({ '2': { output: 1 } }), 'cycle', 'step 2, "output"', 'the link closes the cycle 1 → 2 → 1'],
    [
      'a cycle over error links',
      recipeWith({ '2': { error: { x: 1 } } }),
      'cycle',
      'step 2, "error", "x"',
      '1 → 2 → 1',
    ],
    [
      'a step that leads to itself',
      recipeWith({ '2': { output: [2] } }),
      'cycle',
      'step 2, "output", entry 1',
      '2 → 2',
    ],
    [
      'a queue that is no text',
      firstStepWith({ queue: 5 }),
      'bad-destination',
      'step 1, "queue"',
      'expected a name as text, got 5',
    ],
    [
      'a queue of Baton',
      firstStepWith({ queue: 'baton.ledger' }),
      'bad-destination',
      'step 1, "queue"',
      'expected a queue or topic that is not Baton\'s own or the broker\'s, got "baton.ledger"',
    ],
    [
      'a queue by its address',
      firstStepWith({ queue: '/queue/a' }),
      'bad-destination',
      'step 1, "queue"',
      'expected a name without /queue/ in front, got "/queue/a"',
    ],
    [
      'a topic for many',
      firstStepWith({ topic: 'a.>' }),
      'bad-destination',
      'step 1, "topic"',
      'expected the name of one queue or topic, without spaces, commas and wildcards, got "a.>"',
    ],
  ])('%s', (_, recipe, rule, where, message) => {
    expect(findProblems(recipe)).toContainEqual(
      expect.objectContaining({ rule, where, message: expect.stringContaining(message) }),
    );
  });

  it('everything at once, in one error', () => {
    const recipe = { '1': { output: 9 }, '2': {}, x: 1, start: [[1]] };
    expect(() => {
      validateRecipe(recipe, { name: 'grid.json' });
    }).toThrow(
      expect.objectContaining({
        code: 'recipes.invalid',
        message: expect.stringMatching(/^grid\.json is not a valid recipe: .*entry 1.*; step 1.*; "x".*; step 2.*\.$/),
      }),
    );
  });
});

describe('validateRecipe says what was probably meant:', () => {
  it.each<[string, Json, string]>([
    ['a channel in place of a step', firstStepWith({ output: 'every' }), 'for a channel, { "every": number }.'],
    ['a queue in place of a step', firstStepWith({ output: { a: 'b.{name}' } }), 'Write 2, the number of the step'],
    ['a service in place of a step', firstStepWith({ error: ['B'] }), 'Write 2, the number of the step with "B".'],
    ['nothing in place of a step', firstStepWith({ output: null }), 'Leave "output" out where nothing follows.'],
    ['one start alone', recipeWith({ start: [1, {}] }), 'Write "start": [[1, …]], with brackets around each entry'],
    ['a start that is a number', recipeWith({ start: 1 }), 'Write "start": [[1, []]]'],
    ['step 0', recipeWith({ '0': {} }), 'Give the step a number from 1'],
    ['a number with too many digits', recipeWith({ '12345678901234567890': {} }), 'Give the step a number from 1'],
    ['a step under its name', recipeWith({ watch: { queue: 'a' } }), 'its name may stand in it, "service": "watch".'],
    ['steps below a key', { steps: { '1': {} }, start: [[1, 0]] }, 'without "steps" around.'],
    ['a time with its unit', firstStepWith({ timeout: '1.5 min' }), 'Write 90, in seconds and without a unit.'],
    ['a number of attempts', firstStepWith({ retry: 5 }), 'Write { "attempts": 5 }, if that is meant.'],
    ['a field with points', firstStepWith({ group: 'a.b.c' }), 'Write "a[b][c]".'],
  ])('%s', (_, recipe, hint) => {
    expect(findProblems(recipe)).toContainEqual(expect.objectContaining({ hint: expect.stringContaining(hint) }));
  });

  it('an operator of another language', () => {
    expect(findProblems(firstStepWith({ when: { n: { $gte: 5 } } }))).toMatchObject([
      { message: 'unknown keyword: "$gte" (did you mean "minimum"?)' },
    ]);
  });

  it('a step that only step 0 leads to is not told of, too', () => {
    const recipe = { '0': { output: 2 }, '2': {}, start: [[0, []]] } as Json;
    expect(findProblems(recipe).map(({ rule }) => rule)).toEqual(['not-numeric']);
  });
});

describe("Baton's own settings", () => {
  it.each<[string, unknown, string, string]>([
    ['retry', { attempts: 0 }, 'step 1, "retry", "attempts"', 'expected a whole number of at least 1, got 0'],
    ['retry', { delay: -1 }, 'step 1, "retry", "delay"', 'expected a number of at least 0, got -1'],
    ['retry', { maxdelay: 3 }, 'step 1, "retry", "maxdelay"', '(did you mean "maxDelay"?)'],
    ['retry', 3, 'step 1, "retry"', 'expected an object with attempts, delay, factor, maxDelay, got 3'],
    ['timeout', 'soon', 'step 1, "timeout"', 'expected a number above 0, got "soon"'],
    ['budget', 0, 'step 1, "budget"', 'expected a number above 0, got 0'],
    ['transport-delay', [], 'step 1, "transport-delay"', 'expected a number of at least 0, got an empty list'],
    ['join', {}, 'step 1, "join"', 'expected "count", how many messages it waits for'],
    [
      'join',
      { count: 2, by: 'a.b' },
      'step 1, "join", "by"',
      'expected the name of a field of the payload, as "name" or "name[key]"',
    ],
    ['group', false, 'step 1, "group"', 'or true for all messages of the run, got false'],
  ])('%s: %j is refused', (key, value, where, message) => {
    expect(findProblems(firstStepWith({ [key]: value }))).toEqual([
      expect.objectContaining({ rule: 'setting', where, message: expect.stringContaining(message) }),
    ]);
  });

  it('may be text and placeholders before substitution', () => {
    const settings = {
      timeout: '5',
      budget: '{b}',
      retry: { attempts: '{n}' },
      join: { count: '{frames}', by: '{by}' },
    };
    expect(findProblems(firstStepWith(settings))).toEqual([]);
  });

  it('may hold no placeholders any more after it', () => {
    const problems = findProblems(firstStepWith({ timeout: '5', join: { count: '{frames}' } }), {
      isSubstituted: true,
    });
    expect(problems).toMatchObject([
      { where: 'step 1, "join", "count"', message: expect.stringContaining('got "{frames}"') },
    ]);
  });

  it('are looked at in "when", too, where that holds no placeholder any more', () => {
    expect(findProblems(firstStepWith({ when: { spots: { minimun: '{least}' } } }))).toEqual([]);
    expect(findProblems(firstStepWith({ when: { spots: { minimun: 3 } } }))).toMatchObject([
      {
        rule: 'bad-condition',
        where: 'step 1, "when", "spots"',
        message: expect.stringContaining('did you mean "minimum"'),
      },
    ]);
  });
});

describe('validation', () => {
  it('accepts every valid recipe and leaves it as it is', () => {
    fc.assert(
      fc.property(validRecipe, (recipe) => {
        validateRecipe(frozen(recipe));
      }),
    );
  });

  it('throws only its own error, on any JSON', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, almostRecipe), fc.boolean(), (json, isSubstituted) => {
        try {
          validateRecipe(json, { isSubstituted });
        } catch (error) {
          if (!invalidRecipe.is(error)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('walks chains of any length', () => {
    const steps = Array.from({ length: 50_000 }, (_, index) => [
      index + 1,
      { output: index < 49_999 ? index + 2 : [] },
    ]);
    expect(findProblems({ ...Object.fromEntries(steps), start: [[1, {}]] } as Json)).toEqual([]);
  });

  it('takes a step that is reached in many ways for visited: python-workflows follows each of 2^40 ways', () => {
    const steps = Array.from({ length: 40 }, (_, index) => [index + 1, { output: [index + 2, index + 2] }]);
    expect(findProblems({ ...Object.fromEntries(steps), '41': {}, start: [[1, {}]] } as Json)).toEqual([]);
  });

  it.each([1, 50])(
    'reads each link as often in a recipe of 1 000 steps with %i links each as in one of 100',
    (links) => {
      const large = readsOf(1000, links);
      const small = readsOf(100, links);
      expect(large.steps / 1000).toBeLessThanOrEqual(Math.ceil(small.steps / 100));
      expect(large.links / (1000 * links)).toBeLessThanOrEqual(Math.ceil(small.links / (100 * links)));
    },
  );

  it('looks at a recipe that is wrong a hundred thousand times no longer than it takes to say so', () => {
    const recipe = { '1': { output: Array.from({ length: 100_000 }, () => 9) }, start: [[1, 0]] } as Json;
    expect(findProblems(recipe)).toHaveLength(50);
  });

  it('tells of a tangle in few words', () => {
    const all = Array.from({ length: 300 }, (_, index) => index + 1);
    const tangle = { ...Object.fromEntries(all.map((number) => [number, { output: all }])), start: [[1, {}]] } as Json;
    const problems = findProblems(tangle);
    expect(problems.length).toBeLessThan(20);
    expect(Math.max(...problems.map(({ message }) => message.length))).toBeLessThan(200);
  });
});

/** How often validation reads from the steps, and from the lists of links, of a recipe of so many steps with so many links each. */
function readsOf(size: number, links: number): { steps: number; links: number } {
  const reads = { steps: 0, links: 0 };
  const counted = <Holder extends object>(holder: Holder, kind: keyof typeof reads): Holder =>
    new Proxy(holder, {
      get(target, key, receiver): unknown {
        reads[kind] += 1;
        return Reflect.get(target, key, receiver);
      },
    });
  const stepAt = (number: number): object => {
    const output = Array.from({ length: Math.min(links, size - number) }, (_, index) => number + 1 + index);
    return counted({ queue: 'a', output: counted(output, 'links') }, 'steps');
  };
  const steps = Array.from({ length: size }, (_, index) => [index + 1, stepAt(index + 1)] as const);
  expect(findProblems({ ...Object.fromEntries(steps), start: [[1, {}]] })).toEqual([]);
  expect(reads.links).toBeGreaterThan(size);
  return reads;
}
