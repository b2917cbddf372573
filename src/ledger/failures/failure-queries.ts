import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Page } from '../views.ts';
import { actionOf, type ActionRow } from './canary.ts';
import type { Addressing, FailureCounts, FailureGroup, FailureView, LetterAction } from './failure-views.ts';

/** Which groups, and how many. */
export interface GroupFilter {
  /** `open`: with failures that nobody has addressed. */
  readonly state: 'open' | 'addressed';
  readonly order: 'largest' | 'newest';
  readonly step?: number | undefined;
  readonly service?: string | undefined;
  readonly code?: string | undefined;
  /** A recipe by name, or a version of one by the beginning of its hash. */
  readonly recipe?: string | undefined;
  /** Groups with failures of this run, or with letters in this queue. */
  readonly run?: string | undefined;
  readonly queue?: string | undefined;
  /** What stands somewhere in the message. */
  readonly text?: string | undefined;
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface FailureFilter {
  readonly state: 'open' | 'addressed';
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A group's row, with its number in the store. */
export interface KnownGroup {
  readonly seq: number;
  readonly view: FailureGroup;
}

/** Letters in one queue of dead letters, by where they came from; absent where nothing tells. */
export interface LetterPlaces {
  readonly queue: string;
  readonly origin?: string;
  readonly letters: number;
}

/** Addressings and actions of a group that are told of: the latest. */
const deedsAtMost = 50;

/** Reads what failed. */
export class FailureQueries {
  readonly #database: DatabaseSync;
  readonly #openGroup: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#openGroup = database.prepare('SELECT grp FROM failures WHERE run = ? AND key = ? AND deed IS NULL');
  }

  counts(): FailureCounts {
    const one = (sql: string): Record<string, unknown> => this.#database.prepare(sql).get() ?? {};
    const { failures, groups } = one(
      'SELECT coalesce(sum(open), 0) AS failures, count(*) AS groups FROM failure_groups WHERE open > 0',
    );
    const { runs } = one('SELECT count(*) AS runs FROM runs WHERE unaddressed > 0');
    const { addressed } = one("SELECT count(*) AS addressed FROM runs WHERE state = 'failed' AND unaddressed = 0");
    return {
      ...{ failures: Number(failures), groups: Number(groups) },
      ...{ runs: Number(runs), addressedRuns: Number(addressed) },
    };
  }

  groups({ state, order, cursor, limit, ...filter }: GroupFilter): Page<FailureGroup> {
    const by = state === 'open' && order === 'largest' ? 'open' : 'newest';
    const [value, seq] = (cursor ?? '').split('-').map(Number);
    const conditions: readonly (readonly [string, readonly (string | number)[] | undefined])[] = [
      [`${state} > 0`, []],
      ['step = ?', given(filter.step)],
      ['service = ?', given(filter.service)],
      ['code = ?', given(filter.code)],
      [
        '(substr(version, 1, length(?)) = ? OR EXISTS (SELECT 1 FROM json_each(recipes) WHERE value = ?))',
        filter.recipe === undefined ? undefined : [filter.recipe, filter.recipe, filter.recipe],
      ],
      ['seq IN (SELECT grp FROM failures WHERE run = ?)', given(filter.run)],
      ['seq IN (SELECT grp FROM failures WHERE queue = ?)', given(filter.queue)],
      ['instr(lower(message), lower(?)) > 0', given(filter.text)],
      [`(${by}, seq) < (?, ?)`, cursor === undefined ? undefined : [value ?? 0, seq ?? 0]],
    ];
    const asked = conditions.filter((each): each is [string, readonly (string | number)[]] => each[1] !== undefined);
    const rows = this.#database
      .prepare(
        `SELECT ${groupColumns} FROM failure_groups WHERE ${asked.map(([sql]) => sql).join(' AND ')}
         ORDER BY ${by} DESC, seq DESC LIMIT ?`,
      )
      .all(...asked.flatMap(([, values]) => values), limit + 1) as unknown as readonly GroupRow[];
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(groupOf),
      ...(rows.length > limit && last ? { next: `${String(last[by])}-${String(last.seq)}` } : {}),
    };
  }

  /** Undefined when nothing ever failed so. */
  group(id: string): KnownGroup | undefined {
    const row = this.#database.prepare(`SELECT ${groupColumns} FROM failure_groups WHERE id = ?`).get(id) as
      GroupRow | undefined;
    return row && { seq: row.seq, view: groupOf(row) };
  }

  /** The failures of a group, the latest known first. */
  failures(group: number, { state, cursor, limit }: FailureFilter): Page<FailureView> {
    const isOpen = state === 'open' ? 'deed IS NULL' : 'deed IS NOT NULL';
    const rows = this.#database
      .prepare(
        `SELECT ${failureColumns} FROM failures WHERE grp = ? AND ${isOpen} AND seq < ? ORDER BY seq DESC LIMIT ?`,
      )
      .all(group, cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor), limit + 1);
    const items = (rows as unknown as readonly FailureRow[]).slice(0, limit);
    const last = items.at(-1);
    return { items: items.map(failureOf), ...(rows.length > limit && last ? { next: String(last.n) } : {}) };
  }

  /** One of them by its number, and where its letter is; undefined when there is none any more. */
  failure(group: number, n: number): { readonly view: FailureView; readonly letter: string | undefined } | undefined {
    const row = this.#database
      .prepare(`SELECT ${failureColumns}, letter FROM failures WHERE grp = ? AND seq = ?`)
      .get(group, n) as (FailureRow & { readonly letter: string | null }) | undefined;
    return row && { view: failureOf(row), letter: row.letter ?? undefined };
  }

  /** The group that a message is a failure of; undefined when it is none, or has been addressed. */
  openGroupOf(run: string, key: string): number | undefined {
    const row = this.#openGroup.get(run, key);
    return row && Number(row['grp']);
  }

  /** Where letters of open failures of the group were seen, and where they came from. */
  places(group: number): readonly LetterPlaces[] {
    const sql = `SELECT queue, origin, count(*) AS letters FROM failures
      WHERE grp = ? AND deed IS NULL AND queue IS NOT NULL GROUP BY queue, origin ORDER BY queue, origin`;
    const rows = this.#database.prepare(sql).all(group) as unknown as readonly (Omit<LetterPlaces, 'origin'> & {
      readonly origin: string | null;
    })[];
    return rows.map(({ origin, ...rest }) => ({ ...rest, ...present({ origin }) }));
  }

  /** The number of the latest failure of the group: those that come later have greater ones. */
  latest(group: number): number {
    return Number(this.#database.prepare('SELECT max(seq) AS n FROM failures WHERE grp = ?').get(group)?.['n'] ?? 0);
  }

  /** Of the failures that came after that number, those that had been sent again before. */
  diedAgain(group: number, after: number): number {
    const sql = 'SELECT count(*) AS n FROM failures WHERE grp = ? AND seq > ? AND reinjected > 0';
    return Number(this.#database.prepare(sql).get(group, after)?.['n']);
  }

  /** The latest first. */
  addressings(group: number): readonly Addressing[] {
    const rows = this.#database
      .prepare('SELECT * FROM addressings WHERE grp = ? AND count > 0 ORDER BY seq DESC LIMIT ?')
      .all(group, deedsAtMost) as unknown as readonly AddressingRow[];
    return rows.map(addressingOf);
  }

  /** The latest first. */
  actions(group: number): readonly LetterAction[] {
    const rows = this.#database
      .prepare('SELECT * FROM letter_actions WHERE grp = ? ORDER BY seq DESC LIMIT ?')
      .all(group, deedsAtMost) as unknown as readonly ActionRow[];
    return rows.map((row) => actionOf(this.#database, row));
  }
}

/** The first recorded failure of a recipe may have come before its name did. */
const groupColumns = `seq, id, step, service, queue, code, pattern, message, recipes, version, hosts, open, runs, letters,
  addressed, newest, (SELECT min(died) FROM failures WHERE grp = failure_groups.seq AND deed IS NULL) AS oldest`;

interface GroupRow extends Omit<
  FailureGroup,
  'step' | 'service' | 'queue' | 'version' | 'oldest' | 'recipes' | 'hosts'
> {
  readonly seq: number;
  readonly step: number | null;
  readonly service: string | null;
  readonly queue: string | null;
  readonly version: string | null;
  readonly oldest: number | null;
  readonly recipes: string;
  readonly hosts: string;
}

function groupOf(row: GroupRow): FailureGroup {
  const { step, service, queue, version, oldest, recipes, hosts, seq: _, ...rest } = row;
  return {
    ...rest,
    ...present({ step, service, queue, version, oldest }),
    recipes: JSON.parse(recipes) as readonly string[],
    hosts: JSON.parse(hosts) as readonly string[],
  };
}

/** The run only where it can be looked at: an announcement that was refused names one that never began. */
const failureColumns = `seq AS n, iif(EXISTS (SELECT 1 FROM runs WHERE id = failures.run), run, NULL) AS run, step, host,
  message, died, reinjected, recorded, queue, deed AS addressing`;

interface FailureRow {
  readonly n: number;
  readonly run: string | null;
  readonly step: number | null;
  readonly host: string | null;
  readonly message: string;
  readonly died: number;
  readonly reinjected: number;
  readonly recorded: number;
  readonly queue: string | null;
  readonly addressing: number | null;
}

function failureOf({
  n,
  run,
  step,
  host,
  message,
  died,
  reinjected,
  recorded,
  queue,
  addressing,
}: FailureRow): FailureView {
  return {
    ...{ n, message, died, reinjected, isForeign: recorded === 0 },
    ...present({ run, step, host, queue, addressing }),
  };
}

interface AddressingRow {
  readonly seq: number;
  readonly time: number;
  readonly user: string;
  readonly reason: string;
  readonly count: number;
  readonly undone: number | null;
  readonly undoneBy: string | null;
}

function addressingOf({ seq, time, user, reason, count, undone, undoneBy }: AddressingRow): Addressing {
  return {
    ...{ n: seq, time, user, reason, count },
    ...(undone === null ? {} : { undone: { time: undone, user: undoneBy ?? '' } }),
  };
}

function given(value: string | number | undefined): readonly (string | number)[] | undefined {
  return value === undefined || value === '' ? undefined : [value];
}

type Present<Row> = { readonly [Name in keyof Row]?: NonNullable<Row[Name]> };

/** The columns that hold something. */
function present<Row extends object>(row: Row): Present<Row> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<Row>;
}
