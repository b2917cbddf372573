import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** How a run counts for the versions of recipes that it was made from. */
export interface RunCount {
  /** Its announcement is known: it counts. */
  readonly counts: boolean;
  readonly failed: boolean;
}

/** Counts the runs of each version of each recipe, as they happen: nothing may look through a million runs to draw a list. */
export class RecipeVersionRows {
  readonly #add: StatementSync;
  readonly #fail: StatementSync;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      `INSERT INTO recipe_versions (name, hash, text, first, latest, run, runs)
       SELECT DISTINCT name, hash, text, received, received, run, 1 FROM (${versionsOf}) WHERE true
       ON CONFLICT (name, hash) DO UPDATE SET text = coalesce(excluded.text, text), first = min(first, excluded.first),
       run = iif(excluded.latest >= latest, excluded.run, run), latest = max(latest, excluded.latest), runs = runs + 1`,
    );
    this.#fail = database.prepare(
      `UPDATE recipe_versions SET failed = failed + ? WHERE (name, hash) IN (SELECT name, hash FROM (${versionsOf}))`,
    );
  }

  /** Tells what became of a run, whose announcement that is. */
  change(announcement: number, before: RunCount, now: RunCount): void {
    if (now.counts && !before.counts) this.#add.run(announcement);
    const change = Number(now.counts && now.failed) - Number(before.counts && before.failed);
    if (change !== 0) this.#fail.run(change, announcement);
  }
}

/**
 * The versions that an announcement's run was made from. Of what was not told, the hash is empty; what came with the
 * announcement is no recipe of the site, and each may be another.
 */
const versionsOf = `
  SELECT json_extract(value, '$.name') AS name, json_extract(value, '$.hash') AS hash, json_extract(value, '$.text') AS text,
  received, run FROM announcements, json_each(sources) WHERE announcements.seq = ? AND name <> 'custom_recipe'`;
