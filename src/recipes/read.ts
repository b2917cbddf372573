import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import type { Json, JsonObject } from '../core/json.ts';
import { within, type JsonLimits } from './bounded-json.ts';
import { syntaxError } from './errors.ts';
import type { Finding } from './finding.ts';
import { normalise, type Remark } from './normalise.ts';
import { keyOf, Places, valueOf } from './places.ts';
import { brief, type Path } from './problem.ts';
import { syntaxErrorAt } from './syntax-words.ts';
import { TextPositions, type TextPosition } from './text-positions.ts';

/** Recipes are written by people: real ones have some ten kilobytes. */
export const recipeLimits: JsonLimits = { bytes: 1024 * 1024, depth: 100 };

/** A recipe as read: not yet known to be valid. */
export interface RecipeText {
  readonly recipe: Json;
  /** What was read although other readers would not, in the order of the text. */
  readonly findings: readonly Finding[];
  /** Where a place stands in the text; of what is not there, the nearest place around it. Of duplicate keys, the one that counts. */
  readonly at: (path: Path) => TextPosition;
  /** The JSON of a place, as it was written. */
  readonly written: (path: Path) => string;
}

/**
 * Reads a recipe file as tolerantly as real ones need: the last of duplicate keys counts, links may be text, comments
 * and trailing commas are passed over, each with a finding. `name` stands in errors: `recipes.syntax` (with line and
 * column), `recipes.too-large`. What is read is for `validateRecipe`.
 */
export function readRecipe(text: string, name: string, limits: JsonLimits = recipeLimits): RecipeText {
  return new RecipeReader(within(text, name, limits), name).read();
}

/** The text of a recipe as it is kept: reading it gives the same recipe. */
export function printRecipe(recipe: Json): string {
  return `${JSON.stringify(recipe, null, 2)}\n`;
}

class RecipeReader {
  readonly #text: string;
  readonly #name: string;
  readonly #positions: TextPositions;
  readonly #findings: Finding[] = [];

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
    this.#positions = new TextPositions(text);
  }

  read(): RecipeText {
    const top = this.#parse();
    const places = new Places(top);
    this.#checkEncoding();
    const { recipe, remarks } = normalise(this.#valueOf(top));
    for (const { path, ...remark } of remarks) this.#find(places.at(path).offset, remark);
    const findings = this.#findings.toSorted((a, b) => a.line - b.line || a.column - b.column);
    return {
      recipe,
      findings,
      at: (path) => this.#positions.at(places.at(path).offset),
      written: (path) => this.#textOf(valueOf(places.at(path))),
    };
  }

  /** Bytes that are no UTF-8 have become this character by now, in the whole text: one finding says so. */
  #checkEncoding(): void {
    const offset = this.#text.indexOf('\uFFFD');
    if (offset !== -1) this.#find(offset, lostCharacters);
  }

  /** Strictly first; where only comments and trailing commas stand against it, once more without minding those. */
  #parse(): Node {
    const strict: ParseError[] = [];
    const tree = parseTree(this.#text, strict, { disallowComments: true });
    if (tree && strict.length === 0) return tree;
    const errors: ParseError[] = [];
    const tolerant = parseTree(this.#text, errors, { allowTrailingComma: true, allowEmptyContent: false });
    const [first] = errors;
    if (first || !tolerant) throw syntaxErrorAt(this.#text, this.#name, first ?? { offset: 0, length: 0, error: 4 });
    for (const offset of new Set(strict.map((error) => error.offset))) this.#find(offset, notJson);
    return tolerant;
  }

  /** Nesting is bounded by the limits, and so is this recursion. */
  #valueOf(node: Node): Json {
    const children = node.children ?? [];
    if (node.type === 'object') return this.#objectOf(children);
    if (node.type === 'array') return children.map((child) => this.#valueOf(child));
    if (node.type === 'number') this.#checkNumber(node);
    return node.value as Json;
  }

  #objectOf(properties: readonly Node[]): JsonObject {
    const last = new Map(properties.map((property) => [keyOf(property), property]));
    for (const property of properties) {
      const counting = last.get(keyOf(property));
      if (counting && counting !== property) this.#findDuplicate(property, counting);
    }
    const entries = Array.from(last, ([key, property]) => [key, this.#valueOf(valueOf(property))]);
    // fromEntries makes `__proto__` a key like any other.
    return Object.fromEntries(entries) as JsonObject;
  }

  #findDuplicate(property: Node, counting: Node): void {
    const { line } = this.#positions.at(counting.offset);
    this.#find(property.offset, {
      rule: 'duplicate-key',
      message: `The key ${brief(keyOf(property))} stands more than once; only the last one counts, in line ${line}.`,
      hint: 'Remove this one, or give it a name of its own.',
    });
  }

  #checkNumber(node: Node): void {
    const offset = node.offset;
    const value = node.value as number;
    const written = this.#textOf(node);
    if (!Number.isFinite(value)) {
      const reason = `the number ${brief(written)} is larger than any that can be kept`;
      throw syntaxError({ name: this.#name, ...this.#positions.at(offset), reason });
    }
    if (!/^-?\d+$/.test(written) || Number.isSafeInteger(value)) return;
    this.#find(offset, {
      rule: 'number-precision',
      message: `The number ${written} has more digits than are kept; it is read as ${String(value)}.`,
      hint: 'Write it as text, in quotes.',
    });
  }

  #textOf({ offset, length }: Node): string {
    return this.#text.slice(offset, offset + length);
  }

  #find(offset: number, found: Omit<Remark, 'path'>): void {
    this.#findings.push({ ...found, severity: 'warning', ...this.#positions.at(offset) });
  }
}

const notJson: Omit<Remark, 'path'> = {
  rule: 'not-json',
  message: 'JSON has no comments and no comma before a closing bracket; Python services cannot read this file.',
  hint: 'Remove it; a step may have a key "comment".',
};

const lostCharacters: Omit<Remark, 'path'> = {
  rule: 'encoding',
  message: 'The text is not in UTF-8: from here on, there are letters that cannot be read and are lost.',
  hint: 'Save the file in UTF-8.',
};
