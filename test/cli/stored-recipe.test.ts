import { describe, expect, it } from 'vitest';
import { keptSources, sourceNamed, sourcesOf } from '../../src/cli/stored-recipe.ts';
import type { RunRecipe } from '../../src/monitor/api.ts';

const a = { name: 'a', hash: 'a', text: '{}', bytes: 2 };
const large = { name: 'b', hash: 'b', bytes: 9_000_000 };
const stored = (sources?: RunRecipe['sources']): RunRecipe => ({
  run: 'r',
  state: 'finished',
  parameters: {},
  ...(sources ? { sources } : {}),
});

describe('the recipe that a run was made from', () => {
  it('is said to be unknown, and why, where the ledger was not told of it', () => {
    expect(() => sourcesOf(stored())).toThrow(
      'The recipe that r was made from is not kept: it was started by another dispatcher, or an earlier release.',
    );
    expect(() => sourcesOf(stored([]))).toThrow('it had nothing to run');
  });

  it('is there by its hash alone where it was too large', () => {
    expect(sourcesOf(stored([a, large]))).toEqual([a, large]);
    expect(() => keptSources(stored([a, large]))).toThrow('b is too large, with 9000000 bytes');
    expect(keptSources(stored([a]))).toEqual([a]);
  });

  it('is named where there are several', () => {
    expect(sourceNamed(undefined, [a])).toBe(a);
    expect(sourceNamed('b', [a, large])).toBe(large);
    expect(() => sourceNamed(undefined, [a, large])).toThrow('The run follows several recipes, a, b: name one.');
    expect(() => sourceNamed('c', [a, large])).toThrow('The run does not follow the recipe c, but a, b.');
  });
});
