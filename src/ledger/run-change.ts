import type { AnnouncementRecord, ProgressRecord, ReinjectionRecord, StepRecord } from '../services/record.ts';
import { finalOutcomes } from '../services/record.ts';
import type { RunRow } from './tables/runs.ts';
import { tallyOf } from './states.ts';
import { StepChange } from './tables/steps.ts';

/** How many messages to which step, by its number. */
type Sends = Readonly<Record<string, number>>;

/** What a batch of records changes at one run: many records, one write for each step they touch. */
export class RunChange {
  readonly id: string;
  readonly row: RunRow;
  readonly steps = new Map<number, StepChange>();
  announcement: number | null;
  /** The latest time in any record, by its writer's clock. */
  latest = 0;
  /** The record message that brought the last news: what the news causes is sent with its acknowledgement. */
  messageId = '';
  #hasDead: boolean;
  #heard = false;
  #quiet = false;

  constructor(id: string, row: RunRow) {
    this.id = id;
    this.row = row;
    this.announcement = row.announcement;
    this.#hasDead = row.hasDead === 1;
  }

  /** True when a message of the run has ended in a dead-letter queue. */
  get hasDead(): boolean {
    return this.#hasDead;
  }

  /** False when all that came of the run was known. */
  get isNews(): boolean {
    return this.#heard || this.#quiet;
  }

  /** True when the run was found silent for long, and nothing came with that. */
  get isQuiet(): boolean {
    return this.#quiet && !this.#heard;
  }

  /** `isAgain`: the message had been in a dead-letter queue, and was sent again from there without a record of that. */
  addDelivery(record: StepRecord, isAgain: boolean, messageId: string): void {
    const step = this.#step(record.step);
    step.service = record.service;
    step.queue = record.queue;
    step.add('records');
    step.add(tallyOf[record.outcome]);
    if (record.outcome === 'dead') this.#hasDead = true;
    if (isAgain) step.add('reinjected');
    if (finalOutcomes.has(record.outcome)) for (const passed of new Set(record.path)) this.#step(passed).add('passed');
    this.#hear(record.sends, record.finished, messageId);
  }

  /** What a step sent that is still at work: it leaves records, whatever else is heard of it. */
  addProgress({ step: number, service, queue, time }: ProgressRecord, sends: Sends, messageId: string): void {
    const step = this.#step(number);
    step.service = service;
    step.queue = queue;
    step.add('records');
    this.#hear(sends, time, messageId);
  }

  addAnnouncement(announcement: number, { sends, settled }: AnnouncementRecord, messageId: string): void {
    this.announcement ??= announcement;
    this.#hear(sends, settled, messageId);
  }

  addReinjection({ step, time }: ReinjectionRecord, messageId: string): void {
    this.#step(step).add('reinjected');
    this.#hear({}, time, messageId);
  }

  endQuietly(messageId: string): void {
    this.#quiet = true;
    this.messageId = messageId;
  }

  #hear(sends: Sends, time: number, messageId: string): void {
    for (const [step, count] of Object.entries(sends)) this.#step(Number(step)).add('sent', count);
    this.latest = Math.max(this.latest, Math.round(time));
    this.messageId = messageId;
    this.#heard = true;
  }

  #step(number: number): StepChange {
    const known = this.steps.get(number) ?? new StepChange();
    this.steps.set(number, known);
    return known;
  }
}
