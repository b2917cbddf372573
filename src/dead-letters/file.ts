import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { messageOf } from '../core/errors.ts';
import { badFile } from './errors.ts';
import type { Letter } from './letter.ts';

/**
 * A dead letter as zocalo.dlq_purge writes it: `message` is the body as JSON, or as text where it is none. What that
 * does not keep byte for byte (the order of digits in large numbers, the spaces of Python's JSON, what is no text)
 * stands in `exported.body` beside it, which Zocalo's tools pass over.
 */
export function printLetter({ headers, body }: Letter, exported: Date): string {
  const message = messageIn(body);
  const isWhole = typeof message !== 'string' && body.equals(Buffer.from(JSON.stringify(message)));
  const file = {
    exported: {
      date: `${exported.getFullYear()}-${two(exported.getMonth() + 1)}-${two(exported.getDate())}`,
      time: `${two(exported.getHours())}:${two(exported.getMinutes())}:${two(exported.getSeconds())}`,
      ...(isWhole ? {} : { body: exact(body) }),
    },
    header: headers,
    message,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Reads such a file, of Zocalo's or of ours. Throws `dead-letters.bad-file`. */
export function parseLetter(text: string, file: string): Letter {
  const refuse = (expected: string): Error => badFile({ file, expected });
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw refuse(`JSON (${messageOf(error)})`);
  }
  if (!isObject(value)) throw refuse('an object');
  const { header, message, exported } = value;
  if (!isObject(header)) throw refuse('"header", an object');
  if (message === undefined) throw refuse('"message"');
  const nested = Object.entries(header).find(([, one]) => typeof one === 'object');
  if (nested) throw refuse(`a text as header ${JSON.stringify(nested[0])}, as ActiveMQ's messages have it`);
  const headers = Object.fromEntries(
    Object.entries(header).map(([name, one]) => [name, typeof one === 'string' ? one : JSON.stringify(one)]),
  );
  const body = bodyIn(isObject(exported) ? exported['body'] : undefined) ?? Buffer.from(JSON.stringify(message));
  return { messageId: headers['message-id'] ?? '', headers, body };
}

function messageIn(body: Buffer): Json {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function exact(body: Buffer): JsonObject {
  const text = body.toString('utf8');
  return body.equals(Buffer.from(text)) ? { text } : { base64: body.toString('base64') };
}

function bodyIn(exact: Json | undefined): Buffer | undefined {
  if (!isObject(exact)) return undefined;
  const { text, base64 } = exact;
  if (typeof text === 'string') return Buffer.from(text);
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
