import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Attached } from './attached.ts';
import type { Canceller } from './canceller.ts';
import { each } from './each.ts';
import type { JobEnd, SlurmFiles } from './files.ts';
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
  /** Nothing of that job is needed any more. */
  readonly forget: (id: string) => void;
  /** Milliseconds between two looks. */
  readonly poll: number;
  readonly log: Log;
}

/** Of the time, so much is spent with asking Slurm: the more jobs it has to tell of, the less often it is asked; but at least so often (ms). */
const slurmShare = 1 / 20;
const seldom = 10_000;
/** Milliseconds after which a job that Slurm forgot is handed over again. */
const forgottenPatience = 15_000;
/** The same after which what Slurm says of the end of a job is believed, where nobody but Slurm says it; and after which one that is still there is cancelled again. */
const certainty = 500;
const insistence = 5_000;

/** Looks what becomes of all jobs in Slurm that are waited for: in the shared folder, and, seldom, in Slurm. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #stopping = new AbortController();
  #looking: Promise<unknown> | undefined;
  #lookedAt = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    // Slurm may take long to say that it is away; what stands in the folder is looked at all the same.
    this.#looking ??= Promise.all([
      this.#repeat(async () => await this.#lookAtFiles()),
      this.#repeat(async () => await this.#lookAtSlurm(), slurmShare),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
  }

  /** Finds out where in Slurm a job is that was handed over. */
  async located(attached: Attached): Promise<void> {
    const { files } = this.#options;
    const handed = await files.handed(attached.id);
    const number = handed && (await files.slurmOf(handed.batch));
    if (!handed || number === undefined || attached.begun) return;
    attached.inSlurm = { name: nameOf(number, handed.index), since: performance.now() };
  }

  /** Ends a job: it fails with that reason if it has not begun. */
  cancel(attached: Attached, reason: Error): void {
    attached.cancelled ??= { reason, at: performance.now() };
    void this.#cancel(attached);
  }

  async #cancel(attached: Attached): Promise<void> {
    if (!attached.inSlurm) return;
    await this.#options.canceller.cancel(attached.inSlurm.name);
    if (attached.cancelled) attached.cancelled = { ...attached.cancelled, at: performance.now() };
  }

  async #repeat(look: () => Promise<void>, share = 1): Promise<void> {
    const { signal } = this.#stopping;
    const { poll, log, attached } = this.#options;
    let pause = poll;
    const stops = (): Promise<boolean> => sleep(pause, false, { signal }).catch(() => true);
    while (!(await stops())) {
      pause = poll;
      if (attached.size === 0) continue;
      const from = performance.now();
      try {
        await look();
        pause = Math.max(poll, Math.min((performance.now() - from) / share, seldom));
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
      attached.heardAt = Math.min(attached.heardAt + stoodStill, performance.now());
      const end = ended.has(attached.id) ? await files.ended(attached.id) : undefined;
      if (end) return attached.take(end);
      await attached.hear();
      if (attached.cancelled) await this.#takeAsked(attached);
      if (!attached.isSettled) await this.#checkLease(attached);
    });
  }

  /** What was told to end, as it was cancelled here, has no other end. */
  async #takeAsked(attached: Attached): Promise<void> {
    const { files } = this.#options;
    const asked = attached.begun && (await files.asked(files.life(attached.id, attached.begun)));
    if (asked) await this.#decide(attached, { ended: asked });
  }

  /** The first end that is told is that of the job, whoever tells it. */
  async #decide(attached: Attached, end: JobEnd): Promise<void> {
    const { files } = this.#options;
    const isFirst = await files.end(attached.id, end);
    const told = isFirst ? end : await files.ended(attached.id);
    if (told) attached.take(told);
  }

  async #lookAtSlurm(): Promise<void> {
    const from = performance.now();
    const view = await lookAtQueue(this.#options.tools);
    const gone = this.#waiting.filter((attached) => !this.#isThere(attached, view, from));
    const ends = gone.filter((attached) => attached.cancelled === undefined || attached.begun !== undefined);
    const givenUp = gone.filter((attached) => !ends.includes(attached));
    if (givenUp.length > 0) await this.#gaveUp(givenUp, from);
    if (ends.length > 0) await this.#judge(ends);
  }

  /** True for one that waits or runs, or of which the look could not know yet. */
  #isThere(attached: Attached, view: QueueView, from: number): boolean {
    const { inSlurm } = attached;
    if (!inSlurm || inSlurm.since > from) return true;
    const job = view.job(inSlurm.name);
    attached.state = job?.state;
    if (!job) return false;
    attached.goneSince = undefined;
    const isWaiting = /^(?:PENDING|CONFIGURING|REQUEUED|REQUEUE_\w+|SPECIAL_EXIT)$/.test(job.state);
    if (isWaiting) attached.isBack = attached.begun !== undefined;
    if (isWaiting && !attached.begun) attached.waits(whyWaits(job.state, job.reason));
    if (attached.cancelled && attached.cancelled.at < from - insistence) void this.#cancel(attached);
    return true;
  }

  /** Cancelled before they began, and Slurm has taken them out. */
  async #gaveUp(gone: readonly Attached[], from: number): Promise<void> {
    const { files } = this.#options;
    const begun = await files.allBegun();
    for (const attached of gone) {
      const { cancelled, id } = attached;
      // It had been looked at before Slurm was told; or it has begun at the last moment.
      if (!cancelled || cancelled.at > from || begun.has(id)) continue;
      attached.fail(cancelled.reason);
      this.#options.forget(id);
    }
  }

  async #judge(gone: readonly Attached[]): Promise<void> {
    const names = new Map(gone.map((attached) => [attached.inSlurm?.name ?? '', attached]));
    const records = await this.#options.records.of([...names.keys()]);
    await each([...names], async ([name, attached]) => {
      const record = records.get(name);
      attached.goneSince ??= performance.now();
      if (!record) this.#isUnknown(attached);
      // One that is put back is seen as over, for a moment.
      else if (attached.cancelled || performance.now() > attached.goneSince + certainty)
        await this.#isOver(attached, name, record);
    });
  }

  /** Slurm says that it is over: with its own end, if it told that. */
  async #isOver(attached: Attached, name: string, record: SlurmRecord): Promise<void> {
    const { files } = this.#options;
    await attached.hear();
    const { id, job, begun } = attached;
    const claimed = await files.claimed(id);
    // Another in Slurm, of a hand-over whose answer was late, has it.
    if (claimed !== undefined && claimed !== name) {
      attached.inSlurm = { name: claimed, since: performance.now() };
      return;
    }
    const asked = begun && (await files.asked(files.life(id, begun)));
    const complaints = await files.complaintsOf(id);
    await this.#decide(attached, verdictOf(record, { job, begun, asked, complaints, soFar: await attached.soFar() }));
  }

  /** Neither the controller nor the accounts know it. One that runs is heard of, or lost. */
  #isUnknown(attached: Attached): void {
    const { handover, log } = this.#options;
    const { id, begun, goneSince = Infinity } = attached;
    if (begun || performance.now() < goneSince + forgottenPatience) return;
    attached.goneSince = undefined;
    attached.inSlurm = undefined;
    log.warn({ job: id }, 'Slurm has forgotten a job: it is handed over again');
    void handover.again(id).then(
      async () => await this.located(attached),
      (error: unknown) => attached.fail(error as Error),
    );
  }

  async #checkLease(attached: Attached): Promise<void> {
    const { canceller } = this.#options;
    const { begun, inSlurm, isBack, heardAt, state } = attached;
    // Nobody proves anything while it is held.
    const isHeld = isBack || (state !== undefined && /^(?:SUSPENDED|STOPPED)$/.test(state));
    if (isHeld) attached.heardAt = performance.now();
    if (!begun || isHeld || performance.now() < heardAt + lease) return;
    const says = state === undefined ? 'Slurm does not know it any more' : `Slurm calls it ${state}`;
    const cause = `nothing was heard of it for ${Math.round(lease / 1000)} s; ${says}`;
    await this.#decide(attached, lost(begun, await attached.soFar(), cause));
    if (inSlurm) await canceller.cancel(inSlurm.name);
  }
}
