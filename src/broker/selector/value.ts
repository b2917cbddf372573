/** What a term of a selector comes to. null is SQL's unknown: what a missing header is, and what follows from it. */
export type Value = string | number | boolean | null;

export type Ordering = '=' | '<>' | '<' | '>' | '<=' | '>=';
export type Operation = '+' | '-' | '*' | '/' | '%';

/** NOT, AND and OR of three values. Anything but TRUE and FALSE is unknown. */
export function not(value: Value): Value {
  return typeof value === 'boolean' ? !value : null;
}

export function and(left: Value, right: () => Value): Value {
  if (left === false) return false;
  const other = right();
  if (other === false) return false;
  return left === true && other === true ? true : null;
}

export function or(left: Value, right: () => Value): Value {
  return not(and(not(left), () => not(right())));
}

/**
 * Headers are texts: beside a number a text counts as the number it is written as, beside TRUE or FALSE as what it says.
 * What cannot be compared is neither equal nor ordered.
 */
export function compare(left: Value, operator: Ordering, right: Value): Value {
  if (left === null || right === null) return null;
  const [a, b] = [converted(left, right), converted(right, left)];
  if (operator === '<>') return a !== b;
  if (typeof a !== typeof b || Number.isNaN(a) || Number.isNaN(b)) return false;
  return COMPARISONS[operator](a, b);
}

const COMPARISONS: Readonly<Record<Ordering, (a: NonNullable<Value>, b: NonNullable<Value>) => boolean>> = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function converted(value: NonNullable<Value>, beside: NonNullable<Value>): NonNullable<Value> {
  if (typeof value !== 'string') return value;
  if (typeof beside === 'number') return DECIMAL.test(value) ? Number(value) : NaN;
  return typeof beside === 'boolean' ? value.toLowerCase() === 'true' : value;
}

/** Numbers only: a text is not converted here. `+` after a text appends. */
export function calculate(left: Value, operator: Operation, right: Value): Value {
  if (left === null || right === null) return null;
  if (typeof left === 'string' && operator === '+') return left + String(right);
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  return CALCULATIONS[operator](left, right);
}

const CALCULATIONS: Readonly<Record<Operation, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};
