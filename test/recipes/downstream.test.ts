import { describe, expect, it } from 'vitest';
import { downstreamOf } from '../../src/recipes/downstream.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';

describe('what is downstream of a step', () => {
  const recipe: Recipe = {
    1: { output: { every: [2, 3], last: 5 } },
    2: { output: 4, error: 6 },
    3: { output: [4] },
    4: {},
    5: { output: null },
    6: {},
    start: [[1, []]],
  };
  const from = (...steps: number[]): readonly number[] => [...downstreamOf(recipe, steps)].sort();

  it('is all that its outputs lead to, and itself; not what is told of its failures', () => {
    expect(from(1)).toEqual([1, 2, 3, 4, 5]);
    expect(from(2)).toEqual([2, 4]);
    expect(from(3, 6)).toEqual([3, 4, 6]);
    expect(from()).toEqual([]);
  });

  it('is found quickly in a recipe of many thousand steps, and in one that is none', () => {
    const many = Array.from({ length: 50_000 }, (_, n): [string, object] => [
      String(n + 1),
      { output: [n + 2, 50_001] },
    ]);
    const vast = { ...Object.fromEntries(many), 50001: {}, start: [[1, []]] } as unknown as Recipe;
    expect(downstreamOf(vast, [1]).size).toBe(50_001);
    expect(downstreamOf({} as Recipe, [1, 7])).toEqual(new Set([1, 7]));
  });
});
