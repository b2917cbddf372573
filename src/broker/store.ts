import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { messageOf } from '../core/errors.ts';
import { storeDamaged, storeFailed } from './errors.ts';
import { RANK, type Message } from './message.ts';
import { isDamage, openDatabase, suspicionOf } from './open-database.ts';
import { OPEN_TO_ALL, type BrokerLimits } from './limits.ts';
import { finishRepair, repair, type Repair } from './repair.ts';
import { Reserve } from './reserve.ts';
import { StoreLock } from './store-lock.ts';

/** A message to store. */
export interface Row {
  /** Of its destination. */
  readonly address: string;
  readonly due: number;
  readonly message: Message;
  readonly frame: Buffer;
}

/** Changes that happen together or not at all. */
export interface Changes {
  readonly rows?: readonly Row[];
  /** Ids of messages to delete. */
  readonly removals?: readonly number[];
  /** Delayed messages whose time has come, with their places in line. */
  readonly releases?: readonly { readonly id: number; readonly place: number }[];
}

/** A message as found, with where it belongs. */
export interface Found {
  readonly address: string;
  readonly message: Message;
  readonly due: number;
}

/** The stored messages of one destination that are in line. */
export interface Shelf {
  count(): number;
  /** Those after a place, in order, without their frames. */
  page(after: number, limit: number): readonly Message[];
  frame(id: number): Buffer | undefined;
  /** What of the frame comes before its empty line. */
  head(id: number): Buffer | undefined;
}

const MESSAGE = 'messages.id, place, expires, groupName, closesGroup';
const DISK_FULL = 'the disk is full, but for acknowledgements';
const FOUND = `SELECT ${MESSAGE}, address, due FROM messages JOIN destinations ON destinations.id = destination`;

/** What survives: messages of queues, and delayed messages, in one SQLite file that belongs to one broker at a time. */
export class Store {
  /** Differs for every start of every store, and so makes the ids of messages and sessions unique. */
  readonly epoch: string;
  /** What was done when the file was found damaged. */
  readonly repair: Repair | undefined;
  readonly #file: string;
  readonly #lock: StoreLock;
  readonly #database: DatabaseSync;
  readonly #reserve: Reserve;
  readonly #pageSize: number;
  readonly #limitBytes: number;
  readonly #destinations = new Map<string, number>();
  readonly #statements: ReturnType<typeof prepare>;

  /** Opens the file, or makes it; `:memory:` for a store that ends with the process. */
  constructor(file: string, { storeBytes, reserveBytes }: Pick<BrokerLimits, 'storeBytes' | 'reserveBytes'>) {
    this.#file = file;
    this.#limitBytes = storeBytes;
    this.#lock = new StoreLock(file);
    try {
      ({ database: this.#database, repair: this.repair } = opened(file, storeBytes));
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    this.#reserve = new Reserve(`${file}.reserve`, file === ':memory:' ? 0 : reserveBytes);
    this.#statements = prepare(this.#database);
    this.epoch = this.#withReserve(() => this.#begin());
    this.#pageSize = Number(this.#statements.space.get()?.['size']);
    for (const row of this.#statements.destinations.all()) {
      this.#destinations.set(row['address'] as string, row['id'] as number);
    }
  }

  /** The greatest number that a message or a place in line has, so that counting goes on from there. */
  lastNumber(): number {
    const row = this.#statements.last.get();
    return Math.max(Number(row?.['id'] ?? 0), Number(row?.['ordinal'] ?? 0));
  }

  /** Addresses of all destinations that have messages. */
  addresses(): readonly string[] {
    return [...this.#destinations.keys()];
  }

  shelf(address: string): Shelf {
    const destination = (): number => this.#destinations.get(address) ?? -1;
    return {
      count: () => Number(this.#statements.count.get(destination())?.['count']),
      page: (after, limit) =>
        this.#reading(() => this.#statements.page.all(destination(), after, limit)).map(messageFrom),
      frame: (id) => this.frame(id),
      head: (id) => bytesOf(this.#reading(() => this.#statements.head.get(id))?.['head']),
    };
  }

  /** Of the file, without what is free to be used again. */
  usedBytes(): number {
    const { pages, free } = this.space();
    return (pages - free) * this.#pageSize;
  }

  /** Pages of the file, and how many of them hold nothing. */
  space(): { readonly pages: number; readonly free: number } {
    const row = this.#statements.space.get();
    return { pages: Number(row?.['pages']), free: Number(row?.['free']) };
  }

  /** Moves the content of so many pages to free ones before them, so that the file can end earlier. */
  shrink(pages: number): void {
    this.#database.exec(`PRAGMA incremental_vacuum(${String(pages)})`);
  }

  /** Writes the log into the file, and ends the file where its content ends. */
  truncate(): void {
    this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }

  frame(id: number): Buffer | undefined {
    return bytesOf(this.#reading(() => this.#statements.frame.get(id))?.['frame']);
  }

  /** The first delayed messages whose time has come. */
  due(now: number, limit: number): readonly Found[] {
    return this.#statements.due.all(now, limit).map(foundFrom);
  }

  /** The messages in line that have expired, longest ago first. */
  *expired(now: number): Generator<Found> {
    for (const row of this.#statements.expired.iterate(now)) yield foundFrom(row);
  }

  /** When the next delayed message is due, or the next message in line expires after now; Infinity when none will. */
  nextEvent(now: number): number {
    const row = this.#statements.next.get(now);
    return Math.min(Number(row?.['due'] ?? Infinity), Number(row?.['expires'] ?? Infinity));
  }

  /** Why there is room only for those who make some; undefined when there is for all. */
  shortage(): Error | undefined {
    if (this.isShort) return storeFailed({ reason: DISK_FULL });
    const limit = this.#limitBytes;
    if (limit === Infinity || this.usedBytes() < limit * OPEN_TO_ALL) return undefined;
    return storeFailed({ reason: `the store is full: it may have ${String(limit)} bytes` });
  }

  /** Space was taken from the reserve, and the disk has no room for a new one. */
  get isShort(): boolean {
    return this.#reserve.isUsed;
  }

  /** Keeps space for a full disk, where there is as much. */
  async keepReserve(): Promise<void> {
    await this.#reserve.make();
  }

  /**
   * Writes all changes in one transaction and waits for the disk. Throws `broker.store-failed`; then nothing was written.
   * On a full disk changes that only remove are written all the same, as long as the reserve lasts.
   */
  write(all: readonly Changes[]): void {
    const isAdding = all.some(({ rows = [] }) => rows.length > 0);
    if (isAdding && this.isShort) throw storeFailed({ reason: DISK_FULL });
    if (isAdding) this.#write(all);
    else this.#withReserve(() => this.#write(all));
  }

  #withReserve<Result>(write: () => Result): Result {
    try {
      return write();
    } catch (error) {
      if (storeDamaged.is(error) || !this.#reserve.release()) throw error;
      return write();
    }
  }

  #write(all: readonly Changes[]): void {
    const entered: string[] = [];
    try {
      this.#statements.begin.run();
      for (const changes of all) this.#apply(changes, entered);
      this.#statements.commit.run();
    } catch (cause) {
      if (this.#database.isTransaction) this.#statements.rollback.run();
      for (const address of entered) this.#destinations.delete(address);
      if (isDamage(cause)) throw this.#damaged(cause);
      throw storeFailed({ reason: messageOf(cause) }, { cause });
    }
  }

  async close(): Promise<void> {
    this.#database.close();
    await this.#reserve.close();
    this.#lock.release();
  }

  #reading<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (cause) {
      throw isDamage(cause) ? this.#damaged(cause) : cause;
    }
  }

  /** Nothing that this process does now is certain any more: what catches this error is its end, and the next start repairs. */
  #damaged(cause: unknown): Error {
    if (this.#file !== ':memory:') writeFileSync(suspicionOf(this.#file), '');
    return storeDamaged({ file: this.#file, reason: messageOf(cause) }, { cause });
  }

  #apply({ rows = [], removals = [], releases = [] }: Changes, entered: string[]): void {
    // First, so that what takes the place of others needs no more room than they had.
    for (const id of removals) this.#statements.remove.run(id);
    for (const { address, due, message, frame } of rows) {
      const { id, place, expires, group, closesGroup } = message;
      const destination = this.#destinations.get(address) ?? this.#enter(address, entered);
      this.#statements.add.run(
        id,
        destination,
        place,
        due || null,
        expires || null,
        group ?? null,
        +closesGroup,
        frame,
      );
    }
    for (const { id, place } of releases) this.#statements.release.run(place, id);
  }

  #enter(address: string, entered: string[]): number {
    const id = Number(this.#statements.addDestination.run(address).lastInsertRowid);
    this.#destinations.set(address, id);
    entered.push(address);
    return id;
  }

  #begin(): string {
    const name = randomBytes(4).toString('hex');
    this.#statements.name.run(name);
    const row = this.#statements.start.get();
    this.#statements.removeUnused.run();
    return `${String(row?.['name'])}-${String(row?.['starts'])}`;
  }
}

/** A damaged file is repaired first. */
function opened(file: string, limitBytes: number): { database: DatabaseSync; repair: Repair | undefined } {
  finishRepair(file);
  try {
    return { database: openDatabase(file, limitBytes), repair: undefined };
  } catch (error) {
    if (!storeDamaged.is(error)) throw error;
    const found = repair(file, Date.now());
    return { database: openDatabase(file, limitBytes), repair: found };
  }
}

function prepare(database: DatabaseSync) {
  const statement = (sql: string): StatementSync => database.prepare(sql);
  return {
    begin: statement('BEGIN IMMEDIATE'),
    commit: statement('COMMIT'),
    rollback: statement('ROLLBACK'),
    name: statement('INSERT INTO broker (name, starts) SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM broker)'),
    start: statement('UPDATE broker SET starts = starts + 1 RETURNING name, starts'),
    removeUnused: statement(
      `DELETE FROM destinations
       WHERE NOT EXISTS (SELECT 1 FROM messages WHERE destination = destinations.id AND due IS NULL)
         AND id NOT IN (SELECT destination FROM messages WHERE due IS NOT NULL)`,
    ),
    destinations: statement('SELECT id, address FROM destinations'),
    addDestination: statement('INSERT INTO destinations (address) VALUES (?)'),
    last: statement(
      `SELECT (SELECT max(id) FROM messages) AS id,
              (SELECT max(place % ${String(RANK)}) FROM messages WHERE due IS NULL) AS ordinal`,
    ),
    add: statement('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    remove: statement('DELETE FROM messages WHERE id = ?'),
    release: statement('UPDATE messages SET due = NULL, place = ? WHERE id = ?'),
    count: statement('SELECT count(*) AS count FROM messages WHERE destination = ? AND due IS NULL'),
    page: statement(
      `SELECT ${MESSAGE} FROM messages WHERE destination = ? AND due IS NULL AND place > ? ORDER BY place LIMIT ?`,
    ),
    frame: statement('SELECT frame FROM messages WHERE id = ?'),
    space: statement(
      'SELECT page_count AS pages, freelist_count AS free, page_size AS size FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
    ),
    head: statement("SELECT substr(frame, 1, instr(frame, x'0a0a')) AS head FROM messages WHERE id = ?"),
    due: statement(`${FOUND} WHERE due <= ? ORDER BY due, messages.id LIMIT ?`),
    expired: statement(`${FOUND} WHERE expires <= ? AND due IS NULL ORDER BY expires, messages.id`),
    next: statement(
      `SELECT (SELECT min(due) FROM messages WHERE due IS NOT NULL) AS due,
              (SELECT min(expires) FROM messages WHERE expires > ? AND due IS NULL) AS expires`,
    ),
  };
}

function bytesOf(value: unknown): Buffer | undefined {
  const bytes = value as Uint8Array | undefined;
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function messageFrom(row: Record<string, unknown>): Message {
  return {
    id: row['id'] as number,
    place: row['place'] as number,
    expires: (row['expires'] as number | null) ?? 0,
    group: (row['groupName'] as string | null) ?? undefined,
    closesGroup: row['closesGroup'] === 1,
    frame: undefined,
  };
}

function foundFrom(row: Record<string, unknown>): Found {
  return { address: row['address'] as string, message: messageFrom(row), due: (row['due'] as number | null) ?? 0 };
}
