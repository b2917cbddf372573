import { describe, expect, it } from 'vitest';
import { texts } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences, type Difference } from './differences.ts';

const HEADERS = {
  a: '10',
  b: '9',
  f: '1.5',
  color: 'red',
  t: 'true',
  percent: '50%',
  under: 'a_b',
  lines: 'a\nb',
  quote: "it's",
  empty: '',
  priority: '7',
  'correlation-id': 'c1',
  type: 'scan',
  'reply-to': '/queue/answers',
};

/** Conditions of SQL-92, and whether a message with these headers is taken. */
const CONDITIONS: readonly (readonly [string, boolean])[] = [
  ["color = 'red'", true],
  ["color <> 'red'", false],
  ["Color = 'red'", false],
  ["missing = 'x'", false],
  ["missing <> 'x'", false],
  ["NOT (missing = 'x')", false],
  ["missing <> 'x' OR TRUE", true],
  ["NOT (missing = 'x' AND color = 'blue')", true],
  ["NOT (missing = 'x' AND color = 'red')", false],
  ['missing IS NULL', true],
  ['color IS NOT NULL', true],
  ["empty = ''", true],
  ['empty IS NULL', false],
  ["color IN ('red', 'blue')", true],
  ["color NOT IN ('red')", false],
  ["missing NOT IN ('x')", false],
  ["JMSPriority IN ('7')", false],
  ["color LIKE 'r%'", true],
  ["color LIKE 'r_d'", true],
  ["color LIKE 're'", false],
  ["color LIKE 'r.d'", false],
  ["color NOT LIKE 'b%'", true],
  ["missing NOT LIKE 'x'", false],
  ["percent LIKE '50\\%' ESCAPE '\\'", true],
  ["under LIKE 'a!_b' ESCAPE '!'", true],
  ["lines LIKE 'a%b'", true],
  ["JMSPriority LIKE '7'", false],
  ["JMSPriority NOT LIKE '7'", true],
  // A text beside a number or a truth value is read as one.
  ['a = 10', true],
  ['a = 10.0', true],
  ["a = '10'", true],
  ['a > 9', true],
  ['a <> 5', true],
  ['NOT (a > 9)', false],
  ['color = 5', false],
  ['color > 5', false],
  ['f > 1.2', true],
  ['a BETWEEN 1 AND 20', true],
  ['a NOT BETWEEN 1 AND 5', true],
  ['missing NOT BETWEEN 1 AND 2', false],
  ["JMSPriority = '7'", true],
  ["1 = '1'", true],
  ['t = TRUE', true],
  ['t <> FALSE', true],
  ['t', false],
  ['color', false],
  ['TRUE OR color', true],
  // Texts in order of their characters.
  ['a > b', false],
  ['b > a', true],
  ['JMSPriority * 2 = 14.0', true],
  ['JMSPriority / 2 = 3.5', true],
  ['JMSPriority % 4 = 3', true],
  ['JMSPriority - 1 - 1 = 5', true],
  ['-JMSPriority = -7', true],
  ['JMSPriority > - -5', true],
  ['(1 + 2) * 3 = 9', true],
  ['1 + 2 * 3 = 7', true],
  ['a + 1 = 11', false],
  ["a + '1' = '101'", true],
  ['a * 1 = 10', false],
  ['missing + 1 = 2', false],
  ['1.5e1 = 15 AND .5 = 0.5 AND 5. = 5 AND 0x10 = 16 AND 010 = 8 AND 10L = 10', true],
  ["JMSCorrelationID = 'c1'", true],
  ["JMSType = 'scan' AND type IS NULL", true],
  ['JMSPriority > 6 AND priority IS NULL', true],
  ["JMSDeliveryMode = 'PERSISTENT' AND persistent IS NULL", true],
  ["JMSReplyTo = 'queue://answers'", true],
  ["JMSDestination LIKE 'queue://%' AND destination IS NULL", true],
  ['JMSTimestamp > 0 AND timestamp IS NULL', true],
  ["JMSMessageID LIKE 'ID%'", true],
  ['JMSRedelivered = FALSE AND NOT JMSRedelivered', true],
  ["quote = 'it''s'", true],
  ["color = /* the sample's */ 'red'", true],
  ["color='red'and a='10'", true],
  ["color = 'red' AND a = '11' OR b = '9'", true],
  ["color = 'blue' OR a = '10' AND b = '8'", false],
  ['NOT NOT TRUE', true],
  ["a = '10' = TRUE", true],
];

const MISTAKES: readonly string[] = [
  '',
  ' ',
  'color =',
  "= 'x'",
  "color = 'red",
  "(color = 'red'",
  "color = 'red')",
  "color == 'red'",
  "color != 'red'",
  'color = "red"',
  "color 'x'",
  'color IN ()',
  'color IN (1)',
  'color LIKE 5',
  "color LIKE 'x' ESCAPE 'xx'",
  'color IS TRUE',
  'color = NULL',
  'a BETWEEN 1',
  "a > '9'",
  "'a' < 'b'",
  'TRUE > FALSE',
  "TRUE = 'true'",
  '1',
  "'a'",
  '1.2.3 = 4',
  'a.b IS NULL',
  'a & b',
  '1e3L = 1000',
];

const APART: readonly (readonly [string, Difference<boolean>])[] = [
  ["NOT color = 'blue'", differences.notBeforeComparison],
  ['f > 1', differences.fractionBesideInteger],
  ['2147483647 + 1 = 2147483648', differences.integerOverflow],
];

/** SUBSCRIBE with a selector. */
export function exerciseSelectors({ connect, queue, topic, on }: Exercise): void {
  describe('selectors', () => {
    const isTaken = async (selector: string): Promise<boolean> => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, 'x', HEADERS);
      await peer.subscribe(destination, { selector });
      return (await peer.waiting()).length === 1;
    };

    it.each(CONDITIONS)('%s: %s', async (selector, expected) => {
      expect(await isTaken(selector)).toBe(expected);
    });

    it.each(APART)('%s, by design', async (selector, difference) => {
      expect(await isTaken(selector)).toBe(on(difference));
    });

    it.each(MISTAKES)('refuse %j', async (selector) => {
      await using peer = await connect();
      await expect(peer.subscribe(queue(), { selector })).rejects.toThrow();
    });

    it('share a queue: each message goes to one who wants it, and the rest waits', async () => {
      await using sender = await connect();
      await using red = await connect();
      await using blue = await connect();
      const destination = queue();
      await red.subscribe(destination, { selector: "color = 'red'" });
      await blue.subscribe(destination, { selector: "color = 'blue'" });
      for (const color of ['green', 'red', 'blue', 'red']) await sender.put(destination, color, { color });
      expect(texts(await red.messages(2))).toEqual(['red', 'red']);
      expect(texts(await blue.messages(1))).toEqual(['blue']);
      await sender.subscribe(destination);
      expect(texts(await sender.waiting())).toEqual(['green']);
    });

    it('find what was given back', async () => {
      await using sender = await connect();
      await using first = await connect();
      await using second = await connect();
      const destination = queue();
      for (const color of ['green', 'red']) await sender.put(destination, color, { color });
      await first.subscribe(destination, { selector: "color = 'red'" });
      await first.messages(1);
      await second.subscribe(destination, { selector: "color = 'red'" });
      await first.vanish();
      const [message] = await second.messages(1);
      expect(message?.headers['redelivered']).toBe('true');
    });

    it('choose among what a topic carries', async () => {
      await using peer = await connect();
      const destination = topic();
      await peer.subscribe(destination, { selector: "color = 'red'", ack: 'auto' });
      for (const color of ['green', 'red']) await peer.ask('SEND', { destination, color }, color);
      expect(texts(await peer.waiting())).toEqual(['red']);
    });

    it('choose among what a browse shows', async () => {
      await using peer = await connect();
      const destination = queue();
      for (const color of ['green', 'red']) await peer.put(destination, color, { color });
      await peer.subscribe(destination, { selector: "color = 'red'", ack: 'auto', browser: 'true' });
      expect(texts(await peer.messages(2))).toEqual(['red', '']);
    });
  });
}
