const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const threeDigits = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 6 });

/** A count: 12,345. */
export function count(value: number): string {
  return whole.format(value);
}

/** Messages per second: one digit behind the point as long as it says something. */
export function rate(perSecond: number): string {
  return perSecond < 100 ? oneDigit.format(perSecond) : whole.format(perSecond);
}

/** A fraction as whole percent. */
export function percent(fraction: number): string {
  return `${whole.format(fraction * 100)} %`;
}

/** A measured value with at most six significant digits. */
export function measure(value: number): string {
  return threeDigits.format(value);
}

/** Bytes in the largest fitting unit of 1000. */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 1_000_000) return `${oneDigit.format(size / 1000)} kB`;
  return `${oneDigit.format(size / 1_000_000)} MB`;
}

/** The word in the form that the number asks for: 1 run, 2 runs. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
