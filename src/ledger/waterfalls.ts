import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SummaryRow } from './summaries.ts';
import type { Waterfall } from './views.ts';
import { readWaterfall } from './waterfall.ts';

/** Answers that are remembered: those of the runs that are looked at now, by however many people. */
const remembered = 20;

/** The waterfalls of runs, each made once for all who ask while nothing more has come of its run. */
export class Waterfalls {
  readonly #database: DatabaseSync;
  readonly #latest: StatementSync;
  readonly #records: StatementSync;
  readonly #made = new Map<string, { readonly latest: number; readonly waterfall: Waterfall }>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#latest = database.prepare('SELECT MAX(seq) AS seq FROM deliveries WHERE run = ?');
    this.#records = database.prepare('SELECT SUM(records) AS records FROM steps WHERE run = ?');
  }

  of({ seq, id: run, announced }: SummaryRow, step: number | undefined): Waterfall {
    const name = `${String(seq)} ${String(step)}`;
    const latest = Number(this.#latest.get(seq)?.['seq'] ?? 0);
    const known = this.#made.get(name);
    if (known?.latest === latest && known.waterfall.run === run) return known.waterfall;
    const of = Number(this.#records.get(seq)?.['records'] ?? 0);
    const waterfall = readWaterfall(this.#database, seq, { run, announced, of, step });
    this.#made.delete(name);
    this.#made.set(name, { latest, waterfall });
    const [oldest] = this.#made.keys();
    if (this.#made.size > remembered && oldest !== undefined) this.#made.delete(oldest);
    return waterfall;
  }
}
