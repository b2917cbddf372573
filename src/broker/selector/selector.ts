import { selectorRefused } from '../errors.ts';
import { headersOf } from '../imprint.ts';
import { Parser } from './parser.ts';
import { propertiesOf } from './properties.ts';

/** Which messages a subscription wants. */
export interface Selector {
  /** True when the message with this frame, or the beginning of its frame up to the empty line, is wanted. */
  takes(frame: Buffer, redelivered: boolean): boolean;
}

/** Characters; the time that a selector takes is bounded by its length. */
const LONGEST = 4096;

/**
 * Reads the selector of a SUBSCRIBE: a condition of SQL-92 on the headers, as ActiveMQ has it. What is unknown, because a
 * header is missing, is not wanted. Throws `broker.selector-refused`.
 */
export function parseSelector(text: string): Selector {
  if (text.length > LONGEST) {
    const expected = `no more than ${String(LONGEST)} characters`;
    throw selectorRefused({ selector: `${text.slice(0, 60)}…`, at: LONGEST, expected });
  }
  const condition = new Parser(text).parse();
  return {
    takes: (frame, redelivered) => condition.evaluate(propertiesOf(headersOf(frame), redelivered)) === true,
  };
}
