import { describe, expect, it } from 'vitest';
import { codeFrame } from '../../src/cli/code-frame.ts';

describe('the code frame', () => {
  it.each([
    ['tabs', '\t"1": {\t"x": 1', 9],
    ['letters of two bytes', '"Größe": {"x": 1', 11],
    ['letters of East Asia, which take two places', '"日本語": {"x": 1', 9],
    ['emoji', '"😀": {"x": 1', 8],
    ['accents on letters', '"e\u0301a\u0300": {"x": 1', 10],
  ])('puts its mark below the place behind %s', (_, line, column) => {
    const [, mark = ''] = codeFrame([line], 1, column);
    expect(line.slice(column - 1)).toMatch(/^"x"/);
    const before = `> 1 | ${line.slice(0, column - 1).replaceAll('\t', ' ')}`;
    expect(mark.indexOf('^')).toBe(placesOf(before));
  });

  it('fits a terminal of 80 columns, however long the line and wherever the place', () => {
    const line = `{"1": "${'x'.repeat(5000)}"}`;
    for (const column of [1, 40, 79, 2500, line.length]) {
      const frame = codeFrame(['{', line, '}'], 2, column);
      expect(Math.max(...frame.map((each) => each.length))).toBeLessThanOrEqual(80);
      expect(frame[2]).toContain('^');
    }
  });

  it('shows what a terminal would obey, and obeys nothing', () => {
    const frame = codeFrame(['{"a": "\u001B[2J\u0000\u009B\u202E"}'], 1, 2).join('\n');
    expect(frame).toContain('␛[2J␀\uFFFD\uFFFD');
  });
});

/** As a terminal counts, for the characters of these tests. */
function placesOf(text: string): number {
  const wide = Array.from(text).filter((character) => /[日本語😀]/u.test(character)).length;
  const none = Array.from(text).filter((character) => /\p{Mn}/u.test(character)).length;
  return Array.from(text).length + wide - none;
}
