import { invalid } from './errors.ts';
import { defaultLimits, type Headers } from './frame.ts';
import type { Outgoing } from './message.ts';

/**
 * Throws `stomp.invalid` for a message that a broker would not take. ActiveMQ 5.17 answers none of these with an ERROR
 * for the transaction they stand in: most close the connection without a word, and a too long header line is read as
 * further frames. A message that is refused here has written nothing.
 */
export function validate(message: Outgoing): void {
  const { destination, body, headers = {} } = message;
  if (!DESTINATION.test(destination))
    throw wrong('destination', destination, 'one queue or topic, such as /queue/name');
  check('destination', destination);
  const names = Object.keys(headers);
  for (const name of names) check(name, headers[name] ?? '');
  const count = names.length + 1;
  if (count > HEADERS) {
    throw invalid({ what: `${String(count)} headers`, expected: `at most ${String(HEADERS)}` });
  }
  if (!isBody(body)) throw invalid({ what: `a body that is ${typeof body}`, expected: 'text or bytes' });
  const bytes = Buffer.byteLength(body);
  if (bytes > BODY_BYTES) {
    const expected = `at most ${String(BODY_BYTES)}, as brokers take no more; large data goes into files, their names into messages`;
    throw invalid({ what: `a body of ${String(bytes)} bytes`, expected });
  }
}

/**
 * The headers of a message that came, to go on with it or with what tells of it: without those that `validate` refuses,
 * and not so many that there is no room for others. Rather a header is lost than the message.
 */
export function sendable(headers: Headers): Record<string, string> {
  const good = Object.entries(headers).filter(([name, value]) => expectedOf(name, value) === undefined);
  return Object.fromEntries(good.slice(0, HEADERS - ROOM));
}

/** Handlers in plain JavaScript publish anything, also what JSON has no form for. */
function isBody(body: unknown): boolean {
  return typeof body === 'string' || Buffer.isBuffer(body);
}

function check(name: string, value: string): void {
  const expected = expectedOf(name, value);
  if (expected !== undefined) throw wrong(name, value, expected);
}

/** What a header should have been; undefined when it is right. */
function expectedOf(name: string, value: string): string | undefined {
  const rule = RULES.get(name);
  if (rule && !rule.allows(value)) return rule.expected;
  if (lineBytes(name, value) > LINE_BYTES) return `at most ${String(LINE_BYTES)} bytes`;
  return undefined;
}

/** ActiveMQ reads a comma as several destinations, and what follows a question mark as options. */
const DESTINATION = /^\/(?:queue|topic|(?:remote-)?temp-(?:queue|topic))\/[^\s,?][^,?]*$/;

/** ActiveMQ's wire format takes header lines below 10 240 bytes, and bodies up to 100 MB. */
const LINE_BYTES = 10_000;
/** Of those that the embedded broker takes, what is left beside those of the protocol. */
const HEADERS = defaultLimits.headers - 10;
/** For headers that say what became of a message. */
const ROOM = 50;
const BODY_BYTES = defaultLimits.bodyBytes;

interface Rule {
  readonly expected: string;
  allows(value: string): boolean;
}

const RULES: ReadonlyMap<string, Rule> = new Map([
  // ActiveMQ reads any other text as false: a restart would lose the message.
  ['persistent', oneOf('true', 'false')],
  ['priority', integer(0, 9)],
  ['expires', integer(0)],
  ['timestamp', integer(0)],
  ['AMQ_SCHEDULED_DELAY', integer(0)],
  ['AMQ_SCHEDULED_PERIOD', integer(0)],
  ['AMQ_SCHEDULED_REPEAT', integer(0, 2 ** 31 - 1)],
  ['AMQ_SCHEDULED_CRON', never('no such header: time tables are not for messages')],
  ['JMSXGroupSeq', integer(-(2 ** 31), 2 ** 31 - 1)],
  ['JMSXDeliveryCount', integer(0, 2 ** 31 - 1)],
  ['JMSDeliveryMode', integer(1, 2)],
  ['JMSPriority', integer(0, 9)],
  ['JMSExpiration', integer(0)],
  ['JMSTimestamp', integer(0)],
  ['JMSReplyTo', address()],
  ['reply-to', address()],
  ['amq-msg-type', oneOf('text', 'bytes')],
  ['transaction', never('no such header: use transact')],
  ['receipt', never('no such header: every send waits for its receipt')],
]);

function integer(least: number, most = Number.MAX_SAFE_INTEGER): Rule {
  const expected =
    most === Number.MAX_SAFE_INTEGER
      ? `an integer of at least ${String(least)}`
      : `an integer from ${String(least)} to ${String(most)}`;
  const allows = (value: string): boolean =>
    /^-?\d{1,16}$/.test(value) && Number(value) >= least && Number(value) <= most;
  return { expected, allows };
}

function oneOf(...values: readonly string[]): Rule {
  return { expected: values.join(' or '), allows: (value) => values.includes(value) };
}

/** Any text, as other software has its own forms, but not a queue or topic without a name. */
function address(): Rule {
  const allows = (value: string): boolean => !/^\/(?:remote-temp-|temp-)?(?:queue|topic)\/\s*$/.test(value);
  return { expected: 'the name of a queue or topic', allows };
}

function never(expected: string): Rule {
  return { expected, allows: () => false };
}

/** Bytes of the header line, in the worst case of escaping. */
function lineBytes(name: string, value: string): number {
  const characters = name.length + value.length;
  if (characters * 3 < LINE_BYTES) return characters;
  const escapes = value.match(/[\r\n:\\]/g)?.length ?? 0;
  return Buffer.byteLength(name) * 2 + 1 + Buffer.byteLength(value) + escapes;
}

function wrong(header: string, value: string, expected: string): Error {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return invalid({ what: `the header ${JSON.stringify(header)} with value ${JSON.stringify(shown)}`, expected });
}
