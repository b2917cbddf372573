import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { JsonObject } from '../../core/json.ts';
import { textHash } from '../../recipes/hash.ts';
import type {
  AnnouncementRecord,
  RecipeSource,
  ReinjectionRecord,
  ReplyRecord,
  StepRecord,
} from '../../services/record.ts';
import type { ResultView } from '../views.ts';

/** A message that ended in a dead-letter queue. */
export interface Death {
  readonly step: number;
  readonly service: string;
  readonly reason: string | null;
}

/** A source as the store keeps it: in place of its text the hash of that. */
export type SourceRow = RecipeSource;

/** Writes the tables that hold one row a record. Each method is told a record and answers whether it is news. */
export class RecordRows {
  readonly #delivery: StatementSync;
  readonly #dead: StatementSync;
  readonly #deaths: StatementSync;
  readonly #reinjection: StatementSync;
  readonly #result: StatementSync;
  readonly #announcement: StatementSync;
  readonly #hasQueue: StatementSync;
  readonly #announced: StatementSync;
  readonly #text: StatementSync;
  readonly #textUse: StatementSync;
  readonly #reply: StatementSync;
  readonly #queue: StatementSync;
  readonly #firstDeath: StatementSync;

  constructor(database: DatabaseSync) {
    this.#delivery = database.prepare(
      `INSERT INTO deliveries (run, id, key, step, service, host, attempt, deferral, outcome, sent, received, started,
       finished, code, message, outputs, reinjected, deadMessage, budget, budgetUsed, program)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#dead = database.prepare('SELECT deadMessage FROM deliveries WHERE run = ? AND id = ?');
    this.#deaths = database.prepare(
      `SELECT 1 FROM deliveries WHERE run = ? AND id > ? AND id < ? AND outcome = 'dead' AND reinjected = ?
       AND seq < last_insert_rowid() LIMIT 1`,
    );
    this.#reinjection = database.prepare(
      'INSERT INTO reinjections (run, id, step, time, user) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#result = database.prepare('INSERT INTO results (run, step, time, result) VALUES (?, ?, ?, ?)');
    this.#announcement = database.prepare(
      `INSERT INTO announcements (id, messageId, run, outcome, reason, queue, host, received, settled, replyTo,
       correlationId, replyBy, recipeHash, parameters, recipe, sourceHash, sources, traceparent)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING RETURNING seq`,
    );
    this.#hasQueue = database.prepare('SELECT 1 FROM recorded_queues WHERE queue = ?');
    this.#announced = database.prepare('SELECT received, recipe FROM announcements WHERE seq = ?');
    this.#text = database.prepare('INSERT INTO texts (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING');
    this.#textUse = database.prepare(
      'INSERT INTO text_uses (hash, uses) VALUES (?, 1) ON CONFLICT (hash) DO UPDATE SET uses = uses + 1',
    );
    this.#reply = database.prepare(
      `INSERT INTO replies (id, run, status, recipient, outcome, time, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#queue = database.prepare('INSERT INTO recorded_queues (queue) VALUES (?) ON CONFLICT DO NOTHING');
    this.#firstDeath = database.prepare(
      `SELECT step, service, code || ': ' || message AS reason FROM deliveries WHERE run = ? AND outcome = 'dead'
       ORDER BY seq LIMIT 1`,
    );
  }

  /**
   * A record is stored once by its id. The one exception: a dead letter that is sent again as it stands has the same
   * key and attempt, and so the same id, and is another delivery all the same: the broker's id tells it apart.
   */
  addDelivery(run: number, record: StepRecord): boolean {
    if (this.#insertDelivery(run, record.id, record)) return true;
    const before = this.#dead.get(run, record.id)?.['deadMessage'];
    if (typeof before !== 'string' || before === record.messageId) return false;
    return this.#insertDelivery(run, `${record.id}/${record.messageId}`, record);
  }

  /**
   * True when the message had ended in a dead-letter queue before this delivery of it, the latest, did, and no record
   * tells of its re-injection: other tools than `baton dlq` leave none, and do not count in its headers either.
   */
  wasDead(run: number, { key, reinjected = 0 }: StepRecord): boolean {
    // Ids are `key.attempt.deferral`, and "/" comes right after ".".
    return this.#deaths.get(run, `${key}.`, `${key}/`, reinjected) !== undefined;
  }

  addReinjection(run: number, { id, step, time, user }: ReinjectionRecord): boolean {
    return this.#reinjection.run(run, id, step, Math.round(time), user ?? null).changes === 1;
  }

  #insertDelivery(run: number, id: string, record: StepRecord): boolean {
    const {
      key,
      step,
      service,
      host,
      attempt,
      deferral,
      outcome,
      cause,
      outputs,
      reinjected = 0,
      messageId,
      budget,
      program,
    } = record;
    const times = [record.sent, record.received, record.started, record.finished].map(Math.round);
    const sent = outputs.length === 0 ? null : JSON.stringify(outputs);
    const found = [run, id, key, step, service, host, attempt, deferral, outcome, ...times];
    const dead = outcome === 'dead' ? messageId : null;
    const { changes } = this.#delivery.run(
      ...found,
      cause?.code ?? null,
      cause?.message ?? null,
      sent,
      reinjected,
      dead,
      budget?.seconds ?? null,
      budget?.used ?? null,
      program ? JSON.stringify(program) : null,
    );
    return changes === 1;
  }

  addResult(run: number, { step, time, result }: ResultView): void {
    this.#result.run(run, step, time, JSON.stringify(result));
  }

  /** The new row's number; undefined when the record is known. */
  addAnnouncement(record: AnnouncementRecord): number | undefined {
    const { id, messageId, run, outcome, reason, queue, host, received, settled, parameters, recipe } = record;
    const sources = record.sources?.map(refersToText);
    const row = this.#announcement.get(
      ...[id, messageId, run, outcome, reason ?? null, queue, host, Math.round(received), Math.round(settled)],
      ...[record.replyTo ?? null, record.correlationId ?? null, rounded(record.replyBy), record.recipeHash ?? null],
      ...[JSON.stringify(parameters), recipe ? JSON.stringify(recipe) : null],
      ...[record.sourceHash ?? null, sources ? JSON.stringify(sources) : null, record.traceparent ?? null],
    );
    if (!row) return undefined;
    for (const { text } of record.sources ?? []) if (text !== undefined) this.#keep(text);
    return Number(row['seq']);
  }

  /** Texts have a table of their own, each once, with how often it is referred to. */
  #keep(text: string): void {
    const hash = textHash(text);
    this.#text.run(hash, text);
    this.#textUse.run(hash);
  }

  addReply({ id, run, status, to, outcome, time, reason }: ReplyRecord): boolean {
    return this.#reply.run(id, run, status, to, outcome, Math.round(time), reason ?? null).changes === 1;
  }

  /** Remembers that the consumers of a queue leave records. */
  addQueue(queue: string): void {
    this.#queue.run(queue);
  }

  hasQueue(queue: string): boolean {
    return this.#hasQueue.get(queue) !== undefined;
  }

  /** When an announcement was received, and the recipe that its run follows, where that was kept. */
  announcement(seq: number): { readonly received: number; readonly recipe: JsonObject } {
    const { received, recipe = null } = this.#announced.get(seq) ?? {};
    return { received: Number(received), recipe: JSON.parse(String(recipe ?? '{}')) as JsonObject };
  }

  firstDeath(run: number): Death | undefined {
    return this.#firstDeath.get(run) as Death | undefined;
  }
}

function refersToText({ text, ...source }: RecipeSource): SourceRow {
  return text === undefined ? source : { ...source, text: textHash(text) };
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value);
}
