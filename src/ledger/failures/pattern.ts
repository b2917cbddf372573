import { digest } from '../../core/json.ts';

/** What stands for the part of a message that differs from failure to failure. */
const hole = '…';
/** Characters of a message that count: what tells causes apart stands in front. */
const readAtMost = 500;
const patternAtMost = 300;

/**
 * A message with its variable parts folded, so that failures of one cause have one pattern: quoted words, and words with
 * a digit or a slash (numbers, paths, ids, times, names of collections) become a hole, and several in a row become one.
 */
export function patternOf(message: string): string {
  const folded = message
    .slice(0, readAtMost)
    .replaceAll(/(?<![\p{L}\p{N}])(["'`])[^"'`]*\1(?![\p{L}\p{N}])/gu, hole)
    .replaceAll(/[^\s,;()[\]{}=|]+/g, foldWord)
    .replaceAll(/…(?:[\s,;]+…)+/g, hole)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return folded.slice(0, patternAtMost).toWellFormed();
}

/** The stop at the end of a sentence is not part of its last word. */
function foldWord(word: string): string {
  if (!/[\p{N}/\\]/u.test(word)) return word;
  return hole + (/[.:!?"'`]+$/.exec(word)?.[0] ?? '');
}

/** What failures of one group have in common. */
export interface GroupKey {
  readonly step: number | undefined;
  readonly service: string | undefined;
  /** Where no step tells: the queue of dead letters. */
  readonly queue: string | undefined;
  readonly code: string;
  readonly pattern: string;
  /** The hash of what the recipe was made from. */
  readonly version: string | undefined;
}

/** The id of the group: the same for the same cause, in every ledger. */
export function groupId({ step, service, queue, code, pattern, version }: GroupKey): string {
  const place = step === undefined ? ['queue', queue ?? ''] : ['step', step, service ?? ''];
  return digest(...place, code, pattern, version ?? '').slice(0, 16);
}
