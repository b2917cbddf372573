import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What is searched for. */
export interface Words {
  /** As a query of FTS5. */
  readonly match: string;
  /** What has to be looked up of each run that the query finds, as conditions with one value. */
  readonly checks: readonly { readonly sql: string; readonly value: string }[];
}

/** The index of words has all beginnings of so many letters; longer ones it would gather from all words that begin so. */
const longestBeginning = 4;
/** A beginning of no more words than this is searched for as these words. */
const wordsAtMost = 16;
/** A word of more runs than this is common: some milliseconds, for who looks at each of them. */
const common = 2_000;

/**
 * Finds runs by words. What FTS5 does with the beginning of a word that is longer than its index of beginnings is to read
 * all runs of all words that begin so, before it tells the first: 30 ms with a million. So such a beginning is put
 * in the place of the words that there are, or, where there are many, its first letters are searched for and each
 * run looked at.
 */
export class WordSearch {
  readonly #database: DatabaseSync;
  #following: StatementSync | undefined;
  #hits: StatementSync | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.function('has_beginning', { deterministic: true }, (text, beginning) =>
      Number(new RegExp(`(?<![\\p{L}\\p{N}])${String(beginning)}`, 'iu').test(String(text))),
    );
  }

  /** The words of a text; undefined when there are none in it, `none` when no run can have them. */
  words(text: string | undefined): Words | 'none' | undefined {
    const words = (text ?? '').split(/\s+/).filter(hasWord);
    if (words.length === 0) return undefined;
    const found = words.map((word) => this.#find(word));
    if (found.includes('none')) return 'none';
    const all = found.filter((each) => each !== 'none');
    const leading = this.#leading(words, all);
    return {
      match: leading.map(({ match }) => match).join(' AND '),
      checks: all.flatMap((each, at) => (leading.includes(each) ? each.checks : [checkOf(words[at] ?? '')])),
    };
  }

  /**
   * What the index is asked for. Of words that are all common it would go through all runs where they never stand
   * together, 40 ms with a million, before it tells so: there one leads, and the others are looked for in what it finds.
   */
  #leading(words: readonly string[], all: readonly Words[]): readonly Words[] {
    if (all.length === 1 || all.some(({ match }) => !this.#isCommon(match))) return all;
    const leading = all.filter((_, at) => !isPlain(words[at] ?? ''));
    return leading.length > 0 ? leading : all.slice(0, 1);
  }

  #isCommon(match: string): boolean {
    this.#hits ??= this.#database.prepare(
      'SELECT count(*) AS hits FROM (SELECT 1 FROM run_words WHERE words MATCH ? LIMIT ?)',
    );
    return Number(this.#hits.get(match, common + 1)?.['hits']) > common;
  }

  #find(word: string): Words | 'none' {
    const beginning = word.toLowerCase();
    if (beginning.length <= longestBeginning || !isPlain(word)) return { match: begun(word), checks: [] };
    const known = this.#wordsWith(beginning);
    if (known.length === 0) return 'none';
    if (known.length <= wordsAtMost) return { match: `(${known.map(quoted).join(' OR ')})`, checks: [] };
    return { match: begun(beginning.slice(0, longestBeginning)), checks: [checkOf(word)] };
  }

  /** The words that begin so, as far as they are not too many. */
  #wordsWith(beginning: string): readonly string[] {
    this.#following ??= this.#prepare();
    const words: string[] = [];
    for (let from = beginning; words.length <= wordsAtMost;) {
      const word = this.#following.get(from)?.['term'];
      if (typeof word !== 'string' || !word.startsWith(beginning)) break;
      words.push(word);
      // Nothing stands between the two: the word itself would be read through all its runs.
      from = `${word}\u0001`;
    }
    return words;
  }

  #prepare(): StatementSync {
    this.#database.exec(
      "CREATE VIRTUAL TABLE IF NOT EXISTS temp.run_vocabulary USING fts5vocab('main', 'run_words', 'instance')",
    );
    return this.#database.prepare('SELECT term FROM temp.run_vocabulary WHERE term >= ? LIMIT 1');
  }
}

/** What the words of a run are made from; see `RunRows`. */
const searchedText = ['id', 'recipes', 'beamline', 'visit', 'collection', 'runNumber', 'event', 'user']
  .map((column) => `coalesce(${column}, '')`)
  .join(" || ' ' || ");

/** That some word of the run begins with this one. */
function checkOf(word: string): Words['checks'][number] {
  return { sql: `has_beginning(${searchedText}, ?)`, value: word.toLowerCase() };
}

/** Of other letters the index has its own idea of which are the same. */
function isPlain(word: string): boolean {
  return /^[a-z0-9]+$/i.test(word);
}

/** Whether there is anything in it that is searched for. */
export function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** Quoted, so that nothing in it is an operator: `"mx2369-1" *` finds what begins so. */
function begun(word: string): string {
  return `${quoted(word)} *`;
}

/** Exactly the words of a text, one after the other. */
export function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}
