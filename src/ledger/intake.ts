import { messageOf } from '../core/errors.ts';
import { isObject, type Json } from '../core/json.ts';
import { parseJson, type JsonLimits } from '../recipes/bounded-json.ts';
import { brief } from '../recipes/problem.ts';
import { recordText, shownRecords } from '../services/record-text.ts';
import { readEntry, type Entry } from './record-schema.ts';

/** Something in a message that is no record. `place` is its index among the records, or -1 for the whole body. */
export interface Malformed {
  readonly place: number;
  readonly reason: string;
  /** As it came, cut to a bearable length. */
  readonly body: string;
}

/** A message's body, read: every record in it that can be, and what cannot. */
export interface Intake {
  readonly entries: readonly Entry[];
  readonly malformed: readonly Malformed[];
}

/** How much of a malformed body is kept, in characters. */
const kept = 16_384;

/** Records of several transactions come in one message, which may be as large as brokers take them; a recipe and its parameters may be nested in each other. */
const limits: JsonLimits = { bytes: 100 * 1024 * 1024, depth: 300 };

/** Reads the body of a message of the queue `baton.ledger`. Never throws: one bad record harms no other. */
export function parseBatch(body: Buffer): Intake {
  const entries: Entry[] = [];
  const malformed: Malformed[] = [];
  for (const [place, value] of recordsOf(body, malformed).entries()) {
    const entry = readEntry(value);
    if (typeof entry === 'string') malformed.push({ place, reason: entry, body: JSON.stringify(value).slice(0, kept) });
    else entries.push(entry);
  }
  return { entries, malformed };
}

function recordsOf(body: Buffer, malformed: Malformed[]): readonly Json[] {
  const refuse = (reason: string): readonly Json[] => {
    malformed.push({ place: -1, reason, body: shownRecords(body, kept) });
    return [];
  };
  try {
    const batch = parseJson(recordText(body, limits.bytes), 'The message', limits);
    const records = isObject(batch) ? batch['records'] : undefined;
    return Array.isArray(records) ? records : refuse(`records: expected a list of records, got ${brief(records)}`);
  } catch (error) {
    return refuse(messageOf(error));
  }
}
