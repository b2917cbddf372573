import type { DatabaseSync } from 'node:sqlite';
import { newer } from './errors.ts';

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
];

/** Brings a store to the newest format, one transaction a format: a crash in between is continued the next time. */
export function migrate(database: DatabaseSync, folder: string, steps: readonly string[] = formats): void {
  const found = formatOf(database);
  if (found > steps.length) throw newer({ folder, found, known: steps.length });
  for (const [format, step] of steps.entries()) {
    if (format < found) continue;
    try {
      database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${String(format + 1)}; COMMIT`);
    } finally {
      if (database.isTransaction) database.exec('ROLLBACK');
    }
  }
}

function formatOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}
