import { defineError } from '../core/errors.ts';
import { brief, type Problem } from './problem.ts';

/** The text cannot be read as JSON at all. Lines and columns count from 1. */
export const syntaxError = defineError<{ name: string; line: number; column: number; reason: string }>(
  'recipes.syntax',
  ({ name, line, column, reason }) => `${name}, line ${line}, column ${column}: ${reason}`,
  'Correct the JSON at that place; an editor with JSON support shows it.',
);

/** The text is larger or deeper than anything a person wrote. */
export const tooLarge = defineError<{ name: string; what: string; limit: number; found: number }>(
  'recipes.too-large',
  ({ name, what, limit, found }) => `${name} has ${found} ${what}; at most ${limit} are read.`,
  'Split it, or pass large data as files and send their paths.',
);

/** The recipe cannot be run: lists everything that is wrong with it. */
export const invalidRecipe = defineError<{ name: string; problems: readonly Problem[] }>(
  'recipes.invalid',
  ({ name, problems }) => `${name} is not a valid recipe: ${problems.map(sentence).join('; ')}.`,
  'Correct each of the places named.',
);

/** A `{placeholder}` that cannot be filled in. */
export const badPlaceholder = defineError<{ where: string; text: string; reason: string }>(
  'recipes.placeholder',
  ({ where, text, reason }) => `${where}: ${brief(text)}: ${reason}.`,
  'Correct the placeholder or the parameter; a brace that is meant as itself is written twice, {{ or }}.',
);

/** A message that says it carries a recipe does not. */
export const badEnvelope = defineError<{ where: string; expected: string; found: string }>(
  'recipes.envelope',
  ({ where, expected, found }) => `${where} of the message: expected ${expected}, got ${found}.`,
  'Send to a step what Python services send, too: environment, payload, recipe, recipe-path and recipe-pointer.',
);

/** A condition (`when`, a rule) that is not one. */
export const badCondition = defineError<{ where: string; reason: string }>(
  'recipes.condition',
  ({ where, reason }) => `${where}: ${reason}.`,
  'Write a value, a list of values, or a JSON Schema of one value without references.',
);

function sentence({ where, message }: Problem): string {
  return `${where}: ${message}`;
}
