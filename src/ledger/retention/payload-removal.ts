import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Takes the payloads out of the deliveries of old runs, one delivery at a time; what they were sent to stays. */
export class PayloadRemoval {
  readonly #oldest: StatementSync;
  readonly #next: StatementSync;
  readonly #strip: StatementSync;
  readonly #stripStart: StatementSync;
  readonly #done: StatementSync;
  /** The run that is worked on, and the delivery that was looked at last. After a restart it is gone through anew. */
  #run: number | undefined;
  #delivery = 0;

  constructor(database: DatabaseSync) {
    this.#oldest = database.prepare(
      // By the ledger's own clock, too: the other is that of whoever wrote the last record.
      'SELECT seq FROM runs WHERE ended < ?1 AND heard < ?1 AND ended IS NOT NULL AND payloads = 1 ORDER BY ended LIMIT 1',
    );
    this.#next = database.prepare('SELECT seq FROM deliveries WHERE run = ? AND seq > ? ORDER BY seq LIMIT 1');
    this.#strip = database.prepare(
      `UPDATE deliveries SET outputs = (SELECT json_group_array(json_remove(value, '$.payload')) FROM json_each(outputs))
       WHERE seq = ? AND outputs LIKE '%"payload":%'`,
    );
    this.#stripStart = database.prepare(
      `UPDATE announcements SET started = (SELECT json_group_array(json_remove(value, '$.payload')) FROM json_each(started))
       WHERE seq = (SELECT announcement FROM runs WHERE seq = ?) AND started IS NOT NULL`,
    );
    this.#done = database.prepare('UPDATE runs SET payloads = 0 WHERE seq = ?1 AND ended < ?2 AND heard < ?2');
  }

  /** Looks at one delivery of a run that ended before that time; false when there is none left. */
  step(before: number): boolean {
    this.#run ??= this.#oldest.get(before)?.['seq'] as number | undefined;
    if (this.#run === undefined) return false;
    const delivery = this.#next.get(this.#run, this.#delivery)?.['seq'];
    if (delivery === undefined) {
      this.#stripStart.run(this.#run);
      // One that has gone on meanwhile is looked at again when it has ended.
      this.#done.run(this.#run, before);
      this.#run = undefined;
      this.#delivery = 0;
    } else {
      this.#strip.run(delivery);
      this.#delivery = Number(delivery);
    }
    return true;
  }
}
