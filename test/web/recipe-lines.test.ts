import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded, lineDiff } from '../../web/src/recipes/lineDiff.ts';

describe('the difference between two texts', () => {
  it('is told line by line, with the numbers that the lines have', () => {
    expect(lineDiff('a\nb\nc', 'a\nx\nc\nd')).toEqual([
      { kind: 'same', text: 'a', before: 1, after: 1 },
      { kind: 'removed', text: 'b', before: 2 },
      { kind: 'added', text: 'x', after: 2 },
      { kind: 'same', text: 'c', before: 3, after: 3 },
      { kind: 'added', text: 'd', after: 4 },
    ]);
  });

  it('leads from the one to the other, whatever they are, and says no more than a line-by-line look would', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after);
        const of = (kind: string): string[] => lines.filter((l) => l.kind !== kind).map((l) => l.text);
        expect([of('added').join('\n'), of('removed').join('\n')]).toEqual([before, after]);
        const common = longestCommon(before.split('\n'), after.split('\n'));
        expect(lines.filter(({ kind }) => kind === 'same').length).toBe(common);
      }),
    );
  });

  it('is folded to what changed, with lines around it', () => {
    const before = Array.from({ length: 30 }, (_, n) => String(n)).join('\n');
    const lines = folded(lineDiff(before, before.replace('\n15\n', '\nfifteen\n')), 1);
    expect(lines.map((line) => line?.text)).toEqual([undefined, '14', '15', 'fifteen', '16']);
  });

  it('of texts that have nothing in common is told whole, and at once', () => {
    const [before, after] = ['a', 'b'].map((letter) =>
      Array.from({ length: 5_000 }, (_, n) => `${letter}${String(n)}`).join('\n'),
    );
    expect(lineDiff(before ?? '', after ?? '').length).toBe(10_000);
  });
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i += 1)
    for (let j = 1; j <= b.length; j += 1)
      (rows[i] as number[])[j] =
        a[i - 1] === b[j - 1]
          ? (rows[i - 1]?.[j - 1] ?? 0) + 1
          : Math.max(rows[i - 1]?.[j] ?? 0, rows[i]?.[j - 1] ?? 0);
  return rows[a.length]?.[b.length] ?? 0;
}
