import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatonError } from '../../../src/core/errors.ts';
import { encode } from '../../../src/stomp/encode.ts';
import { like } from '../../../src/broker/selector/like.ts';
import { parseSelector } from '../../../src/broker/selector/selector.ts';

/** SQL's third truth value is null. */
type Truth = boolean | null;
type Headers = Readonly<Record<string, string>>;

/** A condition as a selector, and as what it is to come to. */
interface Condition {
  readonly text: string;
  readonly truth: (headers: Headers) => Truth;
}

const NAMES = ['a', 'b', 'color', 'JMSX', '$x'] as const;
const headersOf = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(fc.integer({ min: -9, max: 9 }).map(String), word()),
);

function word(): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom('a', 'b', "'", '%', '_', '\n', ':', '\\', 'é'), maxLength: 4 });
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const name = fc.constantFrom(...NAMES);

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.tuple(name, word()).map(([at, text]) => ({
    text: `${at} = ${quoted(text)}`,
    truth: (headers: Headers) => (at in headers ? headers[at] === text : null),
  })),
  fc.tuple(name, fc.integer({ min: -9, max: 9 })).map(([at, bound]) => ({
    text: `${at} >= ${String(bound)}`,
    truth: (headers: Headers) =>
      at in headers ? /^-?\d+$/.test(headers[at] ?? '') && Number(headers[at]) >= bound : null,
  })),
  fc.tuple(name, fc.array(word(), { minLength: 1, maxLength: 3 })).map(([at, texts]) => ({
    text: `${at} NOT IN (${texts.map(quoted).join(', ')})`,
    truth: (headers: Headers) => (at in headers ? !texts.includes(headers[at] ?? '') : null),
  })),
  name.map((at) => ({ text: `${at} IS NULL`, truth: (headers: Headers) => !(at in headers) })),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 6 },
    leaf,
    tie('condition').map(({ text, truth }) => ({
      text: `NOT (${text})`,
      truth: (headers: Headers) => negated(truth(headers)),
    })),
    fc.tuple(tie('condition'), tie('condition')).map(([one, other]) => ({
      text: `(${one.text}) AND (${other.text})`,
      truth: (headers: Headers) => least(one.truth(headers), other.truth(headers)),
    })),
    fc.tuple(tie('condition'), tie('condition')).map(([one, other]) => ({
      text: `(${one.text} oR ${other.text})`,
      truth: (headers: Headers) => negated(least(negated(one.truth(headers)), negated(other.truth(headers)))),
    })),
  ),
}));

const negated = (truth: Truth): Truth => (truth === null ? null : !truth);
/** FALSE < unknown < TRUE. */
const least = (a: Truth, b: Truth): Truth =>
  a === false || b === false ? false : a === null || b === null ? null : true;

const frameOf = (headers: Headers): Buffer => encode({ command: 'MESSAGE', headers, body: Buffer.from('x\n\ny') });

describe('a selector', () => {
  it('takes exactly what its condition is true of', () => {
    fc.assert(
      fc.property(condition, headersOf, ({ text, truth }, headers) => {
        fc.pre(text.length <= 4096);
        expect(parseSelector(text).takes(frameOf(headers), false)).toBe(truth(headers) === true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is read or refused, whatever it is, and then says where', () => {
    const piece = fc.constantFrom(
      ..."( ) , = <> <= + - * / % NOT AND OR IN LIKE ESCAPE BETWEEN IS NULL TRUE a 1 .5 0x1 ' /*".split(' '),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(piece, fc.constant("'x'"))).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, headersOf, (selector, headers) => {
        try {
          expect(typeof parseSelector(selector).takes(frameOf(headers), false)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(BatonError);
          expect(error).toMatchObject({ code: 'broker.selector-refused' });
        }
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['too long', `a = '${'x'.repeat(5000)}'`, 'no more than 4096 characters'],
    ['too deep in parentheses', '('.repeat(2000), 'no more than 100 levels'],
    ['too deep in NOT', 'NOT '.repeat(1000), 'no more than 100 levels'],
    ['too deep in signs', `a = ${'-'.repeat(4000)}`, 'no more than 100 levels'],
  ])('that is %s is refused', (_name, selector, expected) => {
    expect(() => parseSelector(selector)).toThrow(expected);
  });

  it('may be wide', () => {
    const wide = Array.from({ length: 300 }, () => 'a = 1').join(' OR ');
    expect(parseSelector(wide).takes(frameOf({ a: '1' }), false)).toBe(true);
  });

  it('points at the mistake', () => {
    expect(() => parseSelector("color = 'red' AND ")).toThrow('wrong at character 19: expected a name, a literal or (');
  });
});

describe('LIKE', () => {
  it('is what the regular expression says', () => {
    fc.assert(
      fc.property(word(), fc.string({ unit: fc.constantFrom('a', 'b', '%', '_'), maxLength: 6 }), (text, pattern) => {
        const expression = pattern.replaceAll('%', '[^]*').replaceAll('_', '[^]');
        expect(like(pattern)(text)).toBe(new RegExp(`^${expression}$`, 'u').test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no more time for many %', () => {
    expect(like('%a'.repeat(1000) + 'b')('a'.repeat(5000))).toBe(false);
  });
});
