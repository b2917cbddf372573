import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AnnouncementRecord } from '../../services/record.ts';
import type { Standing } from '../states.ts';
import type { RunState } from '../views.ts';

/** What is known of a run before a batch is applied. */
export interface RunRow {
  readonly seq: number;
  readonly state: RunState;
  readonly announcement: number | null;
  readonly answered: number;
  readonly heard: number;
  /** 1 when a message of it ended in a dead-letter queue, 0 otherwise. */
  readonly hasDead: number;
}

/** Where a run's announcer wants its answers. */
export interface ReplyAddress {
  readonly to: string;
  readonly correlationId: string | undefined;
  /** Milliseconds since 1970, after which no answer is wanted. */
  readonly replyBy: number | undefined;
}

/** Writes the table of runs. */
export class RunRows {
  readonly #find: StatementSync;
  readonly #create: StatementSync;
  readonly #announce: StatementSync;
  readonly #words: StatementSync;
  readonly #conclude: StatementSync;
  readonly #answered: StatementSync;
  readonly #overBudget: StatementSync;
  readonly #address: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(
      `SELECT seq, state, announcement, answered, heard,
       EXISTS (SELECT 1 FROM steps WHERE steps.run = runs.seq AND dead > 0) AS hasDead FROM runs WHERE id = ?`,
    );
    this.#create = database.prepare('INSERT INTO runs (id, announced) VALUES (?, ?) RETURNING seq');
    this.#announce = database.prepare(
      `UPDATE runs SET announcement = ?, announced = ?, beamline = ?, visit = ?, collection = ?, runNumber = ?,
       event = ?, user = ?, lane = ?, recipes = ?, rerunOf = ? WHERE seq = ?`,
    );
    this.#words = database.prepare('INSERT OR REPLACE INTO run_words (rowid, words) VALUES (?, ?)');
    this.#conclude = database.prepare(
      `UPDATE runs SET state = ?, inferred = ?, sent = ?, waiting = ?, failed = ?, heard = ?, latest = max(latest, ?),
       ended = iif(? = 'running', NULL, max(latest, ?, announced)), payloads = 1 WHERE seq = ?`,
    );
    this.#answered = database.prepare('UPDATE runs SET answered = 1 WHERE seq = ?');
    this.#overBudget = database.prepare('UPDATE runs SET overBudget = overBudget + ? WHERE seq = ?');
    this.#address = database.prepare('SELECT replyTo, correlationId, replyBy FROM announcements WHERE seq = ?');
  }

  find(id: string): RunRow | undefined {
    return this.#find.get(id) as RunRow | undefined;
  }

  /** Makes the row of a run that nothing was heard of before, be it of a step's record before its announcement's. */
  create(id: string, time: number): RunRow {
    const seq = Number(this.#create.get(id, time)?.['seq']);
    this.#words.run(seq, id);
    return { seq, state: 'running', announcement: null, answered: 0, heard: 0, hasDead: 0 };
  }

  announce(run: number, announcement: number, record: AnnouncementRecord): void {
    const { beamline, visit, collection, runNumber, event, user, lane, recipes, rerunOf } = record;
    const found = [beamline, visit, collection, runNumber, event, user].map((value) => value ?? null);
    const received = Math.round(record.received);
    this.#announce.run(announcement, received, ...found, lane ?? null, JSON.stringify(recipes), rerunOf ?? null, run);
    this.#words.run(run, [record.run, ...recipes, ...found].join(' '));
  }

  conclude(run: number, to: Standing, heard: number, latest: number): void {
    const { state, inferred, sent, waiting, failed } = to;
    this.#conclude.run(state, Number(inferred), sent, waiting, failed, heard, latest, state, latest, run);
  }

  /** So many of its steps more are over their budgets. */
  addOverBudget(run: number, steps: number): void {
    this.#overBudget.run(steps, run);
  }

  /** From now on the run's final answer counts as given; says where to, if its announcement asked for answers. */
  answer(run: number, announcement: number): ReplyAddress | undefined {
    this.#answered.run(run);
    const { replyTo = null, correlationId, replyBy } = this.#address.get(announcement) ?? {};
    if (replyTo === null) return undefined;
    return {
      to: String(replyTo),
      correlationId: typeof correlationId === 'string' ? correlationId : undefined,
      replyBy: typeof replyBy === 'number' ? replyBy : undefined,
    };
  }
}
