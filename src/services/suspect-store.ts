import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { rememberedSuspects, together, type Suspect } from './suspects.ts';

/**
 * The suspects that a supervisor knows of. Durable: `guard.sqlite`, shared by all supervisors of one store. What a full
 * disk does not take is known to this process alone until there is room: the work goes on.
 */
export class SuspectStore implements Disposable {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #find: StatementSync;
  readonly #all: StatementSync;
  /** By message id, and cleared where there are no deaths. */
  readonly #unwritten = new Map<string, Suspect>();

  constructor(folder: string) {
    this.#database = new DatabaseSync(join(folder, 'guard.sqlite'));
    this.#database.exec(`
      PRAGMA busy_timeout = 5000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS suspects (
        number INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT NOT NULL UNIQUE, deaths TEXT NOT NULL, output TEXT NOT NULL
      ) STRICT;
    `);
    this.#database
      .prepare('DELETE FROM suspects WHERE number <= (SELECT max(number) FROM suspects) - ?')
      .run(rememberedSuspects);
    this.#put = this.#database.prepare('INSERT OR REPLACE INTO suspects (message, deaths, output) VALUES (?, ?, ?)');
    this.#delete = this.#database.prepare('DELETE FROM suspects WHERE message = ?');
    this.#find = this.#database.prepare('SELECT * FROM suspects WHERE message = ?');
    this.#all = this.#database.prepare('SELECT * FROM suspects ORDER BY number');
  }

  /** Adds what somebody tells to what is known, and returns both. No deaths: it is cleared. */
  learn(suspect: Suspect): Suspect {
    const known = this.get(suspect.messageId);
    const isCleared = suspect.deaths.length === 0;
    const both = isCleared ? suspect : together(suspect, known);
    if (isCleared || both.deaths.length > (known?.deaths.length ?? 0)) this.#unwritten.set(both.messageId, both);
    this.#write();
    return both;
  }

  get(messageId: string): Suspect | undefined {
    const known = this.#unwritten.get(messageId) ?? this.#found(messageId);
    return known?.deaths.length === 0 ? undefined : known;
  }

  all(): readonly Suspect[] {
    const written = this.#all.all().map(suspectOf);
    const rest = written.filter(({ messageId }) => !this.#unwritten.has(messageId));
    return [...rest, ...[...this.#unwritten.values()].filter(({ deaths }) => deaths.length > 0)];
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #found(messageId: string): Suspect | undefined {
    const row = this.#find.get(messageId);
    return row && suspectOf(row);
  }

  #write(): void {
    try {
      for (const { messageId, deaths, lastOutput } of this.#unwritten.values()) {
        if (deaths.length === 0) this.#delete.run(messageId);
        else this.#put.run(messageId, JSON.stringify(deaths), lastOutput);
        this.#unwritten.delete(messageId);
      }
    } catch {
      // The rest is tried again with what is learnt next.
    }
  }
}

function suspectOf({ message, deaths, output }: Record<string, unknown>): Suspect {
  return { messageId: String(message), deaths: JSON.parse(String(deaths)) as string[], lastOutput: String(output) };
}
