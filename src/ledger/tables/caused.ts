import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Outgoing } from '../../stomp/client.ts';

/**
 * The messages that applying a record message caused, under the broker's id of that message. Written in the same
 * transaction as what was applied, sent in the transaction that acknowledges the record message, and forgotten when
 * that one is confirmed: if the record message comes again, the same messages are sent with its next acknowledgement;
 * if it does not, they were sent. So each is sent exactly once, whatever dies in between.
 */
export class Caused {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #delete: StatementSync;

  readonly #deleteBefore: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT INTO caused (messageId, run, message, time) VALUES (?, ?, ?, ?)');
    this.#select = database.prepare('SELECT message FROM caused WHERE messageId = ?');
    this.#delete = database.prepare('DELETE FROM caused WHERE messageId = ?');
    this.#deleteBefore = database.prepare('DELETE FROM caused WHERE time < ?');
  }

  /** `what` tells apart what one record message caused: the run that ended with it, or what was told with it. */
  add(messageId: string, what: string, message: Outgoing, now: number): void {
    this.#insert.run(messageId, what, JSON.stringify(message), now);
  }

  of(messageId: string): readonly Outgoing[] {
    return this.#select.all(messageId).map(({ message }) => JSON.parse(String(message)) as Outgoing);
  }

  forget(messageId: string): void {
    this.#delete.run(messageId);
  }

  /** Forgets what was caused so long ago that its record message, not delivered again since, must have been acknowledged. */
  forgetBefore(time: number): void {
    this.#deleteBefore.run(time);
  }
}
