import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { tallies, type StepTallies, type Tally } from '../states.ts';

/** What a batch of records changes at one step of one run. */
export class StepChange {
  service: string | null = null;
  queue: string | null = null;
  readonly tallies = Object.fromEntries(tallies.map((tally) => [tally, 0])) as Record<Tally, number>;

  add(tally: Tally, count = 1): void {
    this.tallies[tally] += count;
  }
}

/** Writes the table of steps. */
export class StepRows {
  readonly #add: StatementSync;
  readonly #select: StatementSync;

  constructor(database: DatabaseSync) {
    const names = tallies.join(', ');
    const added = tallies.map((tally) => `${tally} = ${tally} + excluded.${tally}`).join(', ');
    this.#add = database.prepare(
      `INSERT INTO steps (run, step, service, queue, ${names}) VALUES (?, ?, ?, ?, ${tallies.map(() => '?').join(', ')})
       ON CONFLICT (run, step) DO UPDATE SET service = coalesce(excluded.service, service), queue = coalesce(excluded.queue, queue), ${added}`,
    );
    this.#select = database.prepare(selectSteps);
  }

  add(run: number, step: number, { service, queue, tallies: counted }: StepChange): void {
    this.#add.run(run, step, service, queue, ...tallies.map((tally) => counted[tally]));
  }

  of(run: number): readonly StepTallies[] {
    return this.#select.all(run) as unknown as readonly StepTallies[];
  }
}

/** All steps of a run, by number. */
export const selectSteps = `SELECT step, service, queue, ${tallies.join(', ')} FROM steps WHERE run = ? ORDER BY step`;
