import type { DatabaseSync } from 'node:sqlite';
import type { RecipeRuns, RecipeVersion } from './views.ts';

/** The runs of each recipe by its name, over all its versions. */
export function recipeRuns(database: DatabaseSync): ReadonlyMap<string, RecipeRuns> {
  const rows = database
    .prepare(
      // SQLite takes the other columns from the row of the maximum.
      'SELECT name, run, max(latest) AS latest, sum(runs) AS runs, sum(failed) AS failed FROM recipe_versions GROUP BY name',
    )
    .all();
  return new Map(rows.map(({ name, ...of }) => [String(name), of as unknown as RecipeRuns]));
}

/** The versions of a recipe that runs were made from, the latest used first. */
export function recipeVersions(database: DatabaseSync, name: string, limit: number): readonly RecipeVersion[] {
  const rows = database
    .prepare(
      `SELECT recipe_versions.hash, texts.text, first, latest, run, runs, failed FROM recipe_versions
       LEFT JOIN texts ON texts.hash = recipe_versions.text WHERE name = ? ORDER BY latest DESC LIMIT ?`,
    )
    .all(name, limit) as unknown as readonly (Omit<RecipeVersion, 'text'> & { readonly text: string | null })[];
  return rows.map(({ text, ...version }) => ({ ...version, ...(text === null ? {} : { text }) }));
}
