import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { orAborted } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { names } from '../services/names.ts';
import type { Client } from '../stomp/client.ts';
import type { QuietRecord } from './record-schema.ts';
import { Unrecorded, type RunInStore } from './unrecorded.ts';

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
  readonly #stopping = new AbortController();
  readonly #candidates: StatementSync;
  readonly #unrecorded: Unrecorded;
  #watching: Promise<void> | undefined;

  constructor(options: QuietOptions) {
    const { client, database } = options;
    this.#options = options;
    this.#candidates = database.prepare(
      `SELECT seq, id, heard, announcement FROM runs WHERE state = 'running' AND heard < ? AND (heard, seq) > (?, ?)
       ORDER BY heard, seq LIMIT 1`,
    );
    this.#unrecorded = new Unrecorded(client, database);
  }

  start(): void {
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { clock, log, quietAfter } = this.#options;
    const { signal } = this.#stopping;
    const interval = Math.min(quietAfter / 4, 60) * 1000;
    for (;;) {
      try {
        await clock.sleep(interval, signal);
        await this.#sweep(signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ reason: messageOf(error) }, 'runs that are silent were not looked for');
      }
    }
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
