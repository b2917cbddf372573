import { colours } from './colours.ts';

/** Lines before and after the one that is meant. */
const around = 1;
/** Characters of a line that are shown: with the margin, a terminal of 80 columns has room for them. */
const width = 72;

/** The place in a text, with the lines around it and a mark below the column. Lines and columns count from 1. */
export function codeFrame(lines: readonly string[], line: number, column: number): string[] {
  // Of a long line the part around the column is shown.
  const left = Math.max(0, column - 1 - width / 2);
  const first = Math.max(1, line - around);
  const last = Math.min(lines.length, line + around);
  const digits = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const isMeant = number === line;
    const margin = `${isMeant ? '>' : ' '} ${String(number).padStart(digits)} |`;
    const text = visible((lines[number - 1] ?? '').slice(left, left + width));
    frame.push(`${isMeant ? colours.red(margin) : colours.dim(margin)} ${text}`.trimEnd());
    if (isMeant) {
      const before = visible((lines[number - 1] ?? '').slice(left, column - 1));
      frame.push(`  ${' '.repeat(digits)} ${colours.dim('|')} ${' '.repeat(cells(before))}${colours.red('^')}`);
    }
  }
  return frame;
}

/** A tab as one blank, and what a terminal would obey as a picture of it. */
function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\t', ' ')
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) => pictured(character.charCodeAt(0)));
}

function pictured(code: number): string {
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\uFFFD';
}

/** How many places of a terminal a text takes: letters of East Asia and emoji take two, accents on letters none. */
function cells(text: string): number {
  let count = 0;
  for (const character of text) {
    if (/^(?:\p{Mn}|\p{Me}|\p{Cf})$/u.test(character)) continue;
    count += isWide(character) ? 2 : 1;
  }
  return count;
}

function isWide(character: string): boolean {
  return /^(?:[\u3000-\u303E\uFF01-\uFF60\uFFE0-\uFFE6]|\p{scx=Han}|\p{scx=Hira}|\p{scx=Kana}|\p{scx=Hang}|\p{Emoji_Presentation})$/u.test(
    character,
  );
}
