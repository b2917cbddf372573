import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Attached } from './attached.ts';
import type { Canceller } from './canceller.ts';
import type { Handed, JobEnd, SlurmFiles } from './files.ts';
import type { Handover } from './handover.ts';
import { lookAtQueue, nameOf, type QueueView } from './queue-view.ts';
import type { SlurmRecord, SlurmRecords } from './records.ts';
import { lease } from './settings.ts';
import type { SlurmTools } from './tools.ts';
import { lost, verdictOf } from './verdict.ts';
import { whyWaits } from './words.ts';

export interface WatchOptions {
  readonly attached: ReadonlyMap<string, Attached>;
  readonly files: SlurmFiles;
  readonly tools: SlurmTools;
  readonly handover: Handover;
  readonly canceller: Canceller;
  readonly records: SlurmRecords;
  /** Milliseconds between two looks. */
  readonly poll: number;
  readonly log: Log;
}

/** Of the time, so much is spent with asking Slurm, at most: the more jobs it has to tell of, the less often it is asked. */
const share = 1 / 20;
/** Files of so many jobs are looked at together. */
const together = 64;
/** Milliseconds after which a job that Slurm forgot is handed over again. */
const forgottenPatience = 15_000;

/** Looks what becomes of all jobs in Slurm that are waited for: in the shared folder, and, seldom, in Slurm. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #stopping = new AbortController();
  #looking: Promise<void> | undefined;
  #lookedAt = 0;
  #queueAt = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#looking ??= this.#look();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
  }

  /** Finds out where in Slurm a job is that was handed over. */
  async located(attached: Attached): Promise<void> {
    const { files } = this.#options;
    const handed = await files.handed(attached.id);
    if (handed) await this.#locatedIn(attached, handed);
  }

  async #locatedIn(attached: Attached, { batch, index }: Handed): Promise<void> {
    const number = await this.#options.files.slurmOf(batch);
    attached.inSlurm =
      number === undefined ? undefined : { batch, index, name: nameOf(number, index), since: performance.now() };
  }

  /** Ends a job: it fails with that reason if it has not begun. */
  cancel(attached: Attached, reason: Error): void {
    attached.cancelled ??= { reason, at: performance.now() };
    void this.#cancel(attached);
  }

  async #cancel(attached: Attached): Promise<void> {
    if (!attached.inSlurm) return;
    await this.#options.canceller.cancel(attached.inSlurm.name);
    attached.cancelled = { reason: attached.cancelled?.reason ?? new Error('cancelled'), at: performance.now() };
    this.#queueAt = 0;
  }

  async #look(): Promise<void> {
    const { poll, log } = this.#options;
    while (!this.#stopping.signal.aborted) {
      await sleep(poll, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#options.attached.size === 0) continue;
      try {
        await this.#lookAtFiles();
        if (performance.now() >= this.#queueAt) await this.#lookAtSlurm();
      } catch (error) {
        log.debug({ reason: messageOf(error) }, 'jobs in Slurm cannot be looked at');
      }
    }
  }

  get #waiting(): Attached[] {
    return Array.from(this.#options.attached.values()).filter(({ isSettled }) => !isSettled);
  }

  async #lookAtFiles(): Promise<void> {
    const { files, poll } = this.#options;
    const [ended, begun] = [await files.allEnded(), await files.allBegun()];
    // Where this process, or the file system, stood still, nobody could be heard.
    const stoodStill = Math.max(0, performance.now() - this.#lookedAt - 2 * poll - 1_000);
    this.#lookedAt = performance.now();
    const some = this.#waiting.filter(({ id }) => ended.has(id) || begun.has(id));
    await each(some, async (attached) => {
      attached.heardAt += stoodStill;
      const end = ended.has(attached.id) ? await files.ended(attached.id) : undefined;
      if (end) return attached.take(end);
      await attached.hear();
      if (attached.cancelled) await this.#takeAsked(attached);
    });
  }

  /** What was told to end, as it was cancelled here, has no other end. */
  async #takeAsked(attached: Attached): Promise<void> {
    const { files } = this.#options;
    const asked = attached.begun && (await files.asked(files.life(attached.id, attached.begun)));
    if (asked) await this.#decide(attached, asked);
  }

  /** The first end that is told is that of the job, whoever tells it. */
  async #decide(attached: Attached, end: JobEnd): Promise<void> {
    const { files } = this.#options;
    const isFirst = await files.end(attached.id, end);
    const told = isFirst ? end : await files.ended(attached.id);
    if (told) attached.take(told);
  }

  async #lookAtSlurm(): Promise<void> {
    const { tools, poll } = this.#options;
    const from = performance.now();
    // What fails is asked again as if it had answered.
    this.#queueAt = from + poll;
    const view = await lookAtQueue(tools);
    this.#queueAt = Math.max(this.#queueAt, performance.now() + (performance.now() - from) / share);
    const gone = this.#waiting.filter((attached) => !this.#isThere(attached, view, from));
    const ends = gone.filter((attached) => attached.cancelled === undefined || attached.begun !== undefined);
    const givenUp = gone.filter((attached) => !ends.includes(attached));
    await each(givenUp, async (attached) => await this.#gaveUp(attached, from));
    if (ends.length > 0) await this.#judge(ends);
    await each(this.#waiting, async (attached) => await this.#checkLease(attached, view));
  }

  /** True for one that waits or runs, or of which the look could not know yet. */
  #isThere(attached: Attached, view: QueueView, from: number): boolean {
    const { inSlurm } = attached;
    if (!inSlurm || inSlurm.since > from) return true;
    const job = view.job(inSlurm.name);
    if (!job) return false;
    attached.unknownSince = undefined;
    const isWaiting = /^(?:PENDING|CONFIGURING|REQUEUED|REQUEUE_\w+|SPECIAL_EXIT)$/.test(job.state);
    if (isWaiting) attached.isBack = attached.begun !== undefined;
    if (isWaiting && !attached.begun) attached.waits(whyWaits(job.state, job.reason));
    // Nobody proves anything while it is held.
    if (isWaiting || /^(?:SUSPENDED|STOPPED)$/.test(job.state)) attached.heardAt = performance.now();
    if (attached.cancelled && attached.cancelled.at < from - lease / 4) void this.#cancel(attached);
    return true;
  }

  /** Cancelled before it began, and Slurm has taken it out. */
  async #gaveUp(attached: Attached, from: number): Promise<void> {
    const { files } = this.#options;
    const { cancelled } = attached;
    // It had been looked at before Slurm was told; or it has begun at the last moment.
    if (!cancelled || cancelled.at > from || (await files.begun(attached.id)) !== undefined) return;
    attached.fail(cancelled.reason);
    await files.forget(attached.id);
  }

  async #judge(gone: readonly Attached[]): Promise<void> {
    const names = new Map(gone.map((attached) => [attached.inSlurm?.name ?? '', attached]));
    const records = await this.#options.records.of([...names.keys()]);
    await each([...names], async ([name, attached]) => {
      const record = records.get(name);
      if (record) await this.#isOver(attached, record);
      else await this.#isUnknown(attached);
    });
  }

  /** Slurm says that it is over: with its own end, if it told that. */
  async #isOver(attached: Attached, record: SlurmRecord): Promise<void> {
    const { files } = this.#options;
    await attached.hear();
    const { id, job, begun, inSlurm } = attached;
    // Another in Slurm, of a hand-over whose answer was lost, has it.
    if (begun && begun.batch !== inSlurm?.batch) return await this.#locatedIn(attached, begun);
    const asked = begun && (await files.asked(files.life(id, begun)));
    const complaints = inSlurm ? await files.complaintsOf(inSlurm) : '';
    await this.#decide(attached, verdictOf(record, { job, begun, asked, complaints, soFar: await attached.soFar() }));
  }

  /** Neither the controller nor the accounts know it. One that runs is heard of, or lost. */
  async #isUnknown(attached: Attached): Promise<void> {
    const { handover, log } = this.#options;
    const { id, job, begun } = attached;
    attached.unknownSince ??= performance.now();
    if (begun || performance.now() < attached.unknownSince + forgottenPatience) return;
    attached.unknownSince = undefined;
    attached.inSlurm = undefined;
    log.warn({ job: id }, 'Slurm has forgotten a job: it is handed over again');
    void handover.again(id, job).then(
      async () => await this.located(attached),
      (error: unknown) => attached.fail(error as Error),
    );
  }

  async #checkLease(attached: Attached, view: QueueView): Promise<void> {
    const { canceller } = this.#options;
    const { begun, inSlurm, isBack, heardAt } = attached;
    if (!begun || isBack || performance.now() < heardAt + lease) return;
    const job = inSlurm && view.job(inSlurm.name);
    const says = job ? `Slurm calls it ${job.state}` : 'Slurm does not know it any more';
    const cause = `nothing was heard of it for ${Math.round(lease / 1000)} s; ${says}`;
    await this.#decide(attached, lost(begun, await attached.soFar(), cause));
    if (inSlurm) await canceller.cancel(inSlurm.name);
  }
}

async function each<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += together)
    await Promise.all(items.slice(from, from + together).map(act));
}
