import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../core/errors.ts';
import { storeUnusable } from './errors.ts';
import { openDatabase, suspicionOf } from './open-database.ts';
import { salvage, type Salvage } from './salvage.ts';

/** A store was damaged, and what could be read of it is now in its place. */
export interface Repair extends Salvage {
  /** Where the damaged file is kept. */
  readonly damaged: string;
}

/** Puts a new store in the place of a damaged one, with all of it that can be read. Safe to be killed at any time. */
export function repair(file: string, now: number): Repair {
  const damaged = `${file}.damaged-${String(now)}`;
  const found = copyInto(file, savedAs(file));
  renameSync(file, damaged);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${damaged}-wal`);
  finishRepair(file);
  return { ...found, damaged };
}

/** Completes a repair that was killed between putting the damaged file aside and putting the new one in its place. */
export function finishRepair(file: string): void {
  if (existsSync(file) || !existsSync(savedAs(file))) return;
  // The log of the damaged file; the new one must not take it for its own.
  rmSync(`${file}-wal`, { force: true });
  rmSync(suspicionOf(file), { force: true });
  renameSync(savedAs(file), file);
}

function savedAs(file: string): string {
  return `${file}.saved`;
}

function copyInto(file: string, saved: string): Salvage {
  for (const name of [saved, `${saved}-wal`]) rmSync(name, { force: true });
  const [from, to] = [new DatabaseSync(file), openDatabase(saved, Infinity)];
  try {
    return salvage(from, to);
  } catch (cause) {
    throw storeUnusable({ file, reason: `it is damaged, and cannot be repaired: ${messageOf(cause)}` }, { cause });
  } finally {
    from.close();
    to.close();
  }
}
