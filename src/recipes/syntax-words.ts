import { printParseErrorCode, type ParseError } from 'jsonc-parser';
import { syntaxError } from './errors.ts';
import { TextPositions } from './text-positions.ts';

/** The error for what the parser found, in words. */
export function syntaxErrorAt(text: string, name: string, { offset, length, error }: ParseError): Error {
  const positions = new TextPositions(text);
  const isUnfinished = printParseErrorCode(error).startsWith('UnexpectedEnd');
  const isCutOff = offset + (isUnfinished ? length : 0) >= text.trimEnd().length;
  const reason = isForeign(text)
    ? 'this is no text in UTF-8, but text in another encoding (UTF-16, say), or no text at all'
    : isCutOff
      ? cutOff(text, positions)
      : sentenceOf(error, text.slice(offset, offset + 40));
  return syntaxError({ name, ...positions.at(offset), reason });
}

/** Text in UTF-16 is full of zeros when it is read as UTF-8, and its mark is two bytes that UTF-8 never has. */
function isForeign(text: string): boolean {
  return text.startsWith('\0') || text.startsWith('\uFFFD') || text.charAt(1) === '\0';
}

/** What is missing where the text ends too soon: mostly the bracket that closes the innermost one that is open. */
function cutOff(text: string, positions: TextPositions): string {
  if (text.trim() === '') return 'there is nothing in it';
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') at = endOfString(text, at);
    else if ('[{'.includes(character)) open.push(at);
    else if (']}'.includes(character)) open.pop();
  }
  const last = open.at(-1);
  const ends = `the text ends before the JSON does, after ${text.length} characters`;
  if (last === undefined) return ends;
  const { line, column } = positions.at(last);
  return `${ends}: the ${text.charAt(last)} in line ${line}, column ${column} is never closed, or the end was cut off`;
}

/** What a text begins with: a text in quotes, a word or a number as a whole, else one character. */
function tokenOf(text: string): string {
  const [token = ''] = /^(?:"[^"\n]*"?|'[^'\n]*'?|[\w.+-]+|.)/su.exec(text) ?? [];
  return token.startsWith('"') ? token.trimEnd().replace(/\p{Cc}/gu, ' ') : JSON.stringify(token);
}

const sentences: Readonly<Record<string, string>> = {
  InvalidSymbol: 'expected a JSON value',
  InvalidNumberFormat: 'expected a number',
  PropertyNameExpected: 'expected a key in double quotes',
  ValueExpected: 'expected a value',
  CloseBraceExpected: 'expected a closing brace }',
  CloseBracketExpected: 'expected a closing bracket ]',
  EndOfFileExpected: 'expected nothing more after the end of the JSON value, but a bracket was closed too soon',
  UnexpectedEndOfString: 'expected a closing quote before the end of the line',
  InvalidEscapeCharacter: 'expected a JSON escape after the backslash (a backslash itself is written twice)',
  InvalidUnicode: 'expected four hexadecimal digits after \\u',
  InvalidCharacter: 'expected control characters in text to be escaped (\\n, \\t)',
};

/** Words of other languages that people write. */
const foreignWords: ReadonlyMap<string, string> = new Map([
  ['"True"', 'true'],
  ['"False"', 'false'],
  ['"None"', 'null'],
]);

function sentenceOf(code: number, found: string): string {
  const name = printParseErrorCode(code);
  const token = tokenOf(found);
  if (name === 'InvalidSymbol' && /^\w+\s*:/.test(found)) return `expected a key in double quotes, found ${token}`;
  const meant = foreignWords.get(token);
  if (meant !== undefined) return `JSON writes ${meant}, found ${token}`;
  if (token.startsWith('"\'')) return `JSON has double quotes only, found ${token}`;
  if (token === '"#"' || name === 'InvalidCommentToken') return `JSON has no comments, found ${token}`;
  if (name === 'CommaExpected' && token === '"}"') return 'expected a closing bracket ] before "}"';
  if (name === 'CommaExpected' && token === '"]"') return 'expected a closing brace } before "]"';
  if (name === 'CommaExpected') return `a comma is missing before ${token}`;
  if (name === 'ColonExpected') return `a colon is missing between key and value, before ${token}`;
  return `${sentences[name] ?? `expected JSON (${name})`}, found ${token}`;
}

/** The index of the quote that ends the string whose opening quote is at `start`. */
export function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
  return backslashes % 2 === 1;
}
