/**
 * Decimal digits of a double, rounded half to even from its exact value, as Python does: JavaScript's own `toFixed`
 * rounds ties away from zero ('0.13' for 0.125) and gives up at 1e21. All functions take the magnitude.
 */

/** `magnitude` with so many digits after the point. */
export function fixed(magnitude: number, decimals: number): string {
  const digits = scaled(magnitude, decimals)
    .toString()
    .padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** `magnitude` as one digit, so many decimals, and a power of ten. */
export function scientific(magnitude: number, decimals: number): { digits: string; exponent: number } {
  if (magnitude === 0) return { digits: '0'.repeat(decimals + 1), exponent: 0 };
  // One less than it seems: the shortest digits of the smallest numbers, 1e-323, are more than they are, 9.88e-324.
  let exponent = Number(magnitude.toExponential().split('e')[1]) - 1;
  let digits = scaled(magnitude, decimals - exponent).toString();
  while (digits.length > decimals + 1) {
    exponent += 1;
    digits = scaled(magnitude, decimals - exponent).toString();
  }
  return { digits, exponent };
}

/** magnitude × 10^power, as a whole number. */
function scaled(magnitude: number, power: number): bigint {
  const { mantissa, exponent } = exactly(magnitude);
  const numerator = mantissa * positivePower(10n, power) * positivePower(2n, exponent);
  const denominator = positivePower(10n, -power) * positivePower(2n, -exponent);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const isUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}

function positivePower(base: bigint, power: number): bigint {
  return power > 0 ? base ** BigInt(power) : 1n;
}

/** A double is a whole mantissa times a power of two (IEEE 754 binary64). */
function exactly(magnitude: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, magnitude);
  const biased = (bits.getUint32(0) >>> 20) & 0x7ff;
  const fraction = bits.getBigUint64(0) & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}
