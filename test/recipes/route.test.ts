import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { joinKey, messageKey } from '../../src/recipes/keys.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import {
  routeCheckpoints,
  routeError,
  routeOutputs,
  startMessages,
  type NextMessage,
  type Origin,
} from '../../src/recipes/route.ts';
import { almostRecipe, anyJson, frozen, validRecipe } from './arbitraries.ts';

const recipe: Recipe = frozen({
  '1': {
    queue: 'one',
    output: { somewhere: [2], several: [2, 3, 4], bare: 2, nowhere: null },
    error: { default: 4, 'a.b': [2, 3] },
  },
  '2': { queue: 'two', output: [3, 3] },
  '3': { topic: 'three', 'transport-delay': 300 },
  '4': { queue: 'four', topic: 'four.too', 'transport-delay': '2.5', error: 5 },
  '5': { service: 'without a destination' },
  '6': { queue: 'six', output: 7 },
  '7': { queue: 'seven' },
  start: [
    [1, { first: true }],
    [6, [2]],
    [1, null],
  ],
  error: [7],
});

const environment: JsonObject = { ID: 'run', source: 'kept' };

function at(pointer: number, payload: Json = 'in', given: Recipe = recipe): Origin {
  return { key: 'parent', envelope: { environment, payload, recipe: given, path: [9], pointer } };
}

/** What matters of a message, in a line. */
function brief({ step, channel, index, envelope, queue, topic, delay }: NextMessage): unknown[] {
  return [step, channel, index, envelope.payload, queue ?? topic, delay];
}

describe('routeOutputs', () => {
  it('sends over a channel to every step that it links to', () => {
    expect(routeOutputs(at(1), [{ channel: 'several', payload: 'x' }]).map(brief)).toEqual([
      [2, 'several', 0, 'x', 'two', 0],
      [3, 'several', 0, 'x', 'three', 300],
      [4, 'several', 0, 'x', 'four', 2.5],
    ]);
  });

  it('takes a bare number for a list of one', () => {
    expect(routeOutputs(at(1), [{ channel: 'bare', payload: 1 }]).map(brief)).toEqual([[2, 'bare', 0, 1, 'two', 0]]);
  });

  it('passes on environment and recipe, and adds its own step to the path', () => {
    const [message] = routeOutputs(at(1), [{ channel: 'somewhere', payload: 1 }]);
    expect(message?.envelope).toEqual({ environment, payload: 1, recipe, path: [9, 1], pointer: 2 });
    expect(message?.link).toBe('output');
  });

  it('drops what nothing is linked to', () => {
    expect(routeOutputs(at(1), [{ channel: 'unknown', payload: 1 }])).toEqual([]);
    expect(routeOutputs(at(1), [{ channel: 'nowhere', payload: 1 }])).toEqual([]);
    expect(routeOutputs(at(1), [{ channel: 'constructor', payload: 1 }])).toEqual([]);
    expect(routeOutputs(at(7), [{ payload: 1 }])).toEqual([]);
  });

  it('sends an output without channel over the default channel, else nowhere', () => {
    expect(routeOutputs(at(1), [{ payload: 1 }])).toEqual([]);
    expect(routeOutputs(at(1), [{ payload: 1 }], 'somewhere').map(brief)).toEqual([[2, 'somewhere', 0, 1, 'two', 0]]);
  });

  it('sends only outputs without channel, or of the default channel, where links have no channels', () => {
    const outputs = [{ payload: 1 }, { channel: 'result', payload: 2 }, { channel: 'other', payload: 3 }];
    expect(routeOutputs(at(6), outputs).map(brief)).toEqual([[7, '', 0, 1, 'seven', 0]]);
    expect(routeOutputs(at(6), outputs, 'result').map(brief)).toEqual([
      [7, '', 0, 1, 'seven', 0],
      [7, '', 1, 2, 'seven', 0],
    ]);
  });

  it("lets an output's own delay take the place of the step's", () => {
    expect(routeOutputs(at(1), [{ channel: 'several', payload: 1, delay: 0 }]).map(({ delay }) => delay)).toEqual([
      0, 0, 0,
    ]);
  });

  it('numbers the messages to one step over one channel, also where a link stands twice', () => {
    const messages = routeOutputs(at(2), [{ payload: 'a' }, { payload: 'b' }]);
    expect(messages.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(messages[2]?.key).toBe(messageKey('parent', 3, '', 2));
  });

  it('gives one key to a step with queue and topic, and no message to one with neither', () => {
    expect(routeOutputs(at(1), [{ channel: 'several', payload: 1 }])[2]).toMatchObject({
      queue: 'four',
      topic: 'four.too',
    });
    expect(routeError(at(4), { code: 'x' })).toEqual([]);
  });

  it('finds no way through a recipe that is none, and does not fail over it', () => {
    fc.assert(
      fc.property(almostRecipe, fc.integer({ min: 1, max: 3 }), anyJson, (json, pointer, payload) => {
        const origin = at(pointer, payload, frozen(json) as Recipe);
        const outputs = [{ payload }, { channel: 'a', payload }];
        const messages = [
          routeOutputs(origin, outputs, 'b'),
          routeError(origin, { code: 'x' }),
          routeCheckpoints(origin, outputs),
        ];
        for (const { queue = '', topic = '', delay } of messages.flat()) {
          expect(queue + topic).not.toBe('');
          expect(delay).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same keys when done again, and different ones to all messages', () => {
    fc.assert(
      fc.property(validRecipe, fc.array(fc.record({ payload: anyJson }), { maxLength: 4 }), (given, outputs) => {
        const origins = Object.keys(given).map(Number).filter(Number.isFinite);
        for (const pointer of origins) {
          const keys = routeOutputs(at(pointer, 'in', frozen(given)), outputs).map(({ key }) => key);
          expect(routeOutputs(at(pointer, 'in', given), outputs).map(({ key }) => key)).toEqual(keys);
          expect(new Set(keys).size).toBe(keys.length);
        }
      }),
    );
  });
});

describe('startMessages', () => {
  it('makes one message for each start, with an empty path', () => {
    const messages = startMessages(recipe, environment, 'announcement');
    expect(messages.map(brief)).toEqual([
      [1, '', 0, { first: true }, 'one', 0],
      [6, '', 0, [2], 'six', 0],
      [1, '', 1, null, 'one', 0],
    ]);
    expect(messages.map(({ envelope }) => envelope.path)).toEqual([[], [], []]);
    expect(messages[2]?.key).toBe(messageKey('announcement', 1, '', 1));
  });
});

describe('routeError', () => {
  const error = { code: 'services.timeout', message: 'took too long' };

  it("tells the step's own error links what failed and with what", () => {
    expect(routeError(at(1, { n: 1 }), error)).toMatchObject([
      { link: 'error', step: 4, channel: 'default', envelope: { payload: { error, payload: { n: 1 } }, path: [9, 1] } },
    ]);
  });

  it("chooses links by the cause's code where there are channels", () => {
    expect(routeError(at(1), { code: 'a.b' }).map(({ step }) => step)).toEqual([2, 3]);
  });

  it("falls back on the recipe's own error links", () => {
    expect(routeError(at(2), error).map(({ step }) => step)).toEqual([7]);
  });

  it("does not tell a step of its own failure, nor those that the recipe's error links lead to", () => {
    expect(routeError(at(7), error)).toEqual([]);
  });

  it('names failures otherwise than outputs of the same message to the same step', () => {
    const both: Recipe = { '1': { queue: 'a', output: 2, error: 2 }, '2': { queue: 'b' }, start: [[1, 0]] };
    const [output] = routeOutputs(at(1, 0, both), [{ payload: 1 }]);
    const [failure] = routeError(at(1, 0, both), error);
    expect(output?.key).not.toBe(failure?.key);
  });
});

describe('routeCheckpoints', () => {
  it('sends to the step itself, path unchanged, without its transport-delay', () => {
    const messages = routeCheckpoints(at(4), [{ payload: { seen: 3 } }, { payload: 2, delay: 1 }]);
    expect(messages.map(brief)).toEqual([
      [4, '', 0, { seen: 3 }, 'four', 0],
      [4, '', 1, 2, 'four', 1],
    ]);
    expect(messages.map(({ envelope, link }) => [envelope.path, envelope.pointer, link])).toEqual([
      [[9], 4, 'checkpoint'],
      [[9], 4, 'checkpoint'],
    ]);
  });
});

describe('groups', () => {
  const grouped: Recipe = {
    '1': { queue: 'a', output: { joined: 2, by: 3, all: 4 }, error: 3 },
    '2': { queue: 'b', join: { count: '2' } },
    '3': { queue: 'c', join: { count: 2, by: 'sample[id]' } },
    '4': { queue: 'd', group: true },
    '5': { queue: 'e', group: 'wedge' },
    start: [
      [1, 0],
      [5, { wedge: 1 }],
      [5, { wedge: 2 }],
      [5, { wedge: 1, other: 2 }],
      [5, {}],
      [5, 'no object'],
    ],
  };

  function groupsOf(channel: string, payloads: readonly Json[]): (string | undefined)[] {
    const outputs = payloads.map((payload) => ({ channel, payload }));
    return routeOutputs(at(1, 0, grouped), outputs).map(({ group }) => group);
  }

  it('hold all members of a join together, per value of its field', () => {
    expect(groupsOf('joined', [1, 2])).toEqual([joinKey('run', 2), joinKey('run', 2)]);
    expect(groupsOf('by', [{ sample: { id: 7 } }, {}])).toEqual([joinKey('run', 3, 7), joinKey('run', 3)]);
  });

  it('find a failed member by the payload that failed', () => {
    expect(routeError(at(1, { sample: { id: 7 } }, grouped), { code: 'x' })[0]?.group).toBe(joinKey('run', 3, 7));
  });

  it('keep order over a run, or per value of a field', () => {
    const [all, again] = groupsOf('all', [1, 2]);
    expect(all).toBe(again);
    const groups = startMessages(grouped, environment, 'k').map(({ group }) => group);
    expect(groups[0]).toBeUndefined();
    expect(new Set(groups).size).toBe(4);
    expect(groups[1]).toBe(groups[3]);
    expect(groups[4]).toBe(groups[5]);
  });
});
