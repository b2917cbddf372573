import { visit, type ParseError } from 'jsonc-parser';
import type { Json } from '../core/json.ts';
import { tooLarge } from './errors.ts';
import { endOfString, syntaxErrorAt } from './syntax-words.ts';

/** What is read at most: bytes of UTF-8 text, and levels of lists and objects in each other. */
export interface JsonLimits {
  readonly bytes: number;
  readonly depth: number;
}

/** Far above what people and detectors write, far below what exhausts memory or stack. */
export const defaultLimits: JsonLimits = { bytes: 16 * 1024 * 1024, depth: 200 };

/**
 * Parses JSON text within limits; `name` says in errors what was read. Throws `recipes.too-large`, or `recipes.syntax`
 * with line and column.
 */
export function parseJson(text: string | Buffer, name: string, limits: JsonLimits = defaultLimits): Json {
  const decoded = within(text, name, limits);
  let value: Json;
  try {
    value = JSON.parse(decoded) as Json;
  } catch {
    throw firstSyntaxError(decoded, name);
  }
  return value;
}

/** The text, once it is known to keep the limits; a byte order mark is dropped. */
export function within(text: string | Buffer, name: string, limits: JsonLimits): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.bytes) throw tooLarge({ name, what: 'bytes', limit: limits.bytes, found: bytes });
  const decoded = typeof text === 'string' ? text : text.toString('utf8');
  const depth = deepest(decoded);
  if (depth > limits.depth) throw tooLarge({ name, what: 'levels', limit: limits.depth, found: depth });
  return decoded.startsWith('\uFEFF') ? decoded.slice(1) : decoded;
}

/** The most brackets open at once, outside of strings. A count from above where the text is not JSON. */
function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) most = Math.max(most, (depth += 1));
    else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return most;
}

/** Visits instead of building a tree: text that is no JSON may be as long as the limit allows. */
function firstSyntaxError(text: string, name: string): Error {
  let first: ParseError | undefined;
  visit(
    text,
    { onError: (error, offset, length) => (first ??= { error, offset, length }) },
    { disallowComments: true },
  );
  return syntaxErrorAt(text, name, first ?? { error: 4, offset: 0, length: 0 });
}
