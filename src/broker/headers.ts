import type { Frame } from '../stomp/frame.ts';
import { headerRefused } from './errors.ts';

/** The value of a header that has to be there. Throws `broker.header-refused`. */
export function requiredHeader({ command, headers }: Frame, header: string, expected: string): string {
  const value = headers[header];
  if (value === undefined) throw headerRefused({ command, header, value: null, expected });
  return value;
}

/** The value of a header that is an integer of a range, or what stands for its absence. Throws `broker.header-refused`. */
export function integerHeader({ command, headers }: Frame, header: string, range: IntegerRange): number {
  const value = headers[header];
  if (value === undefined) return range.otherwise;
  const number = Number(value);
  if (/^-?\d{1,16}$/.test(value) && number >= range.from && number <= range.to) return number;
  const expected = `an integer from ${String(range.from)} to ${String(range.to)}`;
  throw headerRefused({ command, header, value, expected });
}

/** What an integer header may be, and what it is when it is absent. */
export interface IntegerRange {
  readonly from: number;
  readonly to: number;
  readonly otherwise: number;
}
