import { selectorRefused } from '../errors.ts';
import { tokensOf, type Token } from './lexer.ts';
import { like } from './like.ts';
import { and, calculate, compare, not, or, type Operation, type Ordering, type Value } from './value.ts';

/** The value of a header or property by its name; null when the message has none. */
export type Lookup = (name: string) => Value;

/** A part of a selector. What is known of its kind before any message comes lets mistakes be told at SUBSCRIBE. */
export interface Term {
  readonly kind: 'condition' | 'text' | 'number' | 'name' | 'calculation' | 'nothing';
  evaluate(lookup: Lookup): Value;
}

/** Parentheses, NOT and signs within one another; more than anybody writes, less than the stack holds. */
const DEEPEST = 100;

const ORDERINGS: ReadonlySet<string> = new Set<Ordering>(['=', '<>', '<', '>', '<=', '>=']);

/**
 * Reads the condition of SQL-92 that a selector is: OR, AND, NOT, comparisons, + and -, * / and %, signs, from the loosest
 * to the tightest. Throws `broker.selector-refused`.
 */
export class Parser {
  readonly #selector: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(selector: string) {
    this.#selector = selector;
    this.#tokens = tokensOf(selector);
  }

  parse(): Term {
    const term = this.#condition(() => this.#or());
    if (this.#token.kind !== 'end') throw this.#refused('an operator, or the end');
    return term;
  }

  #or(): Term {
    let left = this.#and();
    while (this.#take('OR')) {
      const [one, other] = [this.#asCondition(left), this.#condition(() => this.#and())];
      left = conditionOf((lookup) => or(one.evaluate(lookup), () => other.evaluate(lookup)));
    }
    return left;
  }

  #and(): Term {
    let left = this.#not();
    while (this.#take('AND')) {
      const [one, other] = [this.#asCondition(left), this.#condition(() => this.#not())];
      left = conditionOf((lookup) => and(one.evaluate(lookup), () => other.evaluate(lookup)));
    }
    return left;
  }

  #not(): Term {
    if (!this.#take('NOT')) return this.#comparison();
    const term = this.#deeper(() => this.#condition(() => this.#not()));
    return conditionOf((lookup) => not(term.evaluate(lookup)));
  }

  #comparison(): Term {
    let left = this.#sum();
    for (;;) {
      const next = this.#comparedTo(left);
      if (next === undefined) return left;
      left = next;
    }
  }

  #comparedTo(left: Term): Term | undefined {
    const { text, kind } = this.#token;
    if (kind === 'symbol' && ORDERINGS.has(text)) return this.#ordering(left, text as Ordering);
    if (this.#take('IS')) return this.#isNull(left);
    const isNegated = this.#take('NOT');
    const test = this.#test(left);
    if (isNegated && test === undefined) throw this.#refused('LIKE, BETWEEN or IN');
    return test && isNegated ? conditionOf((lookup) => not(test.evaluate(lookup))) : test;
  }

  #test(left: Term): Term | undefined {
    if (this.#take('LIKE')) return this.#like(left);
    if (this.#take('BETWEEN')) return this.#between(left);
    return this.#take('IN') ? this.#in(left) : undefined;
  }

  #ordering(left: Term, operator: Ordering): Term {
    this.#index += 1;
    const right = this.#sum();
    return this.#compared(left, operator, right);
  }

  #compared(left: Term, operator: Ordering, right: Term): Term {
    const isEquality = operator === '=' || operator === '<>';
    for (const { kind } of [left, right]) {
      if (kind === 'nothing') throw this.#refused('IS NULL or IS NOT NULL instead');
      if (!isEquality && (kind === 'text' || kind === 'condition')) throw this.#refused('numbers, which have an order');
    }
    const kinds = [left.kind, right.kind];
    if (kinds.includes('condition') && (kinds.includes('text') || kinds.includes('number'))) {
      throw this.#refused('TRUE, FALSE or a name beside a condition');
    }
    return conditionOf((lookup) => compare(left.evaluate(lookup), operator, right.evaluate(lookup)));
  }

  #isNull(left: Term): Term {
    const isNegated = this.#take('NOT');
    if (!this.#take('NULL')) throw this.#refused('NULL or NOT NULL');
    return conditionOf((lookup) => (left.evaluate(lookup) === null) !== isNegated);
  }

  #like(left: Term): Term {
    const pattern = this.#text('a pattern in quotes');
    const escape = this.#take('ESCAPE') ? this.#text('a character in quotes') : undefined;
    if (escape !== undefined && [...escape].length !== 1) throw this.#refused('one character after ESCAPE');
    const test = like(pattern, escape);
    return conditionOf((lookup) => {
      const value = left.evaluate(lookup);
      return value === null ? null : typeof value === 'string' && test(value);
    });
  }

  #between(left: Term): Term {
    const from = this.#compared(left, '>=', this.#sum());
    if (!this.#take('AND')) throw this.#refused('AND');
    const to = this.#compared(left, '<=', this.#sum());
    return conditionOf((lookup) => and(from.evaluate(lookup), () => to.evaluate(lookup)));
  }

  #in(left: Term): Term {
    const values = new Set<Value>();
    this.#expect('(');
    do values.add(this.#text('texts in quotes'));
    while (this.#take(','));
    this.#expect(')');
    return conditionOf((lookup) => {
      const value = left.evaluate(lookup);
      return value === null ? null : values.has(value);
    });
  }

  #sum(): Term {
    return this.#calculation(['+', '-'], () => this.#calculation(['*', '/', '%'], () => this.#signed()));
  }

  #calculation(operators: readonly Operation[], operand: () => Term): Term {
    let left = operand();
    for (;;) {
      const operator = operators.find((one) => this.#take(one));
      if (operator === undefined) return left;
      const [one, other] = [this.#asOperand(left), this.#asOperand(operand())];
      left = {
        kind: 'calculation',
        evaluate: (lookup) => calculate(one.evaluate(lookup), operator, other.evaluate(lookup)),
      };
    }
  }

  #signed(): Term {
    if (this.#take('+')) return this.#deeper(() => this.#signed());
    if (!this.#take('-')) return this.#primary();
    const term = this.#asOperand(this.#deeper(() => this.#signed()));
    return {
      kind: term.kind === 'number' ? 'number' : 'calculation',
      evaluate: (lookup) => calculate(0, '-', term.evaluate(lookup)),
    };
  }

  #primary(): Term {
    const token = this.#token;
    this.#index += 1;
    if (token.kind === 'number') return { kind: 'number', evaluate: () => token.value };
    if (token.kind === 'text') return { kind: 'text', evaluate: () => token.text };
    if (token.kind === 'name') return { kind: 'name', evaluate: (lookup) => lookup(token.text) };
    if (token.text === 'TRUE' || token.text === 'FALSE') return conditionOf(() => token.text === 'TRUE');
    if (token.text === 'NULL') return { kind: 'nothing', evaluate: () => null };
    this.#index -= 1;
    this.#expect('(', 'a name, a literal or (');
    const term = this.#deeper(() => this.#or());
    this.#expect(')');
    return term;
  }

  #deeper(read: () => Term): Term {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#refused(`no more than ${String(DEEPEST)} levels`);
    const term = read();
    this.#depth -= 1;
    return term;
  }

  #condition(read: () => Term): Term {
    return this.#asCondition(read());
  }

  #asCondition(term: Term): Term {
    if (term.kind === 'condition' || term.kind === 'name') return term;
    throw this.#refused('a comparison');
  }

  #asOperand(term: Term): Term {
    if (term.kind === 'condition' || term.kind === 'nothing') throw this.#refused('numbers');
    return term;
  }

  #text(expected: string): string {
    const token = this.#token;
    if (token.kind !== 'text') throw this.#refused(expected);
    this.#index += 1;
    return token.text;
  }

  #take(text: string): boolean {
    const token = this.#token;
    const isNext = (token.kind === 'symbol' || token.kind === 'keyword') && token.text === text;
    if (isNext) this.#index += 1;
    return isNext;
  }

  #expect(symbol: string, expected = symbol): void {
    if (!this.#take(symbol)) throw this.#refused(expected);
  }

  get #token(): Token {
    return this.#tokens[this.#index] as Token;
  }

  #refused(expected: string): Error {
    return selectorRefused({ selector: this.#selector, at: this.#token.at, expected });
  }
}

function conditionOf(evaluate: (lookup: Lookup) => Value): Term {
  return { kind: 'condition', evaluate };
}
