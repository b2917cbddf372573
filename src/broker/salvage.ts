import type { DatabaseSync } from 'node:sqlite';
import { headersOf, decoded } from './imprint.ts';

/** What was found in a damaged store. */
export interface Salvage {
  /** Messages that are complete. */
  readonly kept: number;
  /** Messages that are known to have been there and cannot be read: their numbers, and where they were. */
  readonly lost: readonly { readonly message: number; readonly destination: string }[];
  /** So much is damaged that there may have been others. */
  readonly mayBeMore: boolean;
}

/** Message numbers and their destinations, from both ends of the table and from its indexes: each goes as far as it can be read. */
const TRACES = [
  'SELECT id, destination FROM messages NOT INDEXED ORDER BY id',
  'SELECT id, destination FROM messages NOT INDEXED ORDER BY id DESC',
  'SELECT id, destination FROM messages INDEXED BY line WHERE due IS NULL ORDER BY destination, place',
  'SELECT id, 0 AS destination FROM messages INDEXED BY delayed WHERE due IS NOT NULL ORDER BY due',
];

const COLUMNS = 'place, due, expires, groupName, closesGroup, frame';

/** Copies all messages that can be read from a damaged store into an empty one. */
export function salvage(from: DatabaseSync, to: DatabaseSync): Salvage {
  const addresses = new Map<number, string>();
  readEach(from, 'SELECT id, address FROM destinations', ({ id, address }) => {
    addresses.set(Number(id), String(address));
  });
  const { ids, isComplete } = traces(from);
  const lost: { message: number; destination: string }[] = [];
  to.exec('BEGIN');
  readEach(from, 'SELECT name, starts FROM broker', ({ name, starts }) => {
    to.prepare('INSERT INTO broker VALUES (?, ?)').run(String(name), Number(starts));
  });
  const keep = copier(from, to);
  for (const [id, destination] of [...ids].sort(([a], [b]) => a - b)) {
    const address = addresses.get(destination);
    if (!keep(id, address)) lost.push({ message: id, destination: address ?? 'unknown' });
  }
  to.exec('COMMIT');
  return { kept: ids.size - lost.length, lost, mayBeMore: !isComplete };
}

/** Complete when one way through all lines and one through all that is delayed, or the whole table, could be read to the end. */
function traces(from: DatabaseSync): { ids: Map<number, number>; isComplete: boolean } {
  const ids = new Map<number, number>();
  const ways = TRACES.map((sql) =>
    readEach(from, sql, ({ id, destination }) => {
      ids.set(Number(id), ids.get(Number(id)) ?? Number(destination));
    }),
  );
  const [table, , line, delayed] = ways;
  return { ids, isComplete: table === true || (line === true && delayed === true) };
}

/** Copies one message; false when it cannot be read whole, or another has its place. Throws when the copy cannot be written. */
function copier(from: DatabaseSync, to: DatabaseSync): (id: number, address: string | undefined) => boolean {
  const select = from.prepare(`SELECT ${COLUMNS} FROM messages WHERE id = ?`);
  const enter = to.prepare('INSERT OR IGNORE INTO destinations (address) VALUES (?)');
  const insert = to.prepare(
    `INSERT OR IGNORE INTO messages SELECT ?, id, ?, ?, ?, ?, ?, ? FROM destinations WHERE address = ?`,
  );
  const readable = (id: number): Record<string, unknown> | undefined => {
    try {
      const row = select.get(id);
      if (row) decoded(bytesOf(row));
      return row;
    } catch {
      return undefined;
    }
  };
  return (id, address) => {
    const row = readable(id);
    if (row === undefined) return false;
    const frame = bytesOf(row);
    const place = address ?? headersOf(frame)['destination'] ?? '';
    enter.run(place);
    const { due, expires, groupName, closesGroup } = row as Record<string, number | string | null>;
    const values = [Number(row['place']), due ?? null, expires ?? null, groupName ?? null, Number(closesGroup)];
    return insert.run(id, ...values, frame, place).changes === 1;
  };
}

function bytesOf(row: Record<string, unknown>): Buffer {
  return Buffer.from(row['frame'] as Uint8Array);
}

/** Visits the rows up to the first that cannot be read; true when there is none such. */
function readEach(from: DatabaseSync, sql: string, visit: (row: Record<string, unknown>) => void): boolean {
  try {
    for (const row of from.prepare(sql).iterate()) visit(row);
    return true;
  } catch {
    return false;
  }
}
