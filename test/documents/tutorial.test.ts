import { describe, expect, it } from 'vitest';
import { blocksIn } from './blocks.ts';
import { read } from './documents.ts';
import { Walkthrough } from './walkthrough.ts';

describe.each(['docs/tutorial.md', 'docs/tutorial-recipes.md'])('%s', (path) => {
  const blocks = blocksIn(read(path)).filter(({ marks }) => marks[0] === 'tutorial');

  it('does what it says, and finds what it promises', { timeout: 300_000 }, async () => {
    await using walkthrough = await Walkthrough.begin();
    for (const block of blocks) {
      await walkthrough.take(block).catch((error: unknown) => {
        throw new Error(`${path}, line ${block.line}`, { cause: error });
      });
    }
  });

  it('leaves nothing out but drawings', () => {
    const others = blocksIn(read(path)).filter((block) => !blocks.some(({ line }) => line === block.line));
    expect(others.filter(({ text }) => !text.includes('─▶'))).toEqual([]);
  });
});
