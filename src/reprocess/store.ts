import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { BatonError, messageOf } from '../core/errors.ts';
import { makeFolder } from '../core/folder.ts';
import type { JsonObject } from '../core/json.ts';
import { newer, unreadable } from './errors.ts';
import type { BackfillRequest, BackfillRun, BackfillState, Estimate, ItemCounts, ItemState } from './views.ts';

/** The file in its folder. */
const fileName = 'reprocess.sqlite';

/** A back-fill as it is stored: what was wished for, and where it stands. */
export interface StoredBackfill {
  readonly id: string;
  readonly state: BackfillState;
  readonly created: number;
  readonly creator: string;
  readonly reason: string;
  readonly ended?: number;
  readonly request: BackfillRequest;
  readonly estimate: Estimate;
  readonly changed?: { readonly time: number; readonly by: string; readonly why: string };
  /** The ledger's latest announcement when it was created: none of its own is before that. */
  readonly since: number;
}

/** Where a run of a back-fill stands. */
export interface Item extends BackfillRun {
  readonly backfill: string;
  /** Of a source that the ledger keeps as no run: what it was announced with. */
  readonly parameters?: JsonObject;
}

/** A run that a back-fill is to repeat. */
export type NewItem = Pick<Item, 'source' | 'run' | 'number' | 'collection' | 'parameters'>;

/** States in which something of a run is still to come. */
export const openStates: readonly ItemState[] = ['waiting', 'announcing', 'announced', 'running'];

/** All states, with none in them. */
const none: ItemCounts = {
  ...{ waiting: 0, announcing: 0, announced: 0, running: 0 },
  ...{ finished: 0, failed: 0, cancelled: 0, refused: 0, withdrawn: 0 },
};

/** The formats: entry n brings a store of format n to format n + 1. */
const formats: readonly string[] = [
  `
  CREATE TABLE backfills (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, created INTEGER NOT NULL, creator TEXT NOT NULL,
    reason TEXT NOT NULL, ended INTEGER, request TEXT NOT NULL, estimate TEXT NOT NULL, changed TEXT, since INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX backfills_open ON backfills (seq) WHERE ended IS NULL;
  -- state: see ItemState. 'announcing' is written before the announcement is sent, 'announced' when the broker has it.
  CREATE TABLE items (
    backfill TEXT NOT NULL, n INTEGER NOT NULL, source TEXT NOT NULL, run TEXT NOT NULL UNIQUE, number TEXT, collection TEXT,
    state TEXT NOT NULL DEFAULT 'waiting', announced INTEGER, reason TEXT, parameters TEXT,
    PRIMARY KEY (backfill, n)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX items_state ON items (backfill, state, n);
  -- How many items are in which state: moved in the transaction that moves them.
  CREATE TABLE counts (
    backfill TEXT NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (backfill, state)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER item_moves AFTER UPDATE OF state ON items WHEN old.state <> new.state BEGIN
    UPDATE counts SET count = count - 1 WHERE backfill = old.backfill AND state = old.state;
    INSERT INTO counts VALUES (new.backfill, new.state, 1)
      ON CONFLICT (backfill, state) DO UPDATE SET count = count + 1;
  END;
  `,
];

/** Back-fills and their runs, durable: `reprocess.sqlite` in its folder. Each method is one transaction. */
export class BackfillStore implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Throws `reprocess.unreadable` and `reprocess.newer`. */
  constructor(folder: string) {
    const file = join(folder, fileName);
    try {
      makeFolder(folder);
      this.#database = new DatabaseSync(file);
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000');
      migrate(this.#database, file);
    } catch (cause) {
      throw cause instanceof BatonError ? cause : unreadable({ file, reason: messageOf(cause) }, { cause });
    }
  }

  create(backfill: StoredBackfill, items: readonly NewItem[]): void {
    const { id, state, created, creator, reason, request, estimate, since } = backfill;
    this.#transaction(() => {
      this.#sql(
        `INSERT INTO backfills (id, state, created, creator, reason, request, estimate, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(id, state, created, creator, reason, JSON.stringify(request), JSON.stringify(estimate), since);
      const insert = this.#sql(
        'INSERT INTO items (backfill, n, source, run, number, collection, parameters) VALUES (?, ?, ?, ?, ?, ?, ?)',
      );
      for (const [index, { source, run, number, collection, parameters }] of items.entries()) {
        const given = parameters ? JSON.stringify(parameters) : null;
        insert.run(id, index + 1, source, run, number ?? null, collection ?? null, given);
      }
      this.#sql('INSERT INTO counts VALUES (?, ?, ?)').run(id, 'waiting', items.length);
    });
  }

  find(id: string): StoredBackfill | undefined {
    const row = this.#sql('SELECT * FROM backfills WHERE id = ?').get(id);
    return row && backfillOf(row);
  }

  /** Those that have not ended, the oldest first. */
  open(): readonly StoredBackfill[] {
    return this.#sql('SELECT * FROM backfills WHERE ended IS NULL ORDER BY seq').all().map(backfillOf);
  }

  /** A page, the newest first; the cursor is the `next` of the page before. */
  page(
    cursor: number | undefined,
    limit: number,
  ): { readonly items: readonly StoredBackfill[]; readonly next?: string } {
    const rows = this.#sql('SELECT * FROM backfills WHERE seq < ? ORDER BY seq DESC LIMIT ?').all(
      cursor ?? Number.MAX_SAFE_INTEGER,
      limit + 1,
    );
    const last = rows[limit - 1];
    return {
      items: rows.slice(0, limit).map(backfillOf),
      ...(rows.length > limit && last ? { next: String(last['seq']) } : {}),
    };
  }

  /** How many there are in each state. */
  states(): ReadonlyMap<string, number> {
    const rows = this.#sql('SELECT state, count(*) AS count FROM backfills GROUP BY state').all();
    return new Map(rows.map(({ state, count }) => [String(state), Number(count)]));
  }

  counts(id: string): ItemCounts {
    const rows = this.#sql('SELECT state, count FROM counts WHERE backfill = ?').all(id);
    return { ...none, ...Object.fromEntries(rows.map(({ state, count }) => [String(state), Number(count)])) };
  }

  /** Moves a back-fill, and ends it where a time is given. One that is cancelled starts nothing more. */
  change(id: string, state: BackfillState, changed: StoredBackfill['changed'], ended?: number): void {
    this.#transaction(() => {
      this.#sql(
        'UPDATE backfills SET state = ?, changed = coalesce(?, changed), ended = coalesce(?, ended) WHERE id = ?',
      ).run(state, changed ? JSON.stringify(changed) : null, ended ?? null, id);
      if (state === 'cancelled')
        this.#sql(`UPDATE items SET state = 'withdrawn' WHERE backfill = ? AND state = 'waiting'`).run(id);
    });
  }

  /** The first item in this state. */
  first(backfill: string, state: ItemState): Item | undefined {
    const row = this.#sql('SELECT * FROM items WHERE backfill = ? AND state = ? ORDER BY n LIMIT 1').get(
      backfill,
      state,
    );
    return row && itemOf(row);
  }

  itemOfRun(run: string): Item | undefined {
    const row = this.#sql('SELECT * FROM items WHERE run = ?').get(run);
    return row && itemOf(row);
  }

  /** Items in one of these states, after that number, in order. */
  items(
    backfill: string,
    { states, after = 0, limit = -1 }: { states?: readonly ItemState[]; after?: number; limit?: number } = {},
  ): readonly Item[] {
    const wanted = states === undefined ? '' : 'AND state IN (SELECT value FROM json_each(?))';
    const values = states === undefined ? [] : [JSON.stringify(states)];
    return this.#sql(`SELECT * FROM items WHERE backfill = ? AND n > ? ${wanted} ORDER BY n LIMIT ?`)
      .all(backfill, after, ...values, limit)
      .map(itemOf);
  }

  /** When the latest was announced. */
  lastAnnounced(backfill: string): number | undefined {
    const row = this.#sql('SELECT max(announced) AS time FROM items WHERE backfill = ?').get(backfill);
    return typeof row?.['time'] === 'number' ? row['time'] : undefined;
  }

  /** Moves one item; durable when this returns. */
  move(
    { backfill, n }: Item,
    state: ItemState,
    { announced, reason }: { announced?: number; reason?: string } = {},
  ): void {
    this.#sql(
      'UPDATE items SET state = ?, announced = coalesce(?, announced), reason = ? WHERE backfill = ? AND n = ?',
    ).run(state, announced ?? null, reason ?? null, backfill, n);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #sql(text: string): StatementSync {
    const known = this.#statements.get(text) ?? this.#database.prepare(text);
    this.#statements.set(text, known);
    return known;
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } finally {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }
}

function migrate(database: DatabaseSync, file: string): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (found > formats.length) throw newer({ file, found, known: formats.length });
  for (const [format, step] of formats.entries()) {
    if (format < found) continue;
    database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${String(format + 1)}; COMMIT`);
  }
}

type Row = Readonly<Record<string, unknown>>;

function backfillOf(row: Row): StoredBackfill {
  const { id, state, created, creator, reason, ended, request, estimate, changed, since } = row;
  return {
    ...({ id, state, created, creator, reason, since } as Pick<
      StoredBackfill,
      'id' | 'state' | 'created' | 'creator' | 'reason' | 'since'
    >),
    ...(typeof ended === 'number' ? { ended } : {}),
    request: JSON.parse(String(request)) as BackfillRequest,
    estimate: JSON.parse(String(estimate)) as Estimate,
    ...(typeof changed === 'string' ? { changed: JSON.parse(changed) as NonNullable<StoredBackfill['changed']> } : {}),
  };
}

function itemOf({ parameters, ...row }: Row): Item {
  const found = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as Item;
  return typeof parameters === 'string' ? { ...found, parameters: JSON.parse(parameters) as JsonObject } : found;
}
