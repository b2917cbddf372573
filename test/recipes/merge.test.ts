import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeRecipes } from '../../src/recipes/merge.ts';
import { stepNumbers, type Recipe } from '../../src/recipes/recipe.ts';
import { validateRecipe } from '../../src/recipes/validate.ts';
import { frozen, validRecipe } from './arbitraries.ts';

const first: Recipe = frozen({
  '1': { service: 'A', queue: 'a', output: [4], error: 4 },
  '4': { service: 'B', queue: 'b' },
  start: [[1, { x: 1 }]],
  error: 4,
});

const second: Recipe = frozen({
  '1': { service: 'C', queue: 'c', output: { every: 3, last: [2, 3] }, error: 2, comment: { output: 1 } },
  '2': { service: 'D', queue: 'd' },
  '3': { service: 'E', queue: 'e', output: [] },
  start: [
    [1, [1]],
    [3, 1],
  ],
  error: [2],
});

describe('mergeRecipes', () => {
  it('renumbers the second recipe after the first, and all links with it', () => {
    expect(mergeRecipes(first, second)).toEqual({
      '1': { service: 'A', queue: 'a', output: [4], error: 4 },
      '4': { service: 'B', queue: 'b' },
      '5': { service: 'C', queue: 'c', output: { every: 7, last: [6, 7] }, error: 6, comment: { output: 1 } },
      '6': { service: 'D', queue: 'd' },
      '7': { service: 'E', queue: 'e', output: [] },
      start: [
        [1, { x: 1 }],
        [5, [1]],
        [7, 1],
      ],
      error: [4, 6],
    });
  });

  it('takes over the error links of the one that has some', () => {
    const silent = { '1': { queue: 'c' }, start: [[1, null]] } as Recipe;
    expect(mergeRecipes(first, silent).error).toEqual([4]);
    expect(mergeRecipes(silent, first).error).toEqual([3]);
    expect(mergeRecipes(silent, silent)).not.toHaveProperty('error');
  });

  it('makes a valid recipe of two, with all their steps, and changes neither', () => {
    fc.assert(
      fc.property(validRecipe, validRecipe, (one, other) => {
        const merged = mergeRecipes(frozen(one), frozen(other));
        validateRecipe(merged);
        expect(stepNumbers(merged)).toHaveLength(stepNumbers(one).length + stepNumbers(other).length);
        expect(merged.start).toHaveLength(one.start.length + other.start.length);
        for (const number of stepNumbers(one)) expect(merged[`${number}`]).toEqual(one[`${number}`]);
      }),
    );
  });
});
