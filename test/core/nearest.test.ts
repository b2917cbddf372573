import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../src/core/nearest.ts';

const keys = ['recipes', 'parameters', 'custom_recipe', 'ready', 'when'];

describe('nearest', () => {
  it.each([
    ['recipies', 'recipes'],
    ['recipe', 'recipes'],
    ['paramters', 'parameters'],
    ['Parameters', 'parameters'],
    ['raedy', 'ready'],
    ['whne', 'when'],
    ['customRecipe', 'custom_recipe'],
  ])('finds what %s was meant to be', (word, meant) => {
    expect(nearest(word, keys)).toBe(meant);
  });

  it.each(['', 'beamline', 'xyz', 'p'.repeat(10_000)])('finds nothing near %.10s', (word) => {
    expect(nearest(word, keys)).toBeUndefined();
  });

  it('is put behind what was wrong', () => {
    expect(didYouMean('recipies', keys)).toBe(' (did you mean "recipes"?)');
    expect(didYouMean('beamline', keys)).toBe('');
  });
});
