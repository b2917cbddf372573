import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { groupId, patternOf, type GroupKey } from './pattern.ts';

/** A failure as it is written down; times in milliseconds since 1970. */
export interface NewFailure {
  readonly run: string;
  readonly key: string;
  readonly step: number | undefined;
  readonly service: string | undefined;
  readonly host: string | undefined;
  readonly code: string;
  readonly message: string;
  readonly died: number;
  readonly reinjected: number;
  /** False for what only a letter in the broker tells of. */
  readonly isRecorded: boolean;
  readonly version: string | undefined;
  readonly recipes: string;
  /** Where the broker has it, and under which id. */
  readonly queue: string | undefined;
  readonly letter: string | undefined;
  /** The destination that it came from, and would go to again. */
  readonly origin?: string | undefined;
}

/** Characters kept of a message: as many as stand in the headers of a dead letter. */
const messageAtMost = 2_000;
/** Hosts named of a group. */
const hostsAtMost = 20;

/** Writes the tables of what failed. One message of a run is one failure at most, however often it died. */
export class FailureRows {
  readonly #recipe: StatementSync;
  readonly #group: StatementSync;
  readonly #newGroup: StatementSync;
  readonly #touch: StatementSync;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync) {
    this.#recipe = database.prepare(
      `SELECT runs.recipes, coalesce(sourceHash, recipeHash) AS version FROM runs
       LEFT JOIN announcements ON announcements.seq = runs.announcement WHERE runs.id = ?`,
    );
    this.#group = database.prepare('SELECT seq, hosts FROM failure_groups WHERE id = ?');
    this.#newGroup = database.prepare(
      `INSERT INTO failure_groups (id, step, service, queue, code, pattern, version, recipes, message)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
    );
    this.#touch = database.prepare('UPDATE failure_groups SET newest = max(newest, ?), hosts = ? WHERE seq = ?');
    this.#insert = database.prepare(
      `INSERT INTO failures (grp, run, key, step, host, message, died, reinjected, recorded, queue, letter, origin)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#remove = database.prepare('DELETE FROM failures WHERE run = ? AND key = ? RETURNING queue, letter, origin');
  }

  /** What the run's recipe is called, and which version of it; empty for a run that nobody announced. */
  recipeOf(run: string): { readonly recipes: string; readonly version: string | undefined } {
    const { recipes, version } = this.#recipe.get(run) ?? {};
    return {
      recipes: typeof recipes === 'string' ? recipes : '[]',
      version: typeof version === 'string' ? version : undefined,
    };
  }

  /** What died, in place of what was known of the same message: it has to be looked after anew, whoever had addressed it. */
  add(failure: NewFailure): void {
    const known = this.#remove.get(failure.run, failure.key) as
      Pick<NewFailure, 'queue' | 'letter' | 'origin'> | undefined;
    const group = this.#groupOf(failure);
    const message = failure.message.slice(0, messageAtMost).toWellFormed();
    this.#insert.run(
      ...[group, failure.run, failure.key, failure.step ?? null, failure.host ?? null, message],
      ...[Math.round(failure.died), failure.reinjected, Number(failure.isRecorded)],
      ...[
        failure.queue ?? known?.queue ?? null,
        failure.letter ?? known?.letter ?? null,
        failure.origin ?? known?.origin ?? null,
      ],
    );
  }

  /** The message is on its way again, or has arrived. True when it was a failure. */
  remove(run: string, key: string): boolean {
    return this.#remove.get(run, key) !== undefined;
  }

  #groupOf({ died, host, recipes, ...failure }: NewFailure): number {
    const { step, service, queue, code, version, message } = failure;
    const key: GroupKey = { step, service, queue, code, version, pattern: patternOf(message) };
    const id = groupId(key);
    const known = this.#group.get(id);
    const seq = Number(
      (known ??
        this.#newGroup.get(
          ...[id, step ?? null, service ?? null, step === undefined ? (queue ?? null) : null, code],
          ...[key.pattern, version ?? null, recipes, message.slice(0, messageAtMost).toWellFormed()],
        ))?.['seq'],
    );
    const hosts = JSON.parse(String(known?.['hosts'] ?? '[]')) as readonly string[];
    this.#touch.run(Math.round(died), JSON.stringify(withHost(hosts, host)), seq);
    return seq;
  }
}

function withHost(hosts: readonly string[], host: string | undefined): readonly string[] {
  if (host === undefined || hosts.includes(host) || hosts.length >= hostsAtMost) return hosts;
  return [...hosts, host];
}
