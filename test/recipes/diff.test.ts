import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffRecipes } from '../../src/recipes/diff.ts';
import { mergeRecipes } from '../../src/recipes/merge.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import { frozen, validRecipe } from './arbitraries.ts';

const before: Recipe = frozen({
  '1': { service: 'A', queue: 'a', parameters: { x: 1, list: [1, 2] }, output: { every: 2, last: [3, 2] } },
  '2': { service: 'B', queue: 'b', error: 3 },
  '3': { service: 'C', queue: 'c' },
  start: [[1, []]],
});

describe('diffRecipes', () => {
  it('finds nothing where only layout, the order of keys and the form of links differ', () => {
    const after: Recipe = {
      start: [[1, []]],
      error: [],
      '3': { queue: 'c', service: 'C', output: [] },
      '2': { error: [3], queue: 'b', service: 'B' },
      '1': { output: { last: [2, 3], every: [2] }, queue: 'a', service: 'A', parameters: { list: [1, 2], x: 1 } },
    };
    expect(diffRecipes(before, after)).toEqual([]);
  });

  it('tells what changed at the deepest place, and what became of links', () => {
    const after: Recipe = {
      ...before,
      '1': {
        service: 'A',
        queue: 'a',
        parameters: { x: 2, y: null, list: [2, 1] },
        output: { every: 3, last: [2, 3] },
      },
      error: [3],
    };
    expect(diffRecipes(before, after)).toEqual([
      { kind: 'changed', path: ['1', 'parameters', 'x'], before: 1, after: 2 },
      { kind: 'changed', path: ['1', 'parameters', 'list'], before: [1, 2], after: [2, 1] },
      { kind: 'changed', path: ['1', 'parameters', 'y'], after: null },
      { kind: 'changed', path: ['1', 'output', 'every'], before: [2], after: [3] },
      { kind: 'changed', path: ['error'], before: [], after: [3] },
    ]);
  });

  it('knows a step by what it does, also under another number', () => {
    const after: Recipe = {
      '1': {
        service: 'A',
        queue: 'a',
        parameters: { x: 1, list: [1, 2] },
        output: { every: 3, last: [3, 4], first: 2 },
      },
      '2': { service: 'New', queue: 'new' },
      '3': { service: 'B', queue: 'b', error: 4 },
      '4': { service: 'C', queue: 'c' },
      start: [[1, []]],
    };
    expect(diffRecipes(before, after)).toEqual([
      { kind: 'changed', path: ['1', 'output', 'first'], after: ['new 2'] },
      { kind: 'renumbered', step: 2, to: 3 },
      { kind: 'renumbered', step: 3, to: 4 },
      { kind: 'added', step: 2, content: { service: 'New', queue: 'new' } },
    ]);
  });

  it('tells of steps that are gone, and of another start', () => {
    const after: Recipe = { '2': { service: 'B', queue: 'b' }, start: [[2, { other: true }]] };
    expect(diffRecipes(before, after)).toMatchObject([
      { kind: 'removed', step: 1 },
      { kind: 'changed', path: ['2', 'error'], before: { '': [3] } },
      { kind: 'removed', step: 3 },
      { kind: 'changed', path: ['start'], before: [[1, []]], after: [[2, { other: true }]] },
    ]);
  });

  it('finds no recipe different from itself', () => {
    fc.assert(
      fc.property(validRecipe, (recipe) => {
        expect(diffRecipes(frozen(recipe), recipe)).toEqual([]);
      }),
    );
  });

  it('tells every step that was added by a merge', () => {
    fc.assert(
      fc.property(validRecipe, validRecipe, (first, second) => {
        const merged = mergeRecipes(first, second);
        const added = diffRecipes(first, merged).filter(({ kind }) => kind === 'added');
        expect(added).toHaveLength(
          Object.keys(merged).length - new Set([...Object.keys(first), ...('error' in merged ? ['error'] : [])]).size,
        );
      }),
    );
  });
});
