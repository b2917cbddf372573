import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { formatValue } from '../../src/recipes/format-spec.ts';

/** What Python makes of it, written by python-format.py. */
const cases = JSON.parse(readFileSync(new URL('python-format.json', import.meta.url), 'utf8')) as [
  Json,
  string,
  string | null,
][];

function tried(value: Json, spec: string): string | null {
  try {
    return formatValue(value, spec, (reason) => {
      throw new RangeError(reason);
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

describe('formatValue', () => {
  it('formats as Python does, and refuses what Python refuses', () => {
    const different = cases.filter(([value, spec, expected]) => tried(value, spec) !== expected);
    expect(cases.length).toBeGreaterThan(1900);
    expect(different).toEqual([]);
  });

  it('takes text that is a number for one where the format wants one, for parameters given by hand are text', () => {
    expect(tried('5', '05d')).toBe('00005');
    expect(tried('-3.14159', '.2f')).toBe('-3.14');
    expect(tried('five', '05d')).toBeNull();
    expect(tried('', 'd')).toBeNull();
  });

  it('refuses to make gigabytes of zeros', () => {
    expect(tried(1, '999999999999d')).toBeNull();
    expect(tried(1, '.99999999f')).toBeNull();
  });
});
