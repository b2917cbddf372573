import { createHash } from 'node:crypto';
import { canonical, type Json } from '../core/json.ts';

/** The identity of a recipe by its meaning: the order of keys and the layout do not count. 64 hexadecimal digits (SHA-256). */
export function recipeHash(recipe: Json): string {
  return textHash(canonical(recipe));
}

/**
 * The identity of what a run's recipe is made from, by the hashes of the recipes as they were read, before anything was
 * filled in: that of the only one, or of several in their order. The same for all runs of one version of a file.
 */
export function sourceHash(hashes: readonly string[]): string {
  const [first, ...others] = hashes;
  return first === undefined || others.length > 0 ? recipeHash(hashes) : first;
}

/** The identity of a text, to the byte. 64 hexadecimal digits (SHA-256). */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
