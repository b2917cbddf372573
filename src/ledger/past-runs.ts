import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { JsonObject } from '../core/json.ts';
import type { SourceRow } from './tables/records.ts';
import type { RunState } from './views.ts';

/** What runs are about; all that is given has to be the same. */
export interface Scope {
  readonly beamline?: string | undefined;
  readonly visit?: string | undefined;
  readonly collection?: string | undefined;
}

/** A run of the past. */
export interface PastRun extends Scope {
  readonly seq: number;
  readonly id: string;
  readonly state: RunState;
  readonly announced: number;
  readonly ended?: number;
  readonly runNumber?: string;
  readonly recipes: readonly string[];
  readonly rerunOf?: string;
  readonly messages: number;
}

/** What it takes to repeat a run. */
export interface MadeFrom {
  readonly steps: number;
  /** Names, and whether the text is kept; absent when the ledger was not told. */
  readonly sources?: readonly { readonly name: string; readonly hash: string; readonly isKept: boolean }[];
}

/** An announcement of which no run came about. */
export interface RefusedAnnouncement {
  readonly run: string;
  readonly received: number;
  readonly reason: string;
  readonly parameters: JsonObject;
}

/** What became of an announcement, as the ledger entered it. */
export interface SettledAnnouncement {
  readonly seq: number;
  readonly run: string;
  readonly outcome: 'accepted' | 'refused' | 'duplicate';
  readonly reason?: string;
  readonly queue: string;
  readonly received: number;
  /** Of the run, where it was accepted. */
  readonly lane?: string;
  readonly beamline?: string;
}

/** Rows looked at in one go: some ten milliseconds, in which the ledger's process does nothing else. */
const window = 2_000;

/** Goes through all runs, a part at a time. Works on the writer's own store as well as on one opened for reading. */
export class PastRuns {
  readonly #database: DatabaseSync;
  readonly #after: StatementSync;
  readonly #madeFrom: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#after = database.prepare(
      `SELECT announcements.seq, announcements.run, outcome, reason, queue, received, runs.lane, runs.beamline
       FROM announcements LEFT JOIN runs ON outcome = 'accepted' AND runs.id = announcements.run
       WHERE announcements.seq > ? ORDER BY announcements.seq LIMIT ?`,
    );
    this.#madeFrom = database.prepare(
      `SELECT (SELECT count(*) FROM steps WHERE steps.run = runs.seq) AS steps, announcements.sources
       FROM runs JOIN announcements ON announcements.seq = runs.announcement WHERE runs.seq = ?`,
    );
  }

  /** What the run was made from: for those that are to be repeated, as it takes longer than to go past them. */
  madeFrom({ seq }: Pick<PastRun, 'seq'>): MadeFrom {
    const { steps, sources } = this.#madeFrom.get(seq) ?? {};
    const rows = typeof sources === 'string' ? (JSON.parse(sources) as readonly SourceRow[]) : undefined;
    return { steps: Number(steps ?? 0), ...(rows ? { sources: rows.map(keptOf) } : {}) };
  }

  /** The announced runs of the scope, in the order in which the ledger heard of them. */
  async *runs(scope: Scope): AsyncGenerator<readonly PastRun[]> {
    const asked = (['beamline', 'visit', 'collection'] as const).filter((name) => scope[name] !== undefined);
    const values = asked.map((name) => scope[name] ?? '');
    const select = this.#database.prepare(
      `SELECT seq, id, state, announced, ended, beamline, visit, collection, runNumber, recipes, rerunOf, sent FROM runs
       WHERE seq > ? AND seq <= ? AND announcement IS NOT NULL ${asked.map((name) => `AND ${name} = ?`).join(' ')}
       ORDER BY seq`,
    );
    for await (const [from, to] of this.#windows('runs')) {
      yield select.all(from, to, ...values).map((row) => pastRunOf(row as unknown as Row));
    }
  }

  /** Announcements that were refused, and of which no run came about later; those that came on the queue of reruns do not count. */
  async *refused(rerunQueue: string): AsyncGenerator<readonly RefusedAnnouncement[]> {
    const select = this.#database.prepare(
      `SELECT run, received, coalesce(reason, '') AS reason, parameters FROM announcements
       WHERE seq > ? AND seq <= ? AND outcome = 'refused' AND queue <> ?
       AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = announcements.run) ORDER BY seq`,
    );
    for await (const [from, to] of this.#windows('announcements')) {
      yield select.all(from, to, rerunQueue).map((row) => ({
        run: String(row['run']),
        received: Number(row['received']),
        reason: String(row['reason']),
        parameters: JSON.parse(String(row['parameters'])) as JsonObject,
      }));
    }
  }

  /** The number of the announcement that was entered last; 0 when there is none. */
  get latestAnnouncement(): number {
    return Number(this.#database.prepare('SELECT max(seq) AS seq FROM announcements').get()?.['seq'] ?? 0);
  }

  /** The announcements that were entered after that number, in order. */
  announcementsAfter(seq: number, limit: number): readonly SettledAnnouncement[] {
    return this.#after.all(seq, limit).map((row) => withoutNulls(row) as unknown as SettledAnnouncement);
  }

  /** Parts of a table, by the numbers of its rows. */
  async *#windows(table: 'runs' | 'announcements'): AsyncGenerator<readonly [from: number, to: number]> {
    const ends = this.#database.prepare(
      `SELECT (SELECT min(seq) FROM ${table}) AS first, (SELECT max(seq) FROM ${table}) AS last`,
    );
    const { first, last } = ends.get() ?? {};
    for (let from = Number(first ?? 1) - 1; from < Number(last ?? 0); from += window) {
      yield [from, from + window];
      await setImmediate();
    }
  }
}

interface Row {
  readonly recipes: string;
  readonly sent: number;
  readonly [column: string]: string | number | null;
}

function pastRunOf({ recipes, sent, ...row }: Row): PastRun {
  return {
    ...(withoutNulls(row) as unknown as Omit<PastRun, 'recipes' | 'messages'>),
    recipes: JSON.parse(recipes) as readonly string[],
    messages: sent,
  };
}

/** In place of its text, a source has the hash of that. */
function keptOf({ name, hash, text }: SourceRow): NonNullable<MadeFrom['sources']>[number] {
  return { name, hash, isKept: text !== undefined };
}

function withoutNulls(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
