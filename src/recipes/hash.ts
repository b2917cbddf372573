import { createHash } from 'node:crypto';
import { canonical, type Json } from '../core/json.ts';

/** The identity of a recipe by its meaning: the order of keys and the layout do not count. 64 hexadecimal digits (SHA-256). */
export function recipeHash(recipe: Json): string {
  return textHash(canonical(recipe));
}

/**
 * The identity of what a run's recipe is made from: one recipe as it was read, before anything is filled in, or several
 * in their order. The same for all runs of one version of a file, where `recipeHash` of what they follow differs.
 */
export function sourceHash(recipes: readonly Json[]): string {
  const [first, ...others] = recipes;
  return recipeHash(first === undefined || others.length > 0 ? recipes : first);
}

/** The identity of a text, to the byte. 64 hexadecimal digits (SHA-256). */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
