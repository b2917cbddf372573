import { createHash } from 'node:crypto';
import { canonical, type Json } from '../core/json.ts';

/** The identity of a recipe by its meaning: the order of keys and the layout do not count. 64 hexadecimal digits (SHA-256). */
export function recipeHash(recipe: Json): string {
  return hashText(canonical(recipe));
}

/** The identity of a recipe's source, to the byte. 64 hexadecimal digits (SHA-256). */
export function sourceHash(text: string): string {
  return hashText(text);
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
