/** A placeholder in a text of a recipe: `{field!conversion:spec}`. */
export interface Placeholder {
  /** As written, braces included. */
  readonly text: string;
  readonly field: string;
  /** `r`, `s` or `a` after an exclamation mark, else empty. */
  readonly conversion: string;
  /** How to format the value, else empty; may hold placeholders itself. */
  readonly spec: string;
}

/**
 * What a text that is `{$REPLACE:name[key]}` as a whole is to be replaced with, `name[key]`; undefined for any other. A
 * format behind the name means nothing, in Python either.
 */
export function replacedField(text: string): string | undefined {
  const [, field] = /^\{\$REPLACE:((?:[^{}[\]:!]|\[[^{}\]]*\])*)(?:[:!][^{}]*)?\}$/.exec(text) ?? [];
  return field;
}

/** Ends the work on a text with the reason why it is wrong. */
export type Fail = (reason: string) => never;

/**
 * Takes a text apart as Python's `string.Formatter` does: plain text, with doubled braces made single, and
 * placeholders.
 */
export function parseTemplate(text: string, fail: Fail): (string | Placeholder)[] {
  const parts: (string | Placeholder)[] = [];
  let rest = 0;
  while (rest < text.length) {
    const brace = nextBrace(text, rest);
    if (brace > rest) parts.push(text.slice(rest, brace));
    if (brace === text.length) break;
    if (text[brace + 1] === text[brace]) {
      parts.push(text.charAt(brace));
      rest = brace + 2;
    } else {
      const placeholder = placeholderAt(text, brace, fail);
      parts.push(placeholder);
      rest = brace + placeholder.text.length;
    }
  }
  return parts;
}

function nextBrace(text: string, from: number): number {
  const braces = /[{}]/g;
  braces.lastIndex = from;
  return braces.exec(text)?.index ?? text.length;
}

/** A field ends at the first `}`, `:` or `!` outside of brackets: keys in brackets may hold any of these. */
const head = /\{((?:[^{}[:!]|\[[^\]]*\])*)(?:!([^:}]*))?([:}])?/y;

function placeholderAt(text: string, start: number, fail: Fail): Placeholder {
  if (text[start] === '}') return fail('a single } has no {');
  head.lastIndex = start;
  const [matched = '', field = '', conversion = '', end] = head.exec(text) ?? [];
  if (end === undefined) return fail('a { is never closed');
  const specStart = start + matched.length;
  const close = end === '}' ? specStart - 1 : closingBrace(text, specStart);
  if (close === -1) return fail('a { is never closed');
  return { text: text.slice(start, close + 1), field, conversion, spec: text.slice(specStart, close) };
}

/** The brace that closes the one opened before `from`, -1 where there is none. */
function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let at = nextBrace(text, from); at < text.length; at = nextBrace(text, at + 1)) {
    open += text[at] === '{' ? 1 : -1;
    if (open === 0) return at;
  }
  return -1;
}
