import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseLetter, printLetter } from './file.ts';
import type { Letter } from './letter.ts';

/**
 * A folder of dead letters, laid out as zocalo.dlq_purge does: `2026-11-21/msg-20260131-120000-000-<message id>`, by
 * the time of the message. A letter that is written again, after an interruption, gets the same file.
 *
 * It writes synchronously: letters come in as fast as they are written, and none waits in memory.
 */
export class LetterFolder {
  readonly #path: string;
  /** Folders with names that may not be on disk yet. */
  readonly #touched = new Set<string>();

  constructor(path: string) {
    this.#path = resolve(path);
  }

  /** Writes one letter, whole or not at all; safe on disk after the next `sync`. Returns the path of its file. */
  write(letter: Letter): string {
    const [day, name] = placeIn(letter);
    const folder = join(this.#path, day);
    if (!this.#touched.has(folder)) this.#make(folder);
    const file = freeName(join(folder, name), letter.messageId);
    const written = join(folder, `.${name}.part`);
    writeDurably(written, printLetter(letter, new Date()));
    renameSync(written, file);
    return file;
  }

  /** Makes sure that the names of all files written are on disk, as their contents are. */
  sync(): void {
    for (const folder of this.#touched) syncFolder(folder);
    this.#touched.clear();
  }

  #make(folder: string): void {
    const first = mkdirSync(folder, { recursive: true });
    this.#touched.add(folder);
    if (first === undefined) return;
    for (let made = folder; made !== dirname(first); made = dirname(made)) this.#touched.add(dirname(made));
  }
}

/** The folder and the name of a letter's file. */
export function placeIn(letter: Letter): readonly [day: string, name: string] {
  const time = new Date(Number(letter.headers['timestamp'] ?? 0) || 0);
  return [dayOf(time), nameOf(letter, time)];
}

/** Another letter may have the same name: only letters, digits and `._-` of its id stand in it. */
function freeName(path: string, messageId: string, number = 1): string {
  const name = number === 1 ? path : `${path}-${String(number)}`;
  if (!existsSync(name) || parseLetter(readFileSync(name, 'utf8'), name).messageId === messageId) return name;
  return freeName(path, messageId, number + 1);
}

function dayOf(time: Date): string {
  return [time.getFullYear(), time.getMonth() + 1, time.getDate()].map((part) => digits(part)).join('-');
}

function nameOf({ messageId }: Letter, time: Date): string {
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => digits(part)).join('');
  const id = messageId.replace(/[^a-zA-Z0-9._-]+/g, '_').slice(-150);
  return `msg-${dayOf(time).replaceAll('-', '')}-${clock}-${digits(time.getMilliseconds(), 3)}-${id}`;
}

function digits(number: number, count = 2): string {
  return String(number).padStart(count, '0');
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
