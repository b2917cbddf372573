import type { Fail } from './placeholder.ts';

/** Something that tells whether a pattern occurs in a text. */
export interface Pattern {
  test(text: string): boolean;
}

const longestPattern = 200;
/** Repetitions are written out: `(x{50}){50}` would be 2 500 instructions. */
const longestProgram = 2000;
/** Longer texts never match: no name, path or id is longer. */
const longestText = 10_000;

/**
 * A regular expression that anyone may have written: matched in time linear in the text, where JavaScript's own may take
 * for ever (`(a+)+$`). The syntax is JavaScript's with the flag `u`, without look-around, back references, word
 * boundaries and named groups. Whatever cannot be used ends in `fail`.
 */
export function compilePattern(source: string, fail: Fail): Pattern {
  if (source.length > longestPattern) return fail(`a pattern has at most ${longestPattern} characters`);
  try {
    new RegExp(source, 'u');
  } catch {
    return fail(`${JSON.stringify(source)} is no regular expression`);
  }
  const program = new Compiler(fail).compile(new PatternParser(source, fail).parse());
  return { test: (text) => text.length <= longestText && occurs(program, text) };
}

type Expression =
  | { readonly kind: 'character'; readonly matches: RegExp }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Expression[] }
  | { readonly kind: 'repeat'; readonly part: Expression; readonly least: number; readonly most: number };

const oneCharacter =
  /\[(?:[^\\\]]|\\.)*\]|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u\{[^}]*\}|\\u.{4}|\\x..|\\[pP]\{[^}]*\}|\\c.|\\.|[^()|^$*+?{}[\]\\]/suy;
const repetition = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/y;

/** Finds the structure of a pattern that is known to be right; single characters and classes are left to RegExp. */
class PatternParser {
  readonly #source: string;
  readonly #fail: Fail;
  #at = 0;

  constructor(source: string, fail: Fail) {
    this.#source = source;
    this.#fail = fail;
  }

  parse(): Expression {
    const parts = [this.#sequence()];
    while (this.#accept('|')) parts.push(this.#sequence());
    return { kind: 'choice', parts };
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source.charAt(this.#at))) {
      parts.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #repeated(part: Expression): Expression {
    const match = this.#match(repetition);
    if (!match) return part;
    const [, sign, least = '0', comma, most] = match;
    if (sign !== undefined)
      return { kind: 'repeat', part, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity };
    const upTo = comma === undefined ? Number(least) : most === '' ? Infinity : Number(most);
    return { kind: 'repeat', part, least: Number(least), most: upTo };
  }

  #atom(): Expression {
    if (this.#accept('^')) return { kind: 'start' };
    if (this.#accept('$')) return { kind: 'end' };
    if (this.#accept('(?:') || (this.#source[this.#at + 1] !== '?' && this.#accept('('))) {
      const inner = this.parse();
      this.#accept(')');
      return inner;
    }
    const [source] = this.#match(oneCharacter) ?? [];
    if (source === undefined || /^\\(?:[bBk]|[1-9])/.test(source)) {
      return this.#fail(`${JSON.stringify(this.#source)} uses what patterns here cannot do, near ${this.#at + 1}`);
    }
    return { kind: 'character', matches: new RegExp(`^${source}$`, 'u') };
  }

  #accept(text: string): boolean {
    const isThere = this.#source.startsWith(text, this.#at);
    if (isThere) this.#at += text.length;
    return isThere;
  }

  #match(token: RegExp): RegExpExecArray | null {
    token.lastIndex = this.#at;
    const match = token.exec(this.#source);
    this.#at += match?.[0].length ?? 0;
    return match;
  }
}

type Instruction =
  { readonly kind: 'character'; readonly matches: RegExp } | { readonly kind: 'start' | 'end' | 'match' } | Jump;

/** Goes on to each of these instructions; where to is known once what lies between is written. */
interface Jump {
  readonly kind: 'go';
  to: readonly number[];
}

/** Thompson's construction ("Regular expression search algorithm", 1968): instructions that go on to one or two others. */
class Compiler {
  readonly #program: Instruction[] = [];
  readonly #fail: Fail;

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  compile(expression: Expression): readonly Instruction[] {
    this.#emit(expression);
    this.#add({ kind: 'match' });
    return this.#program;
  }

  #emit(expression: Expression): void {
    switch (expression.kind) {
      case 'sequence':
        for (const part of expression.parts) this.#emit(part);
        break;
      case 'choice':
        this.#choice(expression.parts);
        break;
      case 'repeat':
        this.#repeat(expression);
        break;
      case 'character':
      case 'start':
      case 'end':
        this.#add(expression);
    }
  }

  #choice([first, ...others]: readonly Expression[]): void {
    if (!first) return;
    if (others.length === 0) return this.#emit(first);
    const start = this.#program.length;
    const fork = this.#go([]);
    this.#emit(first);
    const exit = this.#go([]);
    fork.to = [start + 1, this.#program.length];
    this.#choice(others);
    exit.to = [this.#program.length];
  }

  #repeat({ part, least, most }: Extract<Expression, { kind: 'repeat' }>): void {
    for (let count = 0; count < least; count += 1) this.#emit(part);
    if (most === Infinity) return this.#loop(part);
    const forks = [];
    for (let count = least; count < most; count += 1) {
      const fork = this.#go([this.#program.length + 1]);
      forks.push(fork);
      this.#emit(part);
    }
    for (const fork of forks) fork.to = [...fork.to, this.#program.length];
  }

  #loop(part: Expression): void {
    const start = this.#program.length;
    const fork = this.#go([]);
    this.#emit(part);
    this.#go([start]);
    fork.to = [start + 1, this.#program.length];
  }

  #go(to: readonly number[]): Jump {
    const jump: Jump = { kind: 'go', to };
    this.#add(jump);
    return jump;
  }

  #add(instruction: Instruction): void {
    if (this.#program.length >= longestProgram) this.#fail('the pattern repeats too much');
    this.#program.push(instruction);
  }
}

/** Follows all ways through the program at once, one character after the other. */
function occurs(program: readonly Instruction[], text: string): boolean {
  const characters = Array.from(text);
  let waiting: number[] = [];
  for (let at = 0; at <= characters.length; at += 1) {
    // A match may begin anywhere.
    const ways = reachable(program, [...waiting, 0], at === 0, at === characters.length);
    if (ways.some((way) => program[way]?.kind === 'match')) return true;
    const character = characters[at] ?? '';
    waiting = ways.filter((way) => isMatch(program[way], character)).map((way) => way + 1);
  }
  return false;
}

function isMatch(instruction: Instruction | undefined, character: string): boolean {
  return instruction?.kind === 'character' && instruction.matches.test(character);
}

/** The instructions that can be reached without reading a character. */
function reachable(program: readonly Instruction[], from: number[], isStart: boolean, isEnd: boolean): number[] {
  const reached = new Set(from);
  for (const at of reached) {
    const instruction = program[at];
    if (instruction?.kind === 'go') for (const next of instruction.to) reached.add(next);
    else if (instruction?.kind === 'start' && isStart) reached.add(at + 1);
    else if (instruction?.kind === 'end' && isEnd) reached.add(at + 1);
  }
  return [...reached];
}
