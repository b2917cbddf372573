import { selectorRefused } from '../errors.ts';

/** One word of a selector, and where it begins. `end` follows the last. */
export type Token = { readonly at: number } & (
  | { readonly kind: 'name' | 'keyword' | 'symbol'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly value: number }
  | { readonly kind: 'end'; readonly text: '' }
);

/** Reads a selector into words. Throws `broker.selector-refused` at what is none. */
export function tokensOf(selector: string): readonly Token[] {
  const tokens: Token[] = [];
  WORD.lastIndex = 0;
  for (let at = 0; at < selector.length; at = WORD.lastIndex) {
    const groups = WORD.exec(selector)?.groups;
    if (groups === undefined) throw selectorRefused({ selector, at, expected: 'a name, a literal or an operator' });
    const token = tokenOf(groups, at);
    if (token) tokens.push(token);
  }
  return [...tokens, { kind: 'end', text: '', at: selector.length }];
}

/** As ActiveMQ's grammar has them; names cannot hold `-` or `.`, which are operators or errors there too. */
const WORD = new RegExp(
  [
    String.raw`(?<space>\s+|/\*[^]*?\*/)`,
    String.raw`(?<decimal>(?:\d+\.\d*|\.\d+)(?:e[+-]?\d+)?|\d+e[+-]?\d+)(?![\w$.])`,
    String.raw`(?<hexadecimal>0x[\da-f]+)l?(?![\w$.])`,
    String.raw`(?<octal>0[0-7]+)l?(?![\w$.])`,
    String.raw`(?<integer>\d+)l?(?![\w$.])`,
    String.raw`(?<name>[a-z_$][\w$]*)`,
    String.raw`'(?<text>(?:[^']|'')*)'(?!')`,
    String.raw`(?<symbol><>|<=|>=|[=<>+\-*/%(),])`,
  ].join('|'),
  'iy',
);

const KEYWORDS: ReadonlySet<string> = new Set('AND BETWEEN ESCAPE FALSE IN IS LIKE NOT NULL OR TRUE'.split(' '));

function tokenOf(groups: Partial<Record<string, string>>, at: number): Token | undefined {
  const { decimal, hexadecimal, octal, integer, name, text, symbol } = groups;
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, at };
  if (text !== undefined) return { kind: 'text', text: text.replaceAll("''", "'"), at };
  if (name !== undefined) {
    const keyword = name.toUpperCase();
    return KEYWORDS.has(keyword) ? { kind: 'keyword', text: keyword, at } : { kind: 'name', text: name, at };
  }
  const number = decimal ?? integer ?? hexadecimal;
  if (number !== undefined) return { kind: 'number', text: number, value: Number(number), at };
  if (octal !== undefined) return { kind: 'number', text: octal, value: parseInt(octal, 8), at };
  return undefined;
}
