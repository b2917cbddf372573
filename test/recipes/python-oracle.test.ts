import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { formatValue } from '../../src/recipes/format-spec.ts';
import { fillIn } from '../../src/recipes/substitute.ts';

const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0;

type Case =
  | readonly ['format', value: Json, spec: string]
  | readonly ['fill', text: string, parameters: JsonObject]
  | readonly ['replace', field: string, parameters: JsonObject];

function asPython(cases: readonly Case[]): readonly (string | null)[] {
  const { stdout, stderr } = spawnSync('python3', [`${import.meta.dirname}/python-oracle.py`], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as readonly (string | null)[];
}

function asBaton(given: Case): string | null {
  try {
    if (given[0] === 'fill') return fillIn(given[1], given[2]) as string;
    if (given[0] === 'replace') return JSON.stringify(fillIn(`{$REPLACE:${given[1]}}`, given[2]));
    return formatValue(given[1], given[2], (reason) => {
      throw new RangeError(reason);
    });
  } catch {
    return null;
  }
}

function differences(cases: readonly Case[]): readonly object[] {
  const python = asPython(cases);
  return cases
    .map((each, index) => ({ case: each, python: python[index], baton: asBaton(each) }))
    .filter(({ python: theirs, baton }) => theirs !== baton);
}

const maybe = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom('', ...texts);

/** Every part of a specification, there or not. */
const spec = fc
  .tuple(
    maybe('<', '>', '^', '=', '*<', 'x>', '0^', ' =', '}>', '日^'),
    maybe('+', '-', ' '),
    maybe('#'),
    maybe('0'),
    maybe('1', '7', '20'),
    maybe(',', '_'),
    maybe('.0', '.1', '.3', '.12'),
    maybe(...'bcdeEfFgGnosxX%q'.split('')),
  )
  .map((parts) => parts.join(''));

const integer = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(0, 10 ** 20));
const real = fc.oneof(
  // Whole numbers beyond 2^53 are read by Python with digits that no double has.
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number) || number === 0),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((thousandths) => thousandths / 1000),
  fc.constantFrom(0.5, 1.5, 2.5, 1e-5, 1e16, 1e22, 5e-324),
);
/** Text that is a number counts as one, which Python does not do: these are none. */
const text = fc.constantFrom('', 'a', 'thaumatin', 'Größe', '日本', '😀', ' x ');

const value: fc.Arbitrary<Json> = fc.oneof(integer, real, text, fc.boolean(), fc.constant(null), fc.constant([1, 'a']));

const parameters: JsonObject = {
  name: 'thaumatin',
  n: 7,
  x: 0.125,
  list: ['a', [2, 3]],
  nested: { 'a key': { deep: 1.5 }, 'a:b': 'colon', 'a!b': 'mark', 'a.b': 'point' },
  width: 9,
  none: null,
  yes: true,
};

/** JSON does not tell 216 from 216.0: with a precision and no type, we format the float that it may have been. */
function isUndecidable(given: Case): boolean {
  return given[0] === 'format' && Number.isInteger(given[1]) && !/[a-zA-Z%]$/.test(given[2]);
}

describe.skipIf(!hasPython)('Python 3.10 or newer on this machine', () => {
  it('formats any value by any specification as Baton does', () => {
    const cases = fc.sample(fc.tuple(fc.constant('format' as const), value, spec), 20_000) as Case[];
    expect(differences(cases.filter((each) => !isUndecidable(each))).slice(0, 5)).toEqual([]);
  });

  it('puts in place of $REPLACE what Baton does', () => {
    const fields = [
      'name',
      'n:05d',
      'list',
      'list[1]',
      'list[1][0]',
      'nested[a key]',
      'nested[a:b]:>5',
      'nested[a.b]!r',
    ];
    // Python spaces lists and objects.
    const python = asPython(fields.map((field): Case => ['replace', field, parameters]));
    expect(python.map((text) => JSON.parse(text ?? '""') as Json)).toEqual(
      fields.map((field) => JSON.parse(asBaton(['replace', field, parameters]) ?? '') as Json),
    );
  });

  // But for a key of digits, `{nested[5]}`, which Python takes for an index only.
  it('fills in any text as Baton does', () => {
    const part = fc.constantFrom(
      ...[
        '{name}',
        '{n:05d}',
        '{x:.2f}',
        '{name:>12}',
        '{name!r}',
        '{name!s:^12}',
        '{n:{width}d}',
        '{x:0{width}.{n}f}',
      ],
      ...['{list[0]}', '{list[1][1]}', '{list[7]}', '{list}', '{nested[a key][deep]}', '{nested[a:b]}'],
      ...['{nested[a!b]}', '{nested[a.b]}', '{nested[none]}', '{none}', '{yes}', '{yes:d}', '{none:>9}', '{unknown}'],
      ...[
        '{unknown[a][b]}',
        '{{',
        '}}',
        '{{n}}',
        '{',
        '}',
        'text ',
        '$name',
        '{0}',
        '{}',
        '{n:}',
        '{n!q}',
        '{name[0]}',
      ],
      ...[
        '{n[0]}',
        '{list[a]}',
        '{name[99]}',
        '{nested[a key',
        '{n:05',
        '{list[0]:>4}',
        '{list!r:>22}',
        '{x!s:5}',
        'ö',
      ],
    );
    const templates = fc
      .array(part, { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join(''))
      // A width made of values may be beyond what is laid out, and a precision without a type is not decidable.
      .filter((written) => !written.includes('{n:05{'));
    const cases = fc.sample(templates, 5000).map((written): Case => ['fill', written, parameters]);
    expect(differences(cases).slice(0, 5)).toEqual([]);
  });
});
