import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { hasWord, quoted, WordSearch, type Words } from './word-search.ts';
import { summaryColumns, summaryOf, type SummaryRow } from './summaries.ts';
import type { Page, RunState, RunSummary } from './views.ts';

/** Which runs, and how many. */
export interface RunFilter {
  readonly state?: RunState | undefined;
  readonly beamline?: string | undefined;
  readonly visit?: string | undefined;
  /** True: only those with steps over their budget. */
  readonly overBudget?: boolean | undefined;
  /** Announced at this time or later, and before that one. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Of failed runs: whether all that failed in them is addressed. */
  readonly addressed?: boolean | undefined;
  /** Words, each of which some word of the run begins with: its id, recipes, beamline, visit, collection, number, user. */
  readonly text?: string | undefined;
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Candidates that are looked at in one go: some milliseconds. */
const atOnce = 2_000;
/** After so long (ms) the page ends, full or not: everything else in this process waits meanwhile. */
const patience = 15;
/** So many are looked at in any case. */
const atLeast = 2 * atOnce;

/**
 * Reads pages of the list of runs, the latest first. One condition, of which there is an index, leads from run to run;
 * the others are looked up of each. Where they fit seldom that takes long: then the page ends early, with a `next` that
 * goes on from there.
 */
export class RunList {
  readonly #database: DatabaseSync;
  readonly #search: WordSearch;
  /** One for each combination of conditions that was asked for. */
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#search = new WordSearch(database);
  }

  /** One page of runs, those that the ledger heard of last first. It may hold fewer than the limit although more follow. */
  page(filter: RunFilter): Page<RunSummary> {
    const words = this.#search.words(filter.text);
    if (words === 'none') return { items: [] };
    const { leading, others } = conditionsOf(filter, words);
    const limit = filter.limit + 1;
    const begun = performance.now();
    let before = seqOf(filter.cursor);
    if (others.length === 0) return pageOf(this.#fitting(leading, [], before, limit, limit), filter.limit);
    const rows: SummaryRow[] = [];
    for (let looked = atOnce; ; looked += atOnce) {
      rows.push(...this.#fitting(leading, others, before, atOnce, limit - rows.length));
      if (rows.length === limit) return pageOf(rows, filter.limit);
      const last = this.#last(leading, before);
      if (last === undefined) return pageOf(rows, filter.limit);
      if (looked >= atLeast && performance.now() - begun > patience)
        return { items: rows.map(summaryOf), next: String(last) };
      before = last;
    }
  }

  /** Of the next `candidates` that the leading condition finds, those that fit the others, too. */
  #fitting(
    leading: Condition,
    others: readonly Condition[],
    before: bigint,
    candidates: number,
    limit: number,
  ): readonly SummaryRow[] {
    const where = others.length === 0 ? '' : `WHERE ${others.map(({ sql }) => sql).join(' AND ')}`;
    const sql = `SELECT ${summaryColumns} FROM (${leading.sql}) AS found CROSS JOIN runs ON seq = found.candidate ${where} ORDER BY found.candidate DESC LIMIT ?`;
    const values = [...leading.values, before, candidates, ...others.flatMap((each) => each.values), limit];
    return this.#statement(sql).all(...values) as unknown as readonly SummaryRow[];
  }

  /** The last of the next `atOnce`; undefined when there are no so many. */
  #last(leading: Condition, before: bigint): bigint | undefined {
    const sql = `SELECT min(candidate) AS last, count(*) AS count FROM (${leading.sql})`;
    const { last, count } = this.#statement(sql).get(...leading.values, before, atOnce) ?? {};
    return count === atOnce ? BigInt(Number(last)) : undefined;
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** The condition that leads, as a query of the next runs before a number and up to a limit, which are bound last; and those that are looked up. */
interface Conditions {
  readonly leading: Condition;
  readonly others: readonly Condition[];
}

/** Words lead, and else what the fewest runs have in common. */
function conditionsOf(filter: RunFilter, words: Words | undefined): Conditions {
  const { state, beamline, visit, overBudget } = filter;
  const [ofVisit, ofBeamline, ofState] = [equal('visit', visit), equal('beamline', beamline), equal('state', state)];
  const ofBudget = overBudget === true ? [{ sql: 'overBudget > 0', values: [] }] : [];
  const looked = [...ofTime(filter), ...ofAddressed(filter)];
  const others = [...ofVisit, ...ofBeamline, ...ofState, ...ofBudget, ...looked];
  if (words !== undefined) return ledByWords(words, [visit, beamline], others);
  if (visit !== undefined)
    return { leading: ledBy(ofVisit), others: [...ofBeamline, ...ofState, ...ofBudget, ...looked] };
  if (overBudget === true) return { leading: ledBy(ofBudget), others: [...ofBeamline, ...ofState, ...looked] };
  return { leading: ledBy([...ofBeamline, ...ofState, ...nearTime(filter)]), others: looked };
}

function ofTime({ from, to }: RunFilter): readonly Condition[] {
  return [
    ...(from === undefined ? [] : [{ sql: 'announced >= ?', values: [from] }]),
    ...(to === undefined ? [] : [{ sql: 'announced < ?', values: [to] }]),
  ];
}

function ofAddressed({ addressed }: RunFilter): readonly Condition[] {
  if (addressed === undefined) return [];
  return [{ sql: `state = 'failed' AND unaddressed ${addressed ? '=' : '>'} 0`, values: [] }];
}

/** Runs are heard of as they are announced, but for the few that overtake each other: no more than so many. */
const overtaking = 1_000;

/** Where in the list the time is: runs before and after it need not be looked at. */
function nearTime({ from, to }: RunFilter): readonly Condition[] {
  const end = (which: 'min' | 'max', condition: string, order: string): string =>
    `(SELECT ${which}(seq) FROM (SELECT seq FROM runs INDEXED BY runs_announced WHERE announced ${condition} ORDER BY announced ${order} LIMIT ${String(overtaking)}))`;
  return [
    ...(from === undefined ? [] : [{ sql: `seq >= ${end('min', '>= ?', 'ASC')}`, values: [from] }]),
    ...(to === undefined ? [] : [{ sql: `seq <= ${end('max', '< ?', 'DESC')}`, values: [to] }]),
  ];
}

function equal(column: string, value: string | undefined): readonly Condition[] {
  return value === undefined ? [] : [{ sql: `${column} = ?`, values: [value] }];
}

/** What a run has to be equal in is among its words, too. */
function ledByWords(
  { match, checks }: Words,
  equals: readonly (string | undefined)[],
  others: readonly Condition[],
): Conditions {
  const exact = equals.filter((value) => value !== undefined && hasWord(value)).map((value) => quoted(value ?? ''));
  const sql = 'SELECT rowid AS candidate FROM run_words WHERE words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?';
  const checked = checks.map(({ sql: check, value }) => ({ sql: check, values: [value] }));
  return { leading: { sql, values: [[...exact, match].join(' AND ')] }, others: [...others, ...checked] };
}

function ledBy(conditions: readonly Condition[]): Condition {
  const where = [...conditions.map(({ sql }) => sql), 'seq < ?'].join(' AND ');
  return {
    sql: `SELECT seq AS candidate FROM runs WHERE ${where} ORDER BY seq DESC LIMIT ?`,
    values: conditions.flatMap(({ values }) => values),
  };
}

function pageOf(rows: readonly SummaryRow[], limit: number): Page<RunSummary> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(summaryOf), ...(rows.length > limit && last ? { next: String(last.seq) } : {}) };
}

const fromTheLatest = 2n ** 62n;

/**
 * The cursor is the number of the page's last run. One that was tampered with starts from the newest. It is bound as a whole
 * number: with one bound as a fraction, FTS5 goes through all that it finds, 20 ms with a million.
 */
function seqOf(cursor: string | undefined): bigint {
  return cursor !== undefined && /^\d{1,15}$/.test(cursor) ? BigInt(cursor) : fromTheLatest;
}
