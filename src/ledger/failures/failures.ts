import type { StatementSync } from 'node:sqlite';
import type { Clock } from '../../core/clock.ts';
import { Events } from '../../core/events.ts';
import type { Store } from '../store.ts';
import { FailureQueries } from './failure-queries.ts';
import { FailureRows, type NewFailure } from './failure-rows.ts';
import type { LetterAction, LetterActionKind } from './failure-views.ts';

/** A letter that the broker has in a queue of dead letters. */
export type SeenLetter = Omit<NewFailure, 'isRecorded' | 'recipes'> & {
  readonly queue: string;
  readonly letter: string;
};

/** What names a message: the run is empty where nothing tells. */
export interface FailedMessage {
  readonly run: string;
  readonly key: string;
}

/** Failures that are written in one transaction: some ten milliseconds, between which records are entered. */
const atOnce = 1_000;

/** What failed, and what people do about it. It belongs to the process that writes the ledger. */
export class Failures {
  /** What is shown as failed has changed, beside what records changed. */
  readonly events = new Events<{ changed: object }>();
  readonly queries: FailureQueries;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #rows: FailureRows;
  readonly #seen: StatementSync;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#rows = new FailureRows(store.database);
    this.queries = new FailureQueries(store.database);
    this.#seen = store.database.prepare('SELECT 1 FROM failures WHERE queue = ? AND letter = ?');
    store.database
      .prepare("UPDATE letter_actions SET state = 'interrupted', ended = ? WHERE state = 'running'")
      .run(clock.now());
  }

  /**
   * Marks the failures of a group, up to that number, as addressed; only the one where `only` names it. Returns how many
   * it were; what is sent again or dies again meanwhile is left out.
   */
  async address(
    group: number,
    { user, reason, upTo, only }: { user: string; reason: string; upTo: number; only?: number | undefined },
  ): Promise<number> {
    const { database } = this.#store;
    const deed = Number(
      database
        .prepare('INSERT INTO addressings (grp, time, user, reason) VALUES (?, ?, ?, ?) RETURNING seq')
        .get(group, this.#clock.now(), user, reason)?.['seq'],
    );
    const which = only === undefined ? 'seq <= ?' : 'seq = ?';
    const mark = database.prepare(
      `UPDATE failures SET deed = ? WHERE seq IN
       (SELECT seq FROM failures WHERE grp = ? AND deed IS NULL AND ${which} ORDER BY seq LIMIT ${String(atOnce)})`,
    );
    const add = database.prepare('UPDATE addressings SET count = count + ? WHERE seq = ?');
    return await this.#inParts(() => {
      const { changes } = mark.run(deed, group, only ?? upTo);
      add.run(Number(changes), deed);
      return Number(changes);
    });
  }

  /** Takes an addressing back: what has not been sent again since is open again. Returns how many; undefined when there is none to be taken back. */
  async undo(group: number, deed: number, user: string): Promise<number | undefined> {
    const { database } = this.#store;
    const { changes } = database
      .prepare('UPDATE addressings SET undone = ?, undoneBy = ? WHERE seq = ? AND grp = ? AND undone IS NULL')
      .run(this.#clock.now(), user, deed, group);
    if (changes === 0) return undefined;
    const unmark = database.prepare(
      `UPDATE failures SET deed = NULL WHERE seq IN (SELECT seq FROM failures WHERE deed = ? LIMIT ${String(atOnce)})`,
    );
    return await this.#inParts(() => Number(unmark.run(deed).changes));
  }

  /** Takes in what the broker has, in a queue of dead letters; what the ledger knows nothing of becomes a failure, too. */
  saw(letters: readonly SeenLetter[]): void {
    const { database } = this.#store;
    const find = database.prepare('SELECT seq, queue, letter FROM failures WHERE run = ? AND key = ?');
    const place = database.prepare('UPDATE failures SET queue = ?, letter = ?, origin = ? WHERE seq = ?');
    const isChanged = this.#store.transaction(() => {
      let changes = 0;
      for (const seen of letters) {
        const known = find.get(seen.run, seen.key);
        if (known?.['letter'] === seen.letter && known['queue'] === seen.queue) continue;
        changes += 1;
        if (known) place.run(seen.queue, seen.letter, seen.origin ?? null, Number(known['seq']));
        else this.#rows.add({ ...this.#rows.recipeOf(seen.run), ...seen, isRecorded: false });
      }
      return changes > 0;
    });
    if (isChanged) this.events.emit('changed', {});
  }

  /** What had been seen in the queue and is not among these letters is no longer there; what only a letter told of is no failure then. */
  async sawAll(queue: string, letters: ReadonlySet<string>): Promise<void> {
    const { database } = this.#store;
    const gone = database
      .prepare('SELECT seq, letter FROM failures WHERE queue = ?')
      .all(queue)
      .flatMap(({ seq, letter }) => (letters.has(String(letter)) ? [] : [Number(seq)]));
    const forget = database.prepare('DELETE FROM failures WHERE seq = ? AND queue = ? AND recorded = 0');
    const leave = database.prepare('UPDATE failures SET queue = NULL, letter = NULL WHERE seq = ? AND queue = ?');
    await this.#inParts(() => {
      const part = gone.splice(0, atOnce);
      for (const seq of part) if (forget.run(seq, queue).changes === 0) leave.run(seq, queue);
      return part.length;
    });
  }

  /** Whether that letter was seen in the queue before. */
  hasSeen(queue: string, letter: string): boolean {
    return this.#seen.get(queue, letter) !== undefined;
  }

  /** Queues that letters were seen in. */
  queues(): readonly string[] {
    const rows = this.#store.database.prepare('SELECT DISTINCT queue FROM failures WHERE queue IS NOT NULL').all();
    return rows.map(({ queue }) => String(queue));
  }

  /** These have been taken out of their queue: what only a letter told of is no failure any more. */
  took(messages: readonly FailedMessage[]): void {
    const { database } = this.#store;
    const forget = database.prepare('DELETE FROM failures WHERE run = ? AND key = ? AND recorded = 0');
    const leave = database.prepare('UPDATE failures SET queue = NULL, letter = NULL WHERE run = ? AND key = ?');
    this.#store.transaction(() => {
      for (const { run, key } of messages) if (forget.run(run, key).changes === 0) leave.run(run, key);
    });
    this.events.emit('changed', {});
  }

  /** Marks these as addressed; returns the number of the addressing that further ones may join. */
  addressThese(
    group: number,
    messages: readonly FailedMessage[],
    { user, reason, deed }: { user: string; reason: string; deed: number | undefined },
  ): number {
    const { database } = this.#store;
    return this.#store.transaction(() => {
      const number =
        deed ??
        Number(
          database
            .prepare('INSERT INTO addressings (grp, time, user, reason) VALUES (?, ?, ?, ?) RETURNING seq')
            .get(group, this.#clock.now(), user, reason)?.['seq'],
        );
      const mark = database.prepare('UPDATE failures SET deed = ? WHERE run = ? AND key = ? AND deed IS NULL');
      const changes = messages.reduce((sum, { run, key }) => sum + Number(mark.run(number, run, key).changes), 0);
      database.prepare('UPDATE addressings SET count = count + ? WHERE seq = ?').run(changes, number);
      return number;
    });
  }

  /** Writes down that letters of a group are about to be moved; returns the number of the action. */
  begin(group: number, action: { kind: LetterActionKind; user: string; reason: string; wanted: number }): number {
    const { kind, user, reason, wanted } = action;
    const row = this.#store.database
      .prepare(
        "INSERT INTO letter_actions (grp, kind, user, reason, started, state, wanted) VALUES (?, ?, ?, ?, ?, 'running', ?) RETURNING seq",
      )
      .get(group, kind, user, reason, this.#clock.now(), wanted);
    this.events.emit('changed', {});
    return Number(row?.['seq']);
  }

  moved(action: number, moved: number): void {
    this.#store.database.prepare('UPDATE letter_actions SET moved = ? WHERE seq = ?').run(moved, action);
    this.events.emit('changed', {});
  }

  /** The message by which it will be known what became of a canary. */
  canary(action: number, { run, key }: FailedMessage, reinjected: number): void {
    this.#store.database
      .prepare('UPDATE letter_actions SET run = ?, key = ?, reinjected = ? WHERE seq = ?')
      .run(run, key, reinjected, action);
  }

  end(action: number, state: LetterAction['state'], moved: number, problem?: string): void {
    this.#store.database
      .prepare('UPDATE letter_actions SET state = ?, ended = ?, moved = ?, problem = ? WHERE seq = ?')
      .run(state, this.#clock.now(), moved, problem?.slice(0, 1_000) ?? null, action);
    this.events.emit('changed', {});
  }

  /** Works in transactions of a bounded size, until one has nothing to do; records are entered in between. */
  async #inParts(part: () => number): Promise<number> {
    let sum = 0;
    for (;;) {
      const changes = this.#store.transaction(part);
      sum += changes;
      if (changes > 0) this.events.emit('changed', {});
      if (changes < atOnce) return sum;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
