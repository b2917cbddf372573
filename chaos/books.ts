import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isObject, type Json } from '../src/core/json.ts';
import { expectedWaiting, type Twist } from './recipe.ts';
import { waiting, type StepTallies } from '../src/ledger/states.ts';
import type { AnnouncementCounts, RunState } from '../src/ledger/views.ts';

/** A run by the ledger. */
export interface BookedRun {
  readonly id: string;
  readonly state: RunState;
  /** Some of it went through a service that leaves no records. */
  readonly inferred: boolean;
  readonly steps: readonly StepTallies[];
}

/** The ledger's store, read after the ledger has ended. */
export class Books implements Disposable {
  readonly #database: DatabaseSync;

  constructor(store: string) {
    this.#database = new DatabaseSync(join(store, 'ledger', 'ledger.sqlite'), { readOnly: true });
  }

  run(id: string): BookedRun | undefined {
    const run = this.#database.prepare('SELECT seq, id, state, inferred FROM runs WHERE id = ?').get(id);
    return run && this.#booked(run as unknown as RunRow);
  }

  /** All runs, the one that was heard of last first. */
  runs(): readonly BookedRun[] {
    const rows = this.#database.prepare('SELECT seq, id, state, inferred FROM runs ORDER BY seq DESC').all();
    return (rows as unknown as readonly RunRow[]).map((row) => this.#booked(row));
  }

  #booked({ seq, id, state, inferred }: RunRow): BookedRun {
    const steps = this.#database.prepare('SELECT * FROM steps WHERE run = ? ORDER BY step').all(seq);
    return { id, state, inferred: inferred === 1, steps: steps as unknown as readonly StepTallies[] };
  }

  /** How the messages to the steps of a run were settled, in order, and over which channels something was sent with it. */
  settled(id: string): readonly Settled[] {
    const sql = `SELECT d.step, d.outcome, d.code, d.outputs FROM deliveries d JOIN runs r ON r.seq = d.run
                 WHERE r.id = ? ORDER BY d.seq`;
    return this.#database
      .prepare(sql)
      .all(id)
      .map(({ step, outcome, code, outputs }) => ({
        step: Number(step),
        outcome: String(outcome),
        code: typeof code === 'string' ? code : '',
        channels: typeof outputs === 'string' ? channelsIn(JSON.parse(outputs) as Json) : [],
      }));
  }

  /** All announcements, counted one by one. */
  announced(): AnnouncementCounts {
    const sql = 'SELECT count(*) AS count FROM announcements WHERE outcome = ?';
    const count = (outcome: string): number => Number(this.#database.prepare(sql).get(outcome)?.['count']);
    const [accepted, refused, duplicate] = [count('accepted'), count('refused'), count('duplicate')];
    return { announced: accepted + refused + duplicate, accepted, refused, duplicate };
  }

  /** How many announcements of a run were settled in this way. */
  announcements(run: string, outcome: string): number {
    const sql = 'SELECT count(*) AS count FROM announcements WHERE run = ? AND outcome = ?';
    return Number(this.#database.prepare(sql).get(run, outcome)?.['count']);
  }

  /** All that the ledger knows of a run, as lines of text. */
  history(id: string): readonly string[] {
    const lines = (sql: string): string[] =>
      this.#database
        .prepare(sql)
        .all(id)
        .map((row) => JSON.stringify(row));
    return [
      ...lines(`SELECT id, outcome, messageId, host, received, settled FROM announcements WHERE run = ?`),
      ...lines(`SELECT d.step, d.id, d.outcome, d.host, d.received, d.finished, d.code, d.message, substr(d.outputs, 1, 200) AS outputs
                FROM deliveries d JOIN runs r ON r.seq = d.run WHERE r.id = ? ORDER BY d.step, d.seq`),
      ...lines(`SELECT s.* FROM steps s JOIN runs r ON r.seq = s.run WHERE r.id = ?`),
      ...lines(`SELECT status, outcome, time, reason FROM replies WHERE run = ?`),
    ];
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** One delivery by the ledger. */
export interface Settled {
  readonly step: number;
  readonly outcome: string;
  readonly code: string;
  readonly channels: readonly string[];
}

function channelsIn(outputs: Json): readonly string[] {
  const channelOf = (each: Json): Json => (isObject(each) ? (each['channel'] ?? '') : '');
  return Array.isArray(outputs) ? outputs.map(channelOf).filter((channel) => typeof channel === 'string') : [];
}

interface RunRow {
  readonly seq: number;
  readonly id: string;
  readonly state: RunState;
  readonly inferred: number;
}

/** True when every message sent to each step is accounted for, and none is counted twice. */
export function balances({ state, steps }: BookedRun, twist: Twist): boolean {
  return state !== 'running' && steps.every((step) => waiting(step) === expectedWaiting(step.step, twist));
}
