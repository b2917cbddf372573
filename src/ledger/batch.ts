import type { Json } from '../core/json.ts';
import { newsMessage, type CancellationNews } from '../services/cancellation-news.ts';
import { joinAnswer, type JoinAnswer } from '../services/join-claims.ts';
import type { Destinations } from '../services/names.ts';
import {
  finalOutcomes,
  type AnnouncementRecord,
  type CancellationRecord,
  type JoinRecord,
  type ProgressRecord,
  type ReinjectionRecord,
  type ReplyRecord,
  type StepRecord,
} from '../services/record.ts';
import { countSends } from '../services/sending.ts';
import type { Outgoing } from '../stomp/client.ts';
import { Budgets, type OverBudget } from './budgets.ts';
import { finalReply } from './final-reply.ts';
import { parseBatch, type Malformed } from './intake.ts';
import type { Entry, QuietRecord } from './record-schema.ts';
import { RunChange } from './run-change.ts';
import type { Cancellation } from './tables/cancellations.ts';
import { toldFrames } from './told.ts';
import type { RunRow } from './tables/runs.ts';
import { standing, sumOf, type Standing, type StepTallies } from './states.ts';
import type { Tables } from './tables/tables.ts';
import type { Total } from './tables/totals.ts';
import type { ResultView } from './views.ts';

/** A message of the queue `baton.ledger`. */
export interface RecordMessage {
  /** The broker's id of it, which stays the same when it is delivered again. */
  readonly messageId: string;
  readonly body: Buffer;
}

/** A result that a run published. */
export interface RunResult {
  readonly run: string;
  readonly result: ResultView;
}

/** A run was cancelled over the broker. */
export interface UnauditedCancellation {
  readonly run: string;
  readonly user?: string;
  readonly reason?: string;
  /** False when nobody has heard of the run yet. */
  readonly known: boolean;
}

/** Record messages on their way into the store, inside one transaction of it. */
export class Batch {
  readonly #tables: Tables;
  readonly #now: number;
  readonly #runs = new Map<string, RunChange>();
  readonly #queues = new Set<string>();
  readonly #totals = new Map<Total, number>();
  readonly #cancellations: { readonly messageId: string; readonly record: CancellationRecord }[] = [];
  readonly #progress: { readonly messageId: string; readonly record: ProgressRecord }[] = [];
  readonly #joins: { readonly messageId: string; readonly answer: JoinAnswer }[] = [];
  readonly #budgets: Budgets;
  #hasFailures = false;
  readonly results: RunResult[] = [];
  /** Cancellations that nobody has written into the audit. */
  readonly unaudited: UnauditedCancellation[] = [];

  constructor(tables: Tables, now: number) {
    this.#tables = tables;
    this.#now = now;
    this.#budgets = new Budgets(tables, now);
  }

  /** Steps that are over their budgets since this batch. */
  get overBudget(): readonly OverBudget[] {
    return this.#budgets.over;
  }

  /** The ids of the runs that something new was heard of. */
  get runs(): readonly string[] {
    const heard = [...this.#runs.values()].filter((run) => run.isNews).map(({ id }) => id);
    return [...new Set([...heard, ...this.overBudget.map(({ run }) => run)])];
  }

  /** True when something failed, or what had failed was sent again. */
  get hasFailures(): boolean {
    return this.#hasFailures;
  }

  /** True when an announcement was settled. */
  get announced(): boolean {
    return [...this.#totals.keys()].some((total) => total.startsWith('announcements.'));
  }

  add({ messageId, body }: RecordMessage): void {
    const { entries, malformed } = parseBatch(body);
    for (const bad of malformed) this.refuse(messageId, bad);
    for (const entry of entries) this.#enter(entry, messageId);
  }

  refuse(messageId: string, malformed: Malformed): void {
    if (this.#tables.malformed.add(messageId, malformed, this.#now)) this.#count('malformed');
  }

  /**
   * Draws the balance of every run that changed, and writes down the final answers that are due. Returns what is sent,
   * beside those, with the acknowledgement of a message, by its id.
   */
  close(destinations: Destinations): ReadonlyMap<string, readonly Outgoing[]> {
    for (const { messageId, record } of this.#progress) this.#tell(record, messageId, destinations);
    for (const run of this.#runs.values()) if (run.isNews) this.#conclude(run, destinations);
    for (const name of this.#queues) this.#tables.records.addQueue(name);
    this.#budgets.look((id) => this.#known(id)?.row);
    if (this.overBudget.length > 0) this.#count('budgets.over', this.overBudget.length);
    this.#tables.totals.add(this.#totals);
    const answers: readonly (readonly [messageId: string, Outgoing])[] = [
      ...this.#cancellations.map(
        ({ messageId, record }) => [messageId, newsMessage(this.#cancel(record), destinations)] as const,
      ),
      ...this.#joins.map(({ messageId, answer }) => [messageId, joinAnswer(answer, destinations)] as const),
    ];
    const byMessage = Map.groupBy(answers, ([messageId]) => messageId);
    return new Map([...byMessage].map(([messageId, those]) => [messageId, those.map(([, message]) => message)]));
  }

  #enter(entry: Entry, messageId: string): void {
    switch (entry.kind) {
      case 'step':
        return this.#enterStep(entry, messageId);
      case 'progress':
        this.#progress.push({ messageId, record: entry });
        return;
      case 'announcement':
        return this.#enterAnnouncement(entry, messageId);
      case 'reply':
        return this.#enterReply(entry);
      case 'reinjection':
        return this.#enterReinjection(entry, messageId);
      case 'quiet':
        return this.#enterQuiet(entry, messageId);
      case 'due':
        return this.#budgets.note(entry);
      case 'cancellation':
        this.#cancellations.push({ messageId, record: entry });
        return;
      case 'join':
        return this.#enterJoin(entry, messageId);
      default:
        entry satisfies never;
    }
  }

  #enterStep(record: StepRecord, messageId: string): void {
    const run = this.#run(record.run, record.sent);
    if (!run) return;
    if (!this.#tables.records.addDelivery(run.row.seq, record)) return;
    const isAgain =
      run.hasDead && finalOutcomes.has(record.outcome) && this.#tables.records.wasDead(run.row.seq, record);
    run.addDelivery(record, isAgain, messageId);
    if (record.outcome === 'dead') this.#fail(record);
    else if (isAgain) this.#recover(record.run, record.key);
    this.#count(`deliveries.${record.outcome}`);
    this.#queues.add(record.queue);
    this.#budgets.use(record);
    for (const published of resultsOf(record)) {
      const result = { time: Math.round(record.finished), step: record.step, result: published };
      this.#tables.records.addResult(run.row.seq, result);
      this.results.push({ run: record.run, result });
    }
  }

  #fail({ run, key, step, service, host, cause, finished, reinjected = 0 }: StepRecord): void {
    const { code = '', message = '' } = cause ?? {};
    this.#tables.failures.add({
      ...{ run, key, step, service, host, code, message, died: finished, reinjected, isRecorded: true },
      ...this.#tables.failures.recipeOf(run),
      ...{ queue: undefined, letter: undefined },
    });
    this.#hasFailures = true;
  }

  #recover(run: string, key: string): void {
    if (this.#tables.failures.remove(run, key)) this.#hasFailures = true;
  }

  /** Each message once, however often it is told of. It leaves with the acknowledgement of the record that was first. */
  #tell(record: ProgressRecord, messageId: string, destinations: Destinations): void {
    const run = this.#run(record.run, record.sent);
    if (!run) return;
    const news = record.messages.filter(({ key }) => this.#tables.told.add(run.row.seq, key));
    if (news.length === 0) return;
    run.addProgress(record, countSends(news), messageId);
    this.#queues.add(record.queue);
    const frames = toldFrames(record, news, destinations, this.#now);
    for (const [index, frame] of frames.entries())
      this.#tables.caused.add(messageId, `${record.id} ${index}`, frame, this.#now);
  }

  #enterJoin(record: JoinRecord, messageId: string): void {
    const members = this.#tables.joins.enter(record, this.#now);
    if (record.state === 'closing' || record.state === 'asked')
      this.#joins.push({ messageId, answer: { join: record.id, members } });
  }

  #enterReinjection(record: ReinjectionRecord, messageId: string): void {
    const run = this.#run(record.run, record.time);
    if (!run) return;
    if (!this.#tables.records.addReinjection(run.row.seq, record)) return;
    run.addReinjection(record, messageId);
    this.#recover(record.run, record.id.replace(/\.r\d+$/, ''));
    this.#count('reinjections');
  }

  /** An announcement that has to wait for its files is settled many times; only what became of it is kept. */
  #enterAnnouncement(record: AnnouncementRecord, messageId: string): void {
    if (record.outcome === 'later' || (record.outcome === 'accepted' && this.#isOfRemoved(record))) return;
    const announcement = this.#tables.records.addAnnouncement(record);
    if (announcement === undefined) return;
    if (record.started) this.#tables.starts.keep(announcement, record.started);
    this.#count(`announcements.${record.outcome}`);
    if (record.outcome !== 'accepted') return;
    const run = this.#run(record.run, record.received);
    if (!run) return;
    if (run.announcement === null) {
      this.#tables.runs.announce(run.row.seq, announcement, record);
      this.#budgets.promise(run.row.seq, record);
    }
    run.addAnnouncement(announcement, record, messageId);
  }

  /** The note counts only if nothing has been heard of the run since it was written. */
  #enterQuiet({ run: id, heard }: QuietRecord, messageId: string): void {
    const run = this.#known(id);
    if (run?.row.state === 'running' && run.row.heard === heard) run.endQuietly(messageId);
  }

  /** What was told with it of the run's end counts first. The same wish again, when its message comes again, is answered again. */
  #cancel(record: CancellationRecord): CancellationNews {
    const { run } = record;
    const row = this.#tables.runs.find(run);
    const { state } = row ?? this.#tables.removed.find(run) ?? { state: 'running' };
    if (state !== 'running') return { kind: 'answer', run, state: 'ended', ended: state };
    const isFirst = this.#tables.cancellations.add(record, this.#now);
    if (isFirst && record.audited !== true) this.unaudited.push({ ...record, known: row !== undefined });
    if (row) return { kind: 'answer', run, state: 'cancelled' };
    this.#tables.cancellations.forgetUnknown(this.#now);
    return { kind: 'answer', run, state: 'unknown' };
  }

  #enterReply(record: ReplyRecord): void {
    if (!this.#known(record.run) && this.#tables.removed.find(record.run)) return this.#count('removed.late');
    if (this.#tables.records.addReply(record)) this.#count(`replies.${record.outcome}`);
  }

  /**
   * An id that was announced anew, long after its run was removed, is another run; the same record that comes late is
   * not: it was counted when it came first.
   */
  #isOfRemoved({ run, settled }: AnnouncementRecord): boolean {
    const removed = this.#known(run) ? undefined : this.#tables.removed.find(run);
    if (!removed) return false;
    if (settled > removed.time) this.#tables.removed.forget(run);
    else this.#count('removed.late');
    return settled <= removed.time;
  }

  /**
   * The run's changes; the first that is heard of a run makes its row. Undefined when the run was removed: a part of it
   * would look like a run that goes on for ever.
   */
  #run(id: string, time: number): RunChange | undefined {
    const known = this.#known(id);
    if (known) return known;
    if (this.#tables.removed.find(id)) {
      this.#count('removed.late');
      return undefined;
    }
    this.#count('runs.running');
    return this.#changing(id, this.#tables.runs.create(id, Math.round(time)));
  }

  #known(id: string): RunChange | undefined {
    const changing = this.#runs.get(id);
    if (changing) return changing;
    const row = this.#tables.runs.find(id);
    return row && this.#changing(id, row);
  }

  #changing(id: string, row: RunRow): RunChange {
    const run = new RunChange(id, row);
    this.#runs.set(id, run);
    return run;
  }

  #conclude(run: RunChange, destinations: Destinations): void {
    const { seq, state } = run.row;
    for (const [step, change] of run.steps) this.#tables.steps.add(seq, step, change);
    const steps = this.#tables.steps.of(seq);
    const drawn = standing(steps, { announced: run.announcement !== null, quiet: run.isQuiet });
    const cancellation = drawn.state === 'running' ? undefined : this.#tables.cancellations.end(run.id, this.#now);
    const now = cancellation ? { ...drawn, state: 'cancelled' as const } : drawn;
    this.#tables.runs.conclude(seq, now, this.#now, run.latest);
    this.#budgets.conclude(run.id, seq, now.state);
    if (run.announcement !== null) {
      const counted = { counts: run.row.announcement !== null, failed: state === 'failed' };
      this.#tables.recipeVersions.change(run.announcement, counted, { counts: true, failed: now.state === 'failed' });
    }
    if (now.state !== state) {
      this.#count(`runs.${state}`, -1);
      this.#count(`runs.${now.state}`);
    }
    const reply = this.#finalReply(run, now, steps, cancellation, destinations);
    if (reply) this.#tables.caused.add(run.messageId, run.id, reply, this.#now);
  }

  /** The answer that is due when a run ends for the first time; one that goes on after all is not answered twice. */
  #finalReply(
    run: RunChange,
    { state, inferred }: Standing,
    steps: readonly StepTallies[],
    cancellation: Cancellation | undefined,
    destinations: Destinations,
  ): Outgoing | undefined {
    const { seq, answered } = run.row;
    if (state === 'running' || answered || run.announcement === null) return undefined;
    const address = this.#tables.runs.answer(seq, run.announcement);
    if (!address) return undefined;
    const firstDeath = this.#tables.records.firstDeath(seq);
    const ending = { run: run.id, state, inferred, totals: sumOf(steps), firstDeath, cancellation, address };
    return finalReply(ending, (name) => destinations.queue(name));
  }

  #count(total: Total, count = 1): void {
    this.#totals.set(total, (this.#totals.get(total) ?? 0) + count);
  }
}

function resultsOf({ results, result }: StepRecord): readonly Json[] {
  return results ?? (result === undefined ? [] : [result]);
}
