import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { orAborted } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { names } from '../services/names.ts';
import type { Client } from '../stomp/client.ts';
import type { QuietRecord } from './record-schema.ts';
import { Unrecorded, type RunInStore } from './unrecorded.ts';
import { Watch } from './watch.ts';

export interface QuietOptions {
  readonly client: Client;
  readonly database: DatabaseSync;
  readonly clock: Clock;
  readonly log: Log;
  /** Seconds. */
  readonly quietAfter: number;
}

/**
 * Looks for runs that can only end by silence, because messages went through services that leave no records. For each
 * that was silent for long enough it sends the ledger a record message of its own: so the end of such a run, like every
 * other, is caused by a message of the queue, and its final answer is sent exactly once.
 */
export class QuietWatch {
  readonly #options: QuietOptions;
  readonly #candidates: StatementSync;
  readonly #unrecorded: Unrecorded;
  readonly #watch: Watch;

  constructor(options: QuietOptions) {
    const { client, database, clock, log, quietAfter } = options;
    this.#options = options;
    this.#candidates = database.prepare(
      `SELECT seq, id, heard, announcement FROM runs WHERE state = 'running' AND heard < ? AND (heard, seq) > (?, ?)
       ORDER BY heard, seq LIMIT 1`,
    );
    this.#unrecorded = new Unrecorded(client, database);
    const interval = Math.min(quietAfter / 4, 60) * 1000;
    const look = async (signal: AbortSignal): Promise<void> => this.#sweep(signal);
    this.#watch = new Watch({ clock, log, interval, what: 'runs that are silent', look });
  }

  start(): void {
    this.#watch.start();
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { client, clock, quietAfter } = this.#options;
    const before = clock.now() - quietAfter * 1000;
    let last: Candidate = { id: '', seq: 0, heard: -1, announcement: null };
    for (;;) {
      const run = this.#candidates.get(before, last.heard, last.seq) as Candidate | undefined;
      if (!run) return;
      last = run;
      if (!(await orAborted(this.#isOver(run), signal))) continue;
      const note: QuietRecord = { kind: 'quiet', run: run.id, heard: run.heard };
      const message = { destination: client.queue(names.ledger), body: JSON.stringify({ records: [note] }) };
      await orAborted(client.send(message), signal);
    }
  }

  /** True when whatever of the run is not accounted for went to services that leave no records, and they have taken it. */
  async #isOver(run: Candidate): Promise<boolean> {
    for (const queue of this.#unrecorded.queuesOf(run))
      if (queue === undefined || (await this.#unrecorded.isHeld(queue))) return false;
    return true;
  }
}

interface Candidate extends RunInStore {
  readonly id: string;
  readonly heard: number;
}
