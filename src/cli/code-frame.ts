import { colours } from './colours.ts';

/** Lines before and after the one that is meant. */
const around = 1;
/** Characters of a line that are shown. */
const width = 100;

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
    const text = (lines[number - 1] ?? '').slice(left, left + width).replaceAll('\t', ' ');
    frame.push(`${isMeant ? colours.red(margin) : colours.dim(margin)} ${text}`.trimEnd());
    if (isMeant)
      frame.push(`  ${' '.repeat(digits)} ${colours.dim('|')} ${' '.repeat(column - 1 - left)}${colours.red('^')}`);
  }
  return frame;
}
