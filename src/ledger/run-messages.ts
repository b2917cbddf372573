import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../core/json.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { startMessages } from '../recipes/route.ts';
import { finalOutcomes, type SentOutput, type StartedMessage, type StepOutcome } from '../services/record.ts';
import { startedMessages } from '../services/sending.ts';
import type { SummaryRow } from './summaries.ts';
import type { RunState } from './views.ts';

/** A message of a run: what it was sent with, and what became of it. */
export interface RunMessage {
  readonly key: string;
  readonly step: number;
  /** The key of the message that was worked on when it was sent (of a join, of its last member), and the step of that; absent for what the run began with. */
  readonly sender?: { readonly key: string; readonly step: number };
  readonly overErrorLink: boolean;
  /** Absent where it was too large to be kept, was removed since, or was sent by a service that leaves no records. */
  readonly payload?: Json;
  /** Of the payload; absent where nothing tells of its sending. */
  readonly bytes?: number;
  /** Of the payload, where it was too large to be kept. */
  readonly hash?: string;
  /** How its latest delivery ended; absent while none has ended for good. */
  readonly fate?: StepOutcome;
}

/** All messages of a run that is known of, in the order in which they were sent. */
export interface RunMessages {
  readonly run: string;
  readonly state: RunState;
  readonly inferred: boolean;
  /** As the run follows it; absent where it is not kept. */
  readonly recipe?: Recipe;
  readonly messages: readonly RunMessage[];
  readonly steps: ReadonlyMap<number, KnownStep>;
}

/** How much is known of the messages to a step. */
export interface KnownStep {
  /** As was counted when they were sent. */
  readonly sent: number;
  /** Of them, those of which anything is still written down. */
  readonly known: number;
  /** Whether its services leave records. */
  readonly leavesRecords: boolean;
}

/** Reads all messages of a run: some megabytes for some thousands of them. */
export function messagesOf(database: DatabaseSync, row: SummaryRow): RunMessages {
  const announcement = database
    .prepare(
      'SELECT recipe, started FROM runs JOIN announcements ON announcements.seq = runs.announcement WHERE runs.id = ?',
    )
    .get(row.id);
  const recipe = parsed<Recipe>(announcement?.['recipe']);
  const deliveries = database
    .prepare('SELECT key, step, outcome, outputs FROM deliveries WHERE run = ? ORDER BY seq')
    .all(row.seq) as unknown as readonly DeliveryRow[];
  const sent = [...beginnings(row.id, recipe, announcement?.['started']), ...deliveries.flatMap(outputsOf)];
  const fates = fatesOf(deliveries);
  const known = new Set(sent.map(({ key }) => key));
  // Their senders leave no records, or tell only that they sent.
  const unknown = [...fates].flatMap(([key, { step, fate }]) =>
    known.has(key) ? [] : [{ key, step, overErrorLink: false, ...fateOf({ fate }) }],
  );
  return {
    run: row.id,
    state: row.state,
    inferred: row.inferred === 1,
    ...(recipe ? { recipe } : {}),
    messages: [
      // What was settled twice is told of twice.
      ...new Map(sent.map((message) => [message.key, { ...message, ...fateOf(fates.get(message.key)) }])).values(),
      ...unknown,
    ],
    steps: knownSteps(database, row.seq, [...sent, ...unknown]),
  };
}

interface DeliveryRow {
  readonly key: string;
  readonly step: number;
  readonly outcome: StepOutcome;
  readonly outputs: string | null;
}

interface Fate {
  readonly step: number;
  readonly fate: StepOutcome | undefined;
}

function fateOf(known: Pick<Fate, 'fate'> | undefined): { readonly fate?: StepOutcome } {
  return known?.fate === undefined ? {} : { fate: known.fate };
}

/** A run that began in the middle of its recipe was told with what; else the recipe says so. */
function beginnings(run: string, recipe: Recipe | undefined, started: unknown): RunMessage[] {
  const told = parsed<readonly StartedMessage[]>(started);
  const sent = told ?? (recipe ? startedMessages(startMessages(recipe, { ID: run }, run)) : []);
  return sent.map((output) => ({ ...messageOf(output), overErrorLink: output.overErrorLink === true }));
}

function outputsOf({ key, step, outcome, outputs }: DeliveryRow): RunMessage[] {
  const told = parsed<readonly SentOutput[]>(outputs) ?? [];
  return told.map((output) => ({
    ...messageOf(output),
    sender: { key, step },
    overErrorLink: outcome === 'error-link',
  }));
}

function messageOf({ key, step, payload, bytes, hash }: SentOutput): Omit<RunMessage, 'overErrorLink'> {
  return { key, step, bytes, ...(payload === undefined ? {} : { payload }), ...(hash === undefined ? {} : { hash }) };
}

/** The latest end of each message counts: a dead letter may have been sent again. A duplicate of it says nothing of it. */
function fatesOf(deliveries: readonly DeliveryRow[]): ReadonlyMap<string, Fate> {
  const fates = new Map<string, Fate>();
  for (const { key, step, outcome } of deliveries) {
    const isEnd = finalOutcomes.has(outcome) && !(outcome === 'duplicate' && fates.get(key)?.fate !== undefined);
    fates.set(key, { step, fate: isEnd ? outcome : fates.get(key)?.fate });
  }
  return fates;
}

function knownSteps(database: DatabaseSync, run: number, messages: readonly RunMessage[]): RunMessages['steps'] {
  const rows = database.prepare('SELECT step, sent, records FROM steps WHERE run = ?').all(run);
  const bySteps = Map.groupBy(messages, ({ step }) => step);
  return new Map(
    rows.map(({ step, sent, records }) => [
      Number(step),
      { sent: Number(sent), known: bySteps.get(Number(step))?.length ?? 0, leavesRecords: Number(records) > 0 },
    ]),
  );
}

function parsed<Value>(text: unknown): Value | undefined {
  return typeof text === 'string' ? (JSON.parse(text) as Value) : undefined;
}
