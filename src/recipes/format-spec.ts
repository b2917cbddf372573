import type { Json } from '../core/json.ts';
import { fixed, scientific } from './decimal.ts';
import type { Fail } from './placeholder.ts';
import { isWhole, pythonText } from './python-text.ts';

/** A Python format specification, taken apart: `[[fill]align][sign][#][0][width][grouping][.precision][type]`. */
interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

const written = /^(?:(.)?([<>=^]))?([ +-])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;
/** Wider than any file name or table; a recipe may not ask for gigabytes of zeros. */
const widest = 500;

/**
 * Formats a value as Python's `format(value, spec)` does. More is read in one point: text that is a number counts as
 * one where the specification wants a number (`{n:05d}`), for parameters given by hand are always text.
 */
export function formatValue(value: Json, text: string, fail: Fail): string {
  if (text === '') return pythonText(value);
  const spec = parseSpec(text, fail);
  if (spec.width > widest || (spec.precision ?? 0) > widest) {
    return fail(`width and precision are at most ${widest}`);
  }
  if (typeof value === 'string' && !wantsNumber(spec)) return formatText(value, spec, fail);
  if (typeof value === 'boolean' && spec.type === '' && spec.precision !== undefined)
    return fail('true and false have no precision');
  return formatNumber(numberIn(value, spec, fail), spec, fail);
}

function parseSpec(text: string, fail: Fail): Spec {
  const match = written.exec(text);
  if (!match) return fail(`"${text}" is no format (examples: 05d, .2f, >8)`);
  const [, fill, align, sign = '', alternate, zero, width = '0', grouping = '', precision, type = ''] = match;
  return {
    fill: fill ?? (zero && align === undefined ? '0' : (zero ?? ' ')),
    align: align ?? (zero ? '=' : ''),
    sign,
    alternate: alternate !== undefined,
    zero: zero !== undefined && align === undefined,
    width: Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

function wantsNumber({ type }: Spec): boolean {
  return type !== '' && type !== 's';
}

function numberIn(value: Json, spec: Spec, fail: Fail): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (Number.isFinite(number)) return number;
  return fail(`the value ${pythonText(value).slice(0, 60)} cannot be formatted as ${spec.type || 'a number'}`);
}

function formatText(value: string, spec: Spec, fail: Fail): string {
  if (spec.sign || spec.alternate || spec.grouping) return fail('a sign, # or grouping is for numbers only');
  // Since Python 3.10 a zero before the width pads text, but no longer on the left.
  if (spec.align === '=' && !spec.zero) return fail('= aligns numbers only');
  const align = spec.align === '=' ? '<' : spec.align || '<';
  const characters = Array.from(value);
  return padded('', characters.slice(0, spec.precision).join(''), { ...spec, align });
}

function formatNumber(value: number, spec: Spec, fail: Fail): string {
  if (spec.grouping === ',' && spec.type !== '' && 'bcnoxX'.includes(spec.type))
    return fail('a comma groups decimals only');
  if (spec.grouping !== '' && (spec.type === 'n' || spec.type === 'c'))
    return fail(`${spec.type} takes no separator of groups`);
  const sign = value < 0 ? '-' : spec.sign === '-' ? '' : spec.sign;
  const [prefix, digits] =
    spec.type === 'c' ? ['', characterOf(value, spec, fail)] : digitsOf(Math.abs(value), spec, fail);
  return padded(sign + prefix, grouped(digits, sign + prefix, spec), { ...spec, align: spec.align || '>' });
}

function characterOf(value: number, { sign, precision, alternate }: Spec, fail: Fail): string {
  if (sign || alternate || precision !== undefined) return fail('a character has neither sign, # nor precision');
  const isCharacter = Number.isInteger(value) && value >= 0 && value <= 0x10ffff;
  return isCharacter ? String.fromCodePoint(value) : fail(`${value} is the number of no character`);
}

const bases: Readonly<Record<string, [base: number, prefix: string]>> = {
  d: [10, ''],
  n: [10, ''],
  b: [2, '0b'],
  o: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function digitsOf(magnitude: number, spec: Spec, fail: Fail): [prefix: string, digits: string] {
  // JSON does not tell 216 from 216.0: with a precision, a whole number is formatted as the float it may have been.
  const type = spec.type === '' && isWhole(magnitude) && spec.precision === undefined ? 'd' : spec.type;
  const [base, prefix] = bases[type] ?? [];
  if (base === undefined || (type === 'n' && !isWhole(magnitude))) return ['', realDigits(magnitude, spec, fail)];
  if (!isWhole(magnitude)) return fail(`${magnitude} is not a whole number, which ${type} needs`);
  if (spec.precision !== undefined) return fail('a whole number has no precision');
  const digits = BigInt(magnitude).toString(base);
  return [spec.alternate ? (prefix ?? '') : '', type === 'X' ? digits.toUpperCase() : digits];
}

function realDigits(magnitude: number, spec: Spec, fail: Fail): string {
  const { type, precision = 6, alternate } = spec;
  switch (type) {
    case 'f':
    case 'F':
      return pointed(fixed(magnitude, precision), alternate);
    case '%':
      return `${pointed(fixed(magnitude * 100, precision), alternate)}%`;
    case 'e':
    case 'E':
      return cased(exponential(scientific(magnitude, precision), alternate), type);
    case 'g':
    case 'G':
    case 'n':
      return cased(general(magnitude, precision || 1, precision || 1, alternate), type);
    case '':
      return shortest(magnitude, spec);
    default:
      return fail(`"${type}" is no format of a number (d, f, e, g, x, o, b, c, n, %)`);
  }
}

/** Without a type: all digits, or so many significant ones and then at least one after the point. */
function shortest(magnitude: number, { precision, alternate }: Spec): string {
  if (precision === undefined)
    return alternate ? pythonText(magnitude).replace(/^(\d)e/, '$1.e') : pythonText(magnitude);
  const text = general(magnitude, precision || 1, (precision || 1) - 1, alternate);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function cased(text: string, type: string): string {
  return type === type.toUpperCase() ? text.toUpperCase() : text;
}

/** The point stands also before nothing when the alternate form (#) is asked for. */
function pointed(text: string, alternate: boolean): string {
  return alternate && !text.includes('.') ? `${text}.` : text;
}

function exponential({ digits, exponent }: { digits: string; exponent: number }, alternate: boolean): string {
  const point = digits.length > 1 || alternate ? '.' : '';
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits.charAt(0)}${point}${digits.slice(1)}e${exponent < 0 ? '-' : '+'}${power}`;
}

/** So many significant digits; with an exponent below 1e-4 and from 10^limit on. */
function general(magnitude: number, significant: number, limit: number, alternate: boolean): string {
  const { digits, exponent } = scientific(magnitude, significant - 1);
  if (exponent >= -4 && exponent < limit) {
    const text = pointed(fixed(magnitude, significant - 1 - exponent), alternate);
    return alternate || !text.includes('.') ? text : text.replace(/\.?0+$/, '');
  }
  return exponential({ digits: alternate ? digits : digits.replace(/(?<=.)0+$/, ''), exponent }, alternate);
}

/** Separators between groups of digits before the point; zeros that pad to the width are grouped with them. */
function grouped(digits: string, prefix: string, { grouping, align, fill, width, type }: Spec): string {
  if (grouping === '') return digits;
  const isBinary = type !== '' && 'boxX'.includes(type);
  const end = isBinary ? -1 : digits.search(/[^0-9]/);
  const [whole, rest] = end === -1 ? [digits, ''] : [digits.slice(0, end), digits.slice(end)];
  const separators = isBinary ? /\B(?=(?:.{4})+$)/g : /\B(?=(?:.{3})+$)/g;
  const separate = (text: string): string => text.replace(separators, grouping);
  let padding = whole;
  if (align === '=' && fill === '0') {
    while (prefix.length + separate(padding).length + rest.length < width) padding = `0${padding}`;
  }
  return separate(padding) + rest;
}

function padded(prefix: string, text: string, { fill, align, width }: Spec): string {
  const missing = Math.max(0, width - Array.from(prefix + text).length);
  switch (align) {
    case '=':
      return prefix + fill.repeat(missing) + text;
    case '<':
      return prefix + text + fill.repeat(missing);
    case '^':
      return fill.repeat(missing >> 1) + prefix + text + fill.repeat(missing - (missing >> 1));
    default:
      return fill.repeat(missing) + prefix + text;
  }
}
