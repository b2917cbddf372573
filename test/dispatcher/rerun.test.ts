import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { checkMessages, readRerun } from '../../src/dispatcher/rerun.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';

const recipe: Recipe = { 1: { queue: 'work', output: 2 }, 2: { topic: 'told' }, 3: {}, start: [[1, []]] };

function rerunWith(messages: Json): JsonObject {
  return { rerun: { of: 'first', recipes: [{ name: 'scan' }], messages } };
}

describe('the messages that a rerun begins with', () => {
  it('are read as they are', () => {
    const messages = [
      { step: 1, payload: { n: 1 } },
      { step: 2, payload: null, overErrorLink: true },
    ];
    const rerun = readRerun(rerunWith(messages));
    expect(rerun.messages).toEqual(messages);
    expect(() => checkMessages(rerun, recipe)).not.toThrow();
  });

  it('are those of the recipe where none are told', () => {
    expect(readRerun({ rerun: { of: 'first', recipes: [] } })).toEqual({ of: 'first', recipes: [] });
  });

  it.each<readonly [string, Json, string]>([
    ['no list', { step: 1 }, 'a list of at least 1'],
    ['an empty list', [], 'a list of at least 1'],
    ['too many', Array<Json>(20_001).fill({ step: 1, payload: 1 }), 'at most 20000 messages, got a list of 20001'],
    ['text', ['1'], 'entry 1 of the announcement: expected an object'],
    [
      'a step in words',
      [{ step: '1', payload: 1 }],
      '"step" of the announcement: expected the number of a step, got "1"',
    ],
    ['half a step', [{ step: 1.5, payload: 1 }], 'expected the number of a step, got 1.5'],
    ['no payload', [{ step: 1, payload: 1 }, { step: 1 }], 'entry 2, "payload" of the announcement: expected'],
    [
      'a link in words',
      [{ step: 1, payload: 1, overErrorLink: 'yes' }],
      '"overErrorLink" of the announcement: expected true or false',
    ],
  ])('are refused as %s, with the place', (_what, messages, words) => {
    expect(() => readRerun(rerunWith(messages))).toThrow(words);
  });

  it.each([
    ['that there is not', 7],
    ['that has neither queue nor topic', 3],
  ])('are refused to a step %s', (_what, step) => {
    const rerun = readRerun(rerunWith([{ step, payload: 1 }]));
    expect(() => checkMessages(rerun, recipe)).toThrow('expected a step of the recipe that has a queue or a topic');
    expect(() => checkMessages(rerun, undefined)).toThrow('expected a step of the recipe');
  });
});
