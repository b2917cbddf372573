import { expect, it } from 'vitest';
import { blocksIn } from './blocks.ts';
import { read } from './documents.ts';
import { Walkthrough } from './walkthrough.ts';

const blocks = blocksIn(read('docs/tutorial.md'));

it('does everything that the tutorial says, and finds what it promises', { timeout: 300_000 }, async () => {
  await using walkthrough = await Walkthrough.begin();
  for (const block of blocks) {
    await walkthrough.take(block).catch((error: unknown) => {
      throw new Error(`docs/tutorial.md, line ${block.line}`, { cause: error });
    });
  }
});

it('leaves nothing of the tutorial out', () => {
  expect(blocks.filter(({ marks }) => marks[0] !== 'tutorial')).toEqual([]);
});
