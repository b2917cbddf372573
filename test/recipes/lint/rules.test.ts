import { describe, expect, it } from 'vitest';
import { Linter } from '../../../src/recipes/lint/linter.ts';
import { rules, ruleOf } from '../../../src/recipes/lint/rules.ts';
import { exampleSite } from './site.ts';

const linter = new Linter(exampleSite);

describe.each(rules)('the rule $id', ({ id, severity, title, why, hint, wrong, right, given }) => {
  it('finds what is wrong in its first example, and says where and what to do', () => {
    const [found] = linter.lint(wrong, 'wrong.json', given).filter(({ rule }) => rule === id);
    expect(found).toMatchObject({ severity, line: 1 });
    expect(found?.message).toMatch(/^["\p{L}].*[.?]$/u);
    expect(found?.hint).toMatch(/[.}]$/);
  });

  it('finds nothing in its second', () => {
    expect(linter.lint(right, 'right.json', given).filter(({ rule }) => rule === id)).toEqual([]);
  });

  it('has a name, a title, a reason and a hint to be found under', () => {
    expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(title).toMatch(/^[^.]+$/);
    expect([why, hint].filter((sentence) => !/^[\p{Lu}"{].*[.}]$/u.test(sentence))).toEqual([]);
  });
});

describe('the rules', () => {
  it('have ids of their own', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(() => ruleOf('no-such-rule')).toThrow('There is no lint rule no-such-rule.');
  });
});
