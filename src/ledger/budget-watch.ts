import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { orAborted } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { names } from '../services/names.ts';
import type { Client } from '../stomp/client.ts';
import type { DueRecord } from './record-schema.ts';
import { Unrecorded, type RunInStore } from './unrecorded.ts';
import { Watch } from './watch.ts';

interface BudgetWatchOptions {
  readonly client: Client;
  readonly database: DatabaseSync;
  readonly clock: Clock;
  readonly log: Log;
}

/** ms between two looks. */
const interval = 1_000;
/** ms for the record of what was finished in time to come. */
const grace = 1_000;
/** ms until the same note is sent again: the one before may wait behind many records, or was lost with the connection. */
const patience = 60_000;
/** Notes at one look: when the ledger was away, many are due at once. */
const most = 1_000;

/**
 * Looks for steps whose budget is over and that the books have not seen finish. For each it sends the ledger a note,
 * behind all records that are in the queue: what was finished in time has been entered when the note comes, however far
 * behind the ledger is.
 */
export class BudgetWatch {
  readonly #options: BudgetWatchOptions;
  readonly #due: StatementSync;
  readonly #unrecorded: Unrecorded;
  /** When a note was sent, by run and step. */
  readonly #noted = new Map<string, number>();
  readonly #watch: Watch;

  constructor(options: BudgetWatchOptions) {
    const { clock, log } = options;
    this.#options = options;
    const look = async (signal: AbortSignal): Promise<void> => this.#look(signal);
    this.#watch = new Watch({ clock, log, interval, what: 'steps over their budget', look });
    this.#unrecorded = new Unrecorded(options.client, options.database);
    this.#due = options.database.prepare(
      `SELECT runs.id AS run, runs.seq, runs.announcement, step FROM budgets JOIN runs ON runs.seq = budgets.run
       WHERE budgets.state = 'watched' AND due < ? ORDER BY due LIMIT ?`,
    );
  }

  start(): void {
    this.#watch.start();
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#options;
    if (!client.isConnected) return;
    const now = clock.now();
    for (const [id, time] of this.#noted) if (Math.abs(now - time) > patience) this.#noted.delete(id);
    const all = this.#due.all(now - grace, most) as unknown as readonly Due[];
    const due = all.filter((step) => !this.#noted.has(idOf(step)));
    if (due.length === 0) return;
    const body = JSON.stringify({ records: await orAborted(this.#notes(due), signal) });
    await orAborted(client.send({ destination: client.queue(names.ledger), body }), signal);
    for (const step of due) this.#noted.set(idOf(step), now);
  }

  /** The broker is asked once for each queue. */
  async #notes(due: readonly Due[]): Promise<readonly DueRecord[]> {
    const known = new Map<string, boolean>();
    const notes: DueRecord[] = [];
    for (const [, [first, ...others]] of Map.groupBy(due, ({ seq }) => seq)) {
      if (!first) continue;
      const queues = [...new Set(this.#unrecorded.queuesOf(first))].filter((queue) => queue !== undefined);
      for (const queue of queues) if (!known.has(queue)) known.set(queue, await this.#unrecorded.isHeld(queue));
      const held = queues.filter((queue) => known.get(queue) === true);
      notes.push(...[first, ...others].map(({ run, step }): DueRecord => ({ kind: 'due', run, step, held })));
    }
    return notes;
  }
}

interface Due extends RunInStore {
  readonly run: string;
  readonly step: number;
}

function idOf({ run, step }: Due): string {
  return `${String(step)} ${run}`;
}
