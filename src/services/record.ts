import type { Json, JsonObject } from '../core/json.ts';

/** How a delivery ended. `later` and `retry` park the message: it waits on; all others are final. */
export type StepOutcome =
  'done' | 'joined' | 'later' | 'retry' | 'error-link' | 'dead' | 'skipped' | 'duplicate' | 'cancelled' | 'late';

/** The outcomes after which a message no longer waits. */
export const finalOutcomes: ReadonlySet<StepOutcome> = new Set([
  'done',
  'joined',
  'error-link',
  'dead',
  'skipped',
  'duplicate',
  'cancelled',
  'late',
]);

/** A message that a step sent: to which step, over which channel, and its payload, or only its size and hash when it is long. */
export interface SentOutput {
  readonly step: number;
  readonly channel: string;
  readonly key: string;
  readonly payload?: Json;
  readonly bytes: number;
  readonly hash?: string;
}

/** A message that a run began with. */
export interface StartedMessage extends SentOutput {
  /** It tells of a failure. */
  readonly overErrorLink?: true;
}

/** Why a delivery did not end well. */
export interface Cause {
  readonly code: string;
  readonly message: string;
}

/** What a program took that a step ran, and how it ended. Times are seconds, memory is bytes. */
export interface ProgramAccount {
  readonly name: string;
  readonly backend: string;
  /** Where it ran. */
  readonly host: string;
  /** Absent where a signal ended it. */
  readonly exitCode?: number;
  readonly signal?: string;
  /** The limit for which it was ended. */
  readonly exceeded?: string;
  /** Whoever ran it was not heard of any more. */
  readonly isLost?: boolean;
  readonly waited: number;
  readonly seconds: number;
  /** Absent for what ended before anybody looked. */
  readonly cpuSeconds?: number;
  readonly peakMemory?: number;
}

/** One delivery of one message to one step, as settled. Times are milliseconds since 1970 UTC. */
export interface StepRecord {
  readonly kind: 'step';
  /** key.attempt.deferral, and .r and how often it was re-injected, if it was: a delivery settled twice has one id and is stored once. */
  readonly id: string;
  readonly run: string;
  readonly key: string;
  readonly messageId: string;
  readonly step: number;
  readonly queue: string;
  readonly service: string;
  readonly host: string;
  readonly attempt: number;
  readonly deferral: number;
  /** How often the message was re-injected, if it was. */
  readonly reinjected?: number | undefined;
  readonly outcome: StepOutcome;
  readonly cause?: Cause | undefined;
  /** Steps that sent the message on, `recipe-path` as it came: what Python services did is inferred from it. */
  readonly path: readonly number[];
  readonly sent: number;
  readonly received: number;
  readonly started: number;
  readonly finished: number;
  /** Where the step has one: the seconds from the announcement in which it should have finished, and those that had passed. */
  readonly budget?: { readonly seconds: number; readonly used: number } | undefined;
  /** How many messages the transaction sent to each step (by number, as text). */
  readonly sends: Readonly<Record<string, number>>;
  readonly outputs: readonly SentOutput[];
  /** What the step published, for the run page. */
  readonly results?: readonly Json[] | undefined;
  /** The same where it is only one, as it was written before a step could publish several. */
  readonly result?: Json;
  /** Of the program that was run for it, if one was. */
  readonly program?: ProgramAccount | undefined;
}

/** A message that goes on to a step, as its sender routed it. */
export interface ToldMessage {
  readonly step: number;
  readonly channel: string;
  readonly key: string;
  readonly queue?: string;
  readonly topic?: string;
  /** Seconds. */
  readonly delay: number;
  readonly group?: string;
  readonly payload: Json;
}

/**
 * What a step tells while it still works: messages that the ledger sends on for it, each once by its key, however often
 * it is told of them. So a handler that runs again tells the same again, and nobody hears it twice.
 */
export interface ProgressRecord {
  readonly kind: 'progress';
  /** The key of the first of its messages. */
  readonly id: string;
  readonly run: string;
  /** The step that tells. */
  readonly step: number;
  readonly queue: string;
  readonly service: string;
  readonly time: number;
  /** When the message that it works on was sent. */
  readonly sent: number;
  /** What all its messages carry. */
  readonly envelope: {
    readonly environment: JsonObject;
    readonly recipe: JsonObject;
    readonly path: readonly number[];
  };
  readonly messages: readonly ToldMessage[];
}

/** A recipe that a run was made from. */
export interface RecipeSource {
  /** Its name in the recipe folder, or `custom_recipe`. */
  readonly name: string;
  /** By meaning, as read: see `recipeHash`. */
  readonly hash: string;
  /** As it was on disk; absent where it is too large to be kept. */
  readonly text?: string;
  readonly bytes: number;
  /** What the rule that chose it adds to the parameters, as the rule has it: placeholders not filled in. */
  readonly parameters?: JsonObject;
}

/** What became of one announcement. */
export interface AnnouncementRecord {
  readonly kind: 'announcement';
  /** As a step's: what names this delivery of the message. */
  readonly id: string;
  readonly messageId: string;
  readonly outcome: 'accepted' | 'refused' | 'duplicate' | 'later';
  readonly reason?: string;
  readonly run: string;
  readonly queue: string;
  readonly host: string;
  readonly received: number;
  readonly settled: number;
  readonly recipes: readonly string[];
  readonly parameters: JsonObject;
  /** What the configuration found in the parameters, where it found it. */
  readonly beamline?: string;
  readonly visit?: string;
  readonly collection?: string;
  readonly runNumber?: string;
  readonly event?: string;
  readonly user?: string;
  readonly recipeHash?: string;
  /** The instantiated recipe that the run follows; absent, too, where it is too large to be kept. */
  readonly recipe?: JsonObject;
  readonly sourceHash?: string;
  /** What it was made from, in the order of merging. */
  readonly sources?: readonly RecipeSource[];
  /** The run that this one repeats. */
  readonly rerunOf?: string;
  readonly sends: Readonly<Record<string, number>>;
  /** The messages that these are, where they are not those that the recipe begins with. */
  readonly started?: readonly StartedMessage[];
  readonly replyTo?: string;
  readonly correlationId?: string;
  readonly replyBy?: number;
  readonly lane?: string;
  /** Of the run, as its environment has it. */
  readonly traceparent?: string;
}

/** A final or late answer that the replier gave, or could not give. */
export interface ReplyRecord {
  readonly kind: 'reply';
  /** The reply's key: one per run and status (and per result message). */
  readonly id: string;
  readonly run: string;
  readonly status: string;
  readonly to: string;
  readonly outcome: 'sent' | 'late' | 'undeliverable';
  readonly time: number;
  readonly reason?: string;
}

/** A message that the ledger counted as dead, and that was sent to its step again. */
export interface ReinjectionRecord {
  readonly kind: 'reinjection';
  /** key.r and how often it was re-injected, with this time. */
  readonly id: string;
  readonly run: string;
  readonly step: number;
  readonly time: number;
  /** Who asked for it. */
  readonly user?: string;
}

/** The wish that a run be cancelled. The ledger knows whether it comes in time. */
export interface CancellationRecord {
  readonly kind: 'cancellation';
  /** Names the wish. */
  readonly id: string;
  readonly run: string;
  readonly reason?: string;
  /** Who asked for it. */
  readonly user?: string;
  /** Who asked for it has had it written into the audit. */
  readonly audited?: boolean;
}

/** What became of a join; or a question about it, which the ledger answers. */
export interface JoinRecord {
  readonly kind: 'join';
  /** The join's key. */
  readonly id: string;
  readonly run: string;
  /**
   * `asked`: has it closed? `closing`: it is to close with these members, unless it has closed without them. `open`: its
   * members are dead letters, and may be sent again.
   */
  readonly state: 'asked' | 'closing' | 'closed' | 'open';
  /** By their keys; only where it is closing. */
  readonly members: readonly string[];
}

export type LedgerRecord =
  StepRecord | ProgressRecord | AnnouncementRecord | ReplyRecord | ReinjectionRecord | CancellationRecord | JoinRecord;

/** The body of a message on the queue `baton.ledger`. */
export interface RecordBatch {
  readonly records: readonly LedgerRecord[];
}
