import { visit } from 'jsonc-parser';
import { syntaxError } from './errors.ts';
import { readRecipe } from './read.ts';

/** How wide a line may be, in characters. */
const width = 100;

/**
 * The same recipe in the one layout: two blanks a level, a line for each key of a step, and on one line what fits there.
 * Only blanks between the parts of the text change: duplicate keys, comments and the spelling of numbers stay. Throws
 * what `readRecipe` throws.
 */
export function formatRecipe(text: string, name: string): string {
  const lost = readRecipe(text, name).findings.find(({ rule }) => rule === 'encoding');
  // Written back, what could not be read would be lost for good.
  if (lost) throw syntaxError({ name, line: lost.line, column: lost.column, reason: 'the text is not in UTF-8' });
  const { items, end } = parts(text.replace(/^\uFEFF/, ''));
  const lines = items.flatMap(({ before, value, after }) => [...before, broken(value, '', 0) + trailing(after)]);
  return `${[...lines, ...end].join('\n')}\n`;
}

/** A value with what stands before it: its key, and comments. All texts are as written. */
interface Item {
  before: string[];
  key?: string;
  value: string | Holder;
  /** Comments behind it, on its line. */
  after: string[];
}

/** A list or an object. */
interface Holder {
  readonly open: string;
  readonly items: Item[];
  /** Comments before the closing bracket. */
  end: string[];
}

/** Takes a text, known to be readable, apart into values, keys and comments. */
function parts(text: string): Holder {
  const top: Holder = { open: '', items: [], end: [] };
  const holders: Holder[] = [top];
  let waiting: string[] = [];
  let key: string | undefined;
  /** Where the last value or bracket ended. */
  let ended = 0;
  const holder = (): Holder => holders.at(-1) ?? top;
  const add = (value: string | Holder): void => {
    holder().items.push({ before: waiting, ...(key === undefined ? {} : { key }), value, after: [] });
    waiting = [];
    key = undefined;
  };
  const open = (bracket: string): void => {
    const inner: Holder = { open: bracket, items: [], end: [] };
    add(inner);
    holders.push(inner);
  };
  const close = (offset: number): void => {
    holder().end = waiting;
    waiting = [];
    holders.pop();
    ended = offset + 1;
  };
  visit(
    text,
    {
      onObjectBegin: () => void open('{'),
      onArrayBegin: () => void open('['),
      onObjectEnd: close,
      onArrayEnd: close,
      onObjectProperty: (_, offset, length) => void (key = text.slice(offset, offset + length)),
      onLiteralValue: (_, offset, length) => {
        add(text.slice(offset, offset + length));
        ended = offset + length;
      },
      onComment: (offset, length) => {
        const last = holder().items.at(-1);
        const isBehind = key === undefined && last !== undefined && !text.slice(ended, offset).includes('\n');
        (isBehind ? last.after : waiting).push(text.slice(offset, offset + length).trimEnd());
      },
    },
    { allowTrailingComma: true },
  );
  top.end = waiting;
  return top;
}

/** A value over several lines where it has to be; `lead` is how much of the line is taken. */
function broken(value: string | Holder, indent: string, depth: number, lead = 0): string {
  const line = inline(value);
  if (typeof value === 'string') return value;
  // The recipe and each of its steps: one key a line, so that versions are compared line by line.
  const isLong = value.open === '{' && depth < 2 && value.items.length > 0;
  if (line !== undefined && !isLong && lead + line.length <= width) return line;
  const inner = `${indent}  `;
  const lines = value.items.flatMap((item, index) => {
    const comma = index < value.items.length - 1 ? ',' : '';
    const key = item.key === undefined ? '' : `${item.key}: `;
    const text = broken(item.value, inner, depth + 1, inner.length + key.length + comma.length);
    return [...item.before, `${key}${text}${comma}${trailing(item.after)}`].map((each) => inner + each);
  });
  const end = value.end.map((comment) => inner + comment);
  return [value.open, ...lines, ...end, `${indent}${closing(value)}`].join('\n');
}

/** A value on one line; undefined where comments stand in it. */
function inline(value: string | Holder): string | undefined {
  if (typeof value === 'string') return value;
  if (value.end.length > 0) return undefined;
  const items: string[] = [];
  for (const { before, key, value: inner, after } of value.items) {
    const text = before.length + after.length > 0 ? undefined : inline(inner);
    if (text === undefined) return undefined;
    items.push(key === undefined ? text : `${key}: ${text}`);
  }
  const blank = value.open === '{' && items.length > 0 ? ' ' : '';
  return `${value.open}${blank}${items.join(', ')}${blank}${closing(value)}`;
}

function closing({ open }: Holder): string {
  return open === '{' ? '}' : ']';
}

function trailing(comments: readonly string[]): string {
  return comments.map((comment) => ` ${comment}`).join('');
}
