/** What shifts need beside the runs: who is paused, what happened, and what was written down. */
export const shiftTables = `
  -- Services that take no more until somebody says otherwise; * stands for all.
  CREATE TABLE pauses (
    service TEXT NOT NULL, host TEXT NOT NULL, since INTEGER NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (service, host)
  ) STRICT, WITHOUT ROWID;
  -- What happened around the runs: services that came and went, checks that changed.
  CREATE TABLE journal (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, told TEXT NOT NULL) STRICT;
  CREATE INDEX journal_time ON journal (kind, time);
  CREATE TABLE remarks (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL) STRICT;
  CREATE INDEX remarks_time ON remarks (time);
  -- The runs of a shift, whatever the size of the table.
  CREATE INDEX runs_announced ON runs (announced);
  CREATE INDEX announcements_received ON announcements (received);
`;
