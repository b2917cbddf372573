import type { DatabaseSync } from 'node:sqlite';
import { newer } from './errors.ts';
import { failureTables } from './failures/format.ts';
import { groupId, patternOf } from './failures/pattern.ts';
import { shiftTables } from './shift/tables.ts';
import { programFormat } from './tables/told.ts';

/**
 * The store's formats: entry n brings a store of format n to format n + 1. What has been released is never edited, only
 * followed by another entry.
 */
export const formats: readonly string[] = [
  `
  -- seq is the order in which the ledger first heard of a run. Lists and their cursors go by it, newest first: it never
  -- changes, while a run can be heard of before its announcement is.
  CREATE TABLE runs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'running',
    inferred INTEGER NOT NULL DEFAULT 0,
    announced INTEGER NOT NULL,
    ended INTEGER,
    latest INTEGER NOT NULL DEFAULT 0,  -- time of the latest record, by its writer's clock
    heard INTEGER NOT NULL DEFAULT 0,   -- when it came, by the ledger's clock
    announcement INTEGER,               -- absent until the announcement's record comes
    answered INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    waiting INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    beamline TEXT, visit TEXT, collection TEXT, runNumber TEXT, event TEXT, user TEXT, lane TEXT,
    recipes TEXT NOT NULL DEFAULT '[]'
  ) STRICT;
  CREATE INDEX runs_state ON runs (state);
  CREATE INDEX runs_beamline ON runs (beamline, state);
  CREATE INDEX runs_beamline_newest ON runs (beamline);
  CREATE INDEX runs_visit ON runs (visit);
  CREATE INDEX runs_quiet ON runs (heard) WHERE state = 'running';
  CREATE VIRTUAL TABLE run_words USING fts5 (words, content = '', contentless_delete = 1, detail = full, prefix = '1 2 3 4');

  CREATE TABLE announcements (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    messageId TEXT NOT NULL,
    run TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    queue TEXT NOT NULL,
    host TEXT NOT NULL,
    received INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    replyTo TEXT, correlationId TEXT, replyBy INTEGER,
    recipeHash TEXT,
    parameters TEXT NOT NULL,
    recipe TEXT
  ) STRICT;

  CREATE TABLE steps (
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    service TEXT,
    queue TEXT,
    sent INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    joined INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0,
    late INTEGER NOT NULL DEFAULT 0,
    errorLink INTEGER NOT NULL DEFAULT 0,
    dead INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    deferrals INTEGER NOT NULL DEFAULT 0,
    reinjected INTEGER NOT NULL DEFAULT 0,
    records INTEGER NOT NULL DEFAULT 0,
    passed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, step)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    id TEXT NOT NULL,
    key TEXT NOT NULL,
    step INTEGER NOT NULL,
    service TEXT NOT NULL,
    host TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    deferral INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    sent INTEGER NOT NULL,
    received INTEGER NOT NULL,
    started INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    code TEXT,
    message TEXT,
    outputs TEXT,
    reinjected INTEGER NOT NULL DEFAULT 0,
    deadMessage TEXT  -- of dead letters the broker's id: one that is sent again has another
  ) STRICT;
  -- By run first: the runs that are under way share few pages, whatever the size of the table.
  CREATE UNIQUE INDEX deliveries_once ON deliveries (run, id);
  CREATE INDEX deliveries_latest ON deliveries (run);

  -- Re-injections that were told of; the others are inferred from what became of the message.
  CREATE TABLE reinjections (
    run INTEGER NOT NULL, id TEXT NOT NULL, step INTEGER NOT NULL, time INTEGER NOT NULL, user TEXT, PRIMARY KEY (run, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE results (seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, step INTEGER NOT NULL, time INTEGER NOT NULL, result TEXT NOT NULL) STRICT;
  CREATE INDEX results_run ON results (run);

  CREATE TABLE replies (
    id TEXT NOT NULL PRIMARY KEY, run TEXT NOT NULL, status TEXT NOT NULL, recipient TEXT NOT NULL,
    outcome TEXT NOT NULL, time INTEGER NOT NULL, reason TEXT
  ) STRICT;
  CREATE INDEX replies_run ON replies (run);

  CREATE TABLE totals (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE recorded_queues (queue TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE caused (
    messageId TEXT NOT NULL, run TEXT NOT NULL, message TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (messageId, run)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE malformed (
    messageId TEXT NOT NULL, place INTEGER NOT NULL, time INTEGER NOT NULL, reason TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (messageId, place)
  ) STRICT;
  `,
  `
  -- Runs that were cancelled before their end, known or not; ended once they have.
  CREATE TABLE cancellations (run TEXT NOT NULL PRIMARY KEY, time INTEGER NOT NULL, reason TEXT, user TEXT, ended INTEGER) STRICT, WITHOUT ROWID;
  CREATE INDEX cancellations_open ON cancellations (time) WHERE ended IS NULL;
  `,
  `
  -- Joins that are being closed, with these members, or have closed (then without).
  CREATE TABLE joins (id TEXT NOT NULL PRIMARY KEY, members TEXT NOT NULL, time INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX joins_time ON joins (time);
  `,
  `
  -- The texts of recipes that runs were made from, as they were on disk, each once: by their SHA-256.
  CREATE TABLE texts (hash TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT;
  ALTER TABLE announcements ADD COLUMN sourceHash TEXT;
  -- A list of {name, hash, bytes, text?, parameters?}, where text is the hash of one above.
  ALTER TABLE announcements ADD COLUMN sources TEXT;
  ALTER TABLE runs ADD COLUMN rerunOf TEXT;
  CREATE INDEX runs_reruns ON runs (rerunOf) WHERE rerunOf IS NOT NULL;

  -- Steps that should have finished by a time. A row whose announcement has not come knows no due time.
  CREATE TABLE budgets (
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    seconds REAL NOT NULL,
    used REAL,               -- of them, by the latest delivery
    due INTEGER,
    state TEXT NOT NULL,     -- watched, over (then for good), or ended
    PRIMARY KEY (run, step)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX budgets_watched ON budgets (due) WHERE state = 'watched';
  ALTER TABLE deliveries ADD COLUMN budget REAL;
  ALTER TABLE deliveries ADD COLUMN budgetUsed REAL;
  ALTER TABLE runs ADD COLUMN overBudget INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX runs_over_budget ON runs (seq) WHERE overBudget > 0;
  `,
  `
  -- W3C Trace Context: of the run, for whoever looks for it elsewhere.
  ALTER TABLE announcements ADD COLUMN traceparent TEXT;
  `,
  `
  -- What is kept for how long: runs by their ends, and those whose deliveries still have payloads.
  ALTER TABLE runs ADD COLUMN payloads INTEGER NOT NULL DEFAULT 1;
  CREATE INDEX runs_ended ON runs (ended) WHERE ended IS NOT NULL;
  CREATE INDEX runs_with_payloads ON runs (ended) WHERE ended IS NOT NULL AND payloads = 1;
  -- Runs that were removed: what is still told of them must not look like new ones.
  CREATE TABLE removed_runs (id TEXT NOT NULL PRIMARY KEY, time INTEGER NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
  -- Of these, those whose rows are not all removed yet.
  CREATE TABLE removals (run INTEGER PRIMARY KEY, id TEXT NOT NULL, time INTEGER NOT NULL) STRICT;
  -- How many announcements refer to a text.
  CREATE TABLE text_uses (hash TEXT NOT NULL PRIMARY KEY, uses INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  -- Words of removed runs go when others are merged: to merge because of them held the intake up for 850 ms.
  INSERT INTO run_words (run_words, rank) VALUES ('deletemerge', 0);
  INSERT INTO text_uses SELECT value ->> 'text', count(*) FROM announcements, json_each(sources)
    WHERE sources IS NOT NULL AND value ->> 'text' IS NOT NULL GROUP BY 1;
  `,
  `
  -- How many runs were made from each version of each recipe: by the name, and the hash of its meaning. The text, as the
  -- latest of them had it, is the hash of one in texts.
  CREATE TABLE recipe_versions (
    name TEXT NOT NULL, hash TEXT NOT NULL, text TEXT, first INTEGER NOT NULL, latest INTEGER NOT NULL,
    run TEXT NOT NULL,       -- the latest
    runs INTEGER NOT NULL, failed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (name, hash)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO recipe_versions (name, hash, text, first, latest, run, runs, failed)
  SELECT json_extract(value, '$.name') AS name, json_extract(value, '$.hash') AS hash, json_extract(value, '$.text'),
    min(received), max(received), runs.id, count(*), sum(runs.state = 'failed')
    FROM runs JOIN announcements ON announcements.seq = runs.announcement, json_each(announcements.sources)
    WHERE name <> 'custom_recipe' GROUP BY name, hash;
  `,
  failureTables,
  `
  -- The messages that a run began with, where those are not its recipe's: a part of another run was repeated.
  ALTER TABLE announcements ADD COLUMN started TEXT;
  `,
  shiftTables,
  programFormat,
];

/** Brings a store to the newest format, one transaction a format: a crash in between is continued the next time. */
export function migrate(database: DatabaseSync, folder: string, steps: readonly string[] = formats): void {
  const found = formatOf(database);
  if (found > steps.length) throw newer({ folder, found, known: steps.length });
  if (found < steps.length) defineFunctions(database);
  for (const [format, step] of steps.entries()) {
    if (format < found) continue;
    try {
      database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${String(format + 1)}; COMMIT`);
    } finally {
      if (database.isTransaction) database.exec('ROLLBACK');
    }
  }
}

/** What is grouped in one format was not in those before. */
function defineFunctions(database: DatabaseSync): void {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  database.function('failure_pattern', { deterministic: true }, (message) => patternOf(text(message) ?? ''));
  database.function('failure_group', { deterministic: true }, (step, service, code, message, version) =>
    groupId({
      ...{ step: Number(step), service: text(service), queue: undefined, code: text(code) ?? '' },
      ...{ pattern: patternOf(text(message) ?? ''), version: text(version) },
    }),
  );
}

function formatOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}
