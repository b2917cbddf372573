import { describe, expect, it } from 'vitest';
import { recipeHash, sourceHash, textHash } from '../../src/recipes/hash.ts';

describe('recipeHash', () => {
  it('is the same for the same recipe, however it is laid out', () => {
    const one = recipeHash({ '1': { queue: 'a', parameters: { x: 1, y: [1, 2] } }, start: [[1, {}]] });
    expect(recipeHash({ start: [[1, {}]], '1': { parameters: { y: [1, 2], x: 1 }, queue: 'a' } })).toBe(one);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is another for another recipe', () => {
    const hashes = [{ a: [1, 2] }, { a: [2, 1] }, { a: '1' }, { a: 1 }, {}].map(recipeHash);
    expect(new Set(hashes).size).toBe(5);
  });
});

describe('sourceHash', () => {
  it('is that of the one recipe, or tells several apart by their order', () => {
    expect(sourceHash(['a'])).toBe('a');
    expect(new Set([['a'], ['a', 'b'], ['b', 'a'], ['a', 'a'], []].map(sourceHash)).size).toBe(5);
  });
});

describe('textHash', () => {
  it('tells texts apart to the byte', () => {
    expect(textHash('{}')).not.toBe(textHash('{} '));
    // echo -n '{}' | sha256sum
    expect(textHash('{}')).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
