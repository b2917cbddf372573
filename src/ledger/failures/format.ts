/**
 * The tables of what failed: dead letters that have neither been sent again nor been marked as addressed (and those that
 * have been, with the deed that did it), and the groups that they form. The numbers of a group, and of a run, are kept
 * by triggers: whoever adds or removes a failure, they are right.
 */
export const failureTables = `
  CREATE TABLE failure_groups (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    step INTEGER, service TEXT, queue TEXT,
    code TEXT NOT NULL, pattern TEXT NOT NULL, version TEXT,
    recipes TEXT NOT NULL DEFAULT '[]',
    message TEXT NOT NULL,              -- of the first, as it was
    hosts TEXT NOT NULL DEFAULT '[]',
    newest INTEGER NOT NULL DEFAULT 0,
    open INTEGER NOT NULL DEFAULT 0,    -- failures that nobody has addressed
    runs INTEGER NOT NULL DEFAULT 0,    -- of those
    letters INTEGER NOT NULL DEFAULT 0, -- of the open ones, in a queue of dead letters of the broker
    addressed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX failure_groups_largest ON failure_groups (open, seq) WHERE open > 0;
  CREATE INDEX failure_groups_newest ON failure_groups (newest, seq) WHERE open > 0;
  CREATE INDEX failure_groups_addressed ON failure_groups (newest, seq) WHERE addressed > 0;

  CREATE TABLE failures (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- what fails later has a greater one
    grp INTEGER NOT NULL,
    run TEXT NOT NULL,                  -- empty where nothing tells
    key TEXT NOT NULL,                  -- of the message, or the broker's id of the letter
    step INTEGER, host TEXT, message TEXT NOT NULL, died INTEGER NOT NULL,
    reinjected INTEGER NOT NULL DEFAULT 0,
    recorded INTEGER NOT NULL,          -- 0: only a letter in the broker tells of it
    queue TEXT, letter TEXT, origin TEXT, -- where the broker has its letter, and where that came from; absent where it has none
    deed INTEGER                        -- the addressing
  ) STRICT;
  CREATE UNIQUE INDEX failures_once ON failures (run, key);
  CREATE INDEX failures_open ON failures (grp, run) WHERE deed IS NULL;
  CREATE INDEX failures_oldest ON failures (grp, died) WHERE deed IS NULL;
  CREATE INDEX failures_of_group ON failures (grp, seq);
  CREATE INDEX failures_deed ON failures (deed) WHERE deed IS NOT NULL;
  CREATE INDEX failures_queue ON failures (queue, letter, grp) WHERE queue IS NOT NULL;

  -- Who marked what as addressed, and why.
  CREATE TABLE addressings (
    seq INTEGER PRIMARY KEY, grp INTEGER NOT NULL, time INTEGER NOT NULL, user TEXT NOT NULL, reason TEXT NOT NULL,
    count INTEGER NOT NULL DEFAULT 0, undone INTEGER, undoneBy TEXT
  ) STRICT;
  CREATE INDEX addressings_group ON addressings (grp);

  -- What was done with the letters of a group.
  CREATE TABLE letter_actions (
    seq INTEGER PRIMARY KEY, grp INTEGER NOT NULL, kind TEXT NOT NULL, user TEXT NOT NULL, reason TEXT NOT NULL,
    started INTEGER NOT NULL, ended INTEGER, state TEXT NOT NULL, wanted INTEGER NOT NULL, moved INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    run TEXT, key TEXT, reinjected INTEGER  -- of a canary: its message
  ) STRICT;
  CREATE INDEX letter_actions_group ON letter_actions (grp);

  -- Of a run: failures that nobody has addressed. A failed run without any is addressed.
  ALTER TABLE runs ADD COLUMN unaddressed INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX runs_unaddressed ON runs (seq) WHERE unaddressed > 0;
  CREATE INDEX runs_addressed ON runs (seq) WHERE state = 'failed' AND unaddressed = 0;

  CREATE TRIGGER failures_added AFTER INSERT ON failures BEGIN ${counted('new', '+')} END;
  CREATE TRIGGER failures_removed AFTER DELETE ON failures BEGIN ${counted('old', '-')} END;
  CREATE TRIGGER failures_changed AFTER UPDATE OF grp, queue, deed ON failures BEGIN ${counted('old', '-')} ${counted('new', '+')} END;
  CREATE TRIGGER failures_run_removed AFTER DELETE ON runs BEGIN DELETE FROM failures WHERE run = old.id; END;

  INSERT INTO failure_groups (id, step, service, code, pattern, version, recipes, message, hosts, newest)
    SELECT id, step, service, code, pattern, version, recipes, message, json_array(host), max(died)
    FROM (${stillDead()}) GROUP BY id;
  INSERT OR IGNORE INTO failures (grp, run, key, step, host, message, died, reinjected, recorded)
    SELECT failure_groups.seq, run, key, dead.step, host, dead.message, died, reinjected, 1
    FROM (${stillDead()}) AS dead JOIN failure_groups ON failure_groups.id = dead.id ORDER BY died;
`;

/** Counts a row of failures in or out. */
function counted(row: 'new' | 'old', sign: '+' | '-'): string {
  const isOpen = `(${row}.deed IS NULL)`;
  const isOnlyOne = `${row}.run <> '' AND NOT EXISTS
    (SELECT 1 FROM failures WHERE grp = ${row}.grp AND deed IS NULL AND run = ${row}.run AND seq <> ${row}.seq)`;
  return `
    UPDATE failure_groups SET open = open ${sign} ${isOpen}, addressed = addressed ${sign} (${row}.deed IS NOT NULL),
      letters = letters ${sign} (${isOpen} AND ${row}.queue IS NOT NULL), runs = runs ${sign} (${isOpen} AND ${isOnlyOne})
      WHERE seq = ${row}.grp;
    UPDATE runs SET unaddressed = unaddressed ${sign} 1 WHERE id = ${row}.run AND ${isOpen} AND ${row}.recorded = 1;`;
}

/** Deliveries that ended in a queue of dead letters, and of whose messages nothing was heard since. */
function stillDead(): string {
  return `SELECT runs.id AS run, d.key, d.step, d.service, d.host, coalesce(d.code, '') AS code, substr(coalesce(d.message, ''), 1, 2000) AS message,
      d.finished AS died, d.reinjected, runs.recipes, coalesce(a.sourceHash, a.recipeHash) AS version,
      failure_pattern(coalesce(d.message, '')) AS pattern,
      failure_group(d.step, d.service, coalesce(d.code, ''), coalesce(d.message, ''), coalesce(a.sourceHash, a.recipeHash)) AS id
    FROM (SELECT DISTINCT run FROM steps WHERE dead > reinjected) AS hit
      JOIN runs ON runs.seq = hit.run LEFT JOIN announcements AS a ON a.seq = runs.announcement
      JOIN deliveries AS d ON d.run = hit.run AND d.outcome = 'dead'
    WHERE NOT EXISTS (SELECT 1 FROM reinjections WHERE run = d.run AND id = d.key || '.r' || (d.reinjected + 1))
      AND NOT EXISTS (SELECT 1 FROM deliveries AS later WHERE later.run = d.run AND later.key = d.key AND later.seq > d.seq
        AND later.outcome NOT IN ('later', 'retry'))`;
}
