/** Raised with every change of the file; a store of a later format is refused, one of an earlier is migrated. */
export const FORMAT = 2;

/** What makes a store of a format one of the next. */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  // The file can shrink while it is in use (compaction.ts). Without space for a second file this fails and changes nothing.
  1: 'PRAGMA auto_vacuum = INCREMENTAL; VACUUM',
};

/** Marks the file as ours (`file broker.sqlite` shows it): "Batn". */
export const APPLICATION_ID = 0x4261746e;

/**
 * `place` orders the messages of a queue (message.ts). A message with `due` is not in line yet. The indexes are partial,
 * so that a message costs one entry, and one more only if it is delayed or expires.
 */
export const SCHEMA = `
CREATE TABLE broker (
  name TEXT NOT NULL,
  starts INTEGER NOT NULL
) STRICT;

CREATE TABLE destinations (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  destination INTEGER NOT NULL REFERENCES destinations (id),
  place INTEGER NOT NULL,
  due INTEGER,
  expires INTEGER,
  groupName TEXT,
  closesGroup INTEGER NOT NULL,
  frame BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX line ON messages (destination, place) WHERE due IS NULL;
CREATE INDEX delayed ON messages (due) WHERE due IS NOT NULL;
CREATE INDEX expiring ON messages (expires) WHERE expires IS NOT NULL AND due IS NULL;
`;
