import type { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from '../core/json.ts';
import type { RecipeSource } from '../services/record.ts';
import type { SummaryRow } from './summaries.ts';
import type { SourceRow } from './tables/records.ts';
import type { RunRecipe } from './views.ts';

/** What is kept of a run's recipe: nothing where no announcement of it was recorded. */
export function recipeOf(database: DatabaseSync, { id: run, state }: SummaryRow): RunRecipe {
  const row = database
    .prepare(
      `SELECT parameters, recipe, recipeHash, sourceHash, sources FROM runs
       JOIN announcements ON announcements.seq = runs.announcement WHERE runs.id = ?`,
    )
    .get(run) as AnnouncementRow | undefined;
  if (!row) return { run, state, parameters: {} };
  const { parameters, recipe, recipeHash, sourceHash, sources } = row;
  return {
    run,
    state,
    parameters: JSON.parse(parameters) as JsonObject,
    ...(recipe === null ? {} : { recipe: JSON.parse(recipe) as JsonObject }),
    ...(recipeHash === null ? {} : { recipeHash }),
    ...(sourceHash === null ? {} : { sourceHash }),
    ...(sources === null ? {} : { sources: withTexts(database, JSON.parse(sources) as readonly SourceRow[]) }),
  };
}

interface AnnouncementRow {
  readonly parameters: string;
  readonly recipe: string | null;
  readonly recipeHash: string | null;
  readonly sourceHash: string | null;
  readonly sources: string | null;
}

function withTexts(database: DatabaseSync, rows: readonly SourceRow[]): readonly RecipeSource[] {
  const select = database.prepare('SELECT text FROM texts WHERE hash = ?');
  return rows.map(({ text: hash, ...source }) => {
    const text = hash === undefined ? undefined : select.get(hash)?.['text'];
    return typeof text === 'string' ? { ...source, text } : source;
  });
}
