import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const checkout = resolve(import.meta.dirname, '../..');

/** All documents of the checkout, by path. */
export const documents: readonly string[] = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md', 'deploy/**/*.md'], {
  cwd: checkout,
}).sort();

/** The text of a file of the checkout. */
export function read(path: string): string {
  return readFileSync(join(checkout, path), 'utf8');
}
