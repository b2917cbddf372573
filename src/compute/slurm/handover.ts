import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Job } from '../backend.ts';
import { slurmRefused } from '../errors.ts';
import { moduleBeside } from '../../core/module-beside.ts';
import { each } from './each.ts';
import { jobId } from '../job-id.ts';
import type { SlurmFiles } from './files.ts';
import { wishesOf } from './place.ts';
import type { SlurmSettings } from './settings.ts';
import { SlurmFailure, type SlurmTools } from './tools.ts';

/** Jobs in one array at most; less than Slurm's own limit (MaxArraySize, 1001 where nobody changed it). */
const together = 1_000;
/** Milliseconds until Slurm is asked again that could not answer, or would take no more: the first time, and at most. */
const soonest = 250;
const seldom = 15_000;

/** Told to whoever waits for a job that Slurm has not taken yet. */
type Hindered = (id: string, why: string) => void;

/**
 * Hands jobs over to Slurm. What comes together and asks for the same goes as one array. Slurm's answer may be lost, with
 * a broken connection or with this process: so each hand-over has a name that is noted before, by which Slurm is asked whether
 * it has it. Should it come to be there twice all the same, a job is run by whichever claims it first.
 */
export class Handover {
  readonly #files: SlurmFiles;
  readonly #tools: SlurmTools;
  readonly #settings: SlurmSettings;
  readonly #log: Log;
  readonly #hindered: Hindered;
  readonly #stopping = new AbortController();
  readonly #inProgress = new Map<string, Promise<void>>();
  readonly #queue: Waiting[] = [];
  #working: Promise<void> | undefined;

  constructor(files: SlurmFiles, tools: SlurmTools, settings: SlurmSettings, log: Log, hindered: Hindered) {
    this.#files = files;
    this.#tools = tools;
    this.#settings = settings;
    this.#log = log;
    this.#hindered = hindered;
  }

  /** Resolves when Slurm has it, or it has ended. Throws `compute.slurm-refused`, and `compute.unknown-label`. */
  async submit(job: Job): Promise<void> {
    await this.#inOrder(jobId(job.key), job);
  }

  /** One that Slurm forgot is handed over again. */
  async again(id: string): Promise<void> {
    const job = await this.#files.job(id);
    if (job) await this.#inOrder(id, job, true);
  }

  /** Takes one out that has not been handed over. False for one that has, or is about to be. */
  withdraw(id: string, reason: Error): boolean {
    const index = this.#queue.findIndex((waiting) => waiting.id === id);
    const [waiting] = index < 0 ? [] : this.#queue.splice(index, 1);
    waiting?.reject(reason);
    return waiting !== undefined;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The backend stops.'));
    for (const waiting of this.#queue.splice(0)) waiting.reject(this.#stopping.signal.reason as Error);
    await this.#working;
  }

  async #inOrder(id: string, job: Job, isForgotten = false): Promise<void> {
    const already = this.#inProgress.get(id);
    if (already) return await already;
    this.#stopping.signal.throwIfAborted();
    const wishes = wishesOf(job, this.#settings);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue.push({ id, job, isForgotten, wishes, kind: wishes.join(' '), resolve, reject });
    const submitting = promise.finally(() => this.#inProgress.delete(id));
    this.#inProgress.set(id, submitting);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
    await submitting;
  }

  /** Slurm has what was handed over under that name, or had it. */
  async #isWith(batch: string, id: string): Promise<boolean> {
    if ((await this.#files.slurmOf(batch)) !== undefined) return true;
    if ((await this.#files.claimed(id)) !== undefined || (await this.#files.hasEnded(id))) return true;
    return await this.#insisting([id], async () => await this.#find(batch));
  }

  async #work(): Promise<void> {
    // What comes in this turn goes together.
    await sleep(0);
    while (this.#queue.length > 0) {
      const [first, ...others] = await this.#needed(this.#next());
      if (first) await this.#handOver([first, ...others]);
    }
  }

  /** The first, and those behind it that ask for the same: nobody overtakes. */
  #next(): readonly Waiting[] {
    const [first] = this.#queue;
    const isOther = ({ kind, job }: Waiting): boolean =>
      kind !== first?.kind || job.origin.program !== first.job.origin.program;
    const different = this.#queue.findIndex(isOther);
    return this.#queue.splice(0, Math.min(different < 0 ? this.#queue.length : different, together));
  }

  /** Those that Slurm does not have. */
  async #needed(some: readonly Waiting[]): Promise<readonly Waiting[]> {
    const known = new Set<Waiting>();
    await each(some, async (waiting) => {
      try {
        if (!(await this.#isKnown(waiting))) return await this.#files.noteJob(waiting.id, waiting.job);
        waiting.resolve();
      } catch (error) {
        waiting.reject(error as Error);
      }
      known.add(waiting);
    });
    return some.filter((waiting) => !known.has(waiting));
  }

  async #isKnown({ id, isForgotten }: Waiting): Promise<boolean> {
    const handed = isForgotten ? undefined : await this.#files.handed(id);
    return handed !== undefined && (await this.#isWith(handed.batch, id));
  }

  async #handOver(jobs: readonly [Waiting, ...Waiting[]]): Promise<void> {
    const ids = jobs.map(({ id }) => id);
    const batch = randomUUID();
    try {
      const { program } = jobs[0].job.origin;
      const name = `${program.replaceAll(/[^\w.-]/g, '_').slice(0, 40)}.${batch}`;
      await this.#files.noteBatch(batch, { name, jobs: ids, at: Date.now() });
      await this.#insisting(ids, async () => await this.#sbatch(batch, name, jobs));
      for (const { resolve } of jobs) resolve();
    } catch (error) {
      for (const { reject } of jobs) reject(error as Error);
    }
  }

  async #sbatch(batch: string, name: string, jobs: readonly [Waiting, ...Waiting[]]): Promise<void> {
    // One by itself is begun as soon as it is there; those of an array when Slurm looks at them the next time.
    const isArray = jobs.length > 1;
    const given = [
      ...['--parsable', `--job-name=${name}`, '--chdir=/', '--open-mode=append'],
      ...(isArray ? [`--array=0-${jobs.length - 1}`] : []),
      ...[`--output=${this.#files.complaints(batch, isArray ? '%a' : 0)}`, ...jobs[0].wishes],
    ];
    try {
      // `number`, or `number;cluster`.
      const answer = await this.#tools.run('sbatch', given, this.#script(batch));
      await this.#files.noteSlurm(batch, `${answer.trim().split(';')[0]}${isArray ? '_' : ''}`);
    } catch (error) {
      if (!(error instanceof SlurmFailure)) throw error;
      if (isRefused(error))
        throw slurmRefused({ reason: error.message, program: jobs[0].job.origin.program }, { cause: error });
      // It may have heard, and its answer not have come.
      if (!(await this.#find(batch))) throw error;
    }
  }

  /** Nothing in it is a recipe's: whose job it is, stands in the folder that only Baton's account can write to. */
  #script(batch: string): string {
    const { folder, scratch = '', node = process.execPath } = this.#settings;
    const main = moduleBeside(import.meta.url, 'node-main').pathname;
    const words = [node, main, folder, scratch, batch].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const own = ['SLURM_ARRAY_TASK_ID:-0', 'SLURM_ARRAY_JOB_ID:-', 'SLURM_JOB_ID', 'SLURM_RESTART_COUNT:-0'];
    return `#!/bin/sh\nexec ${words.join(' ')} ${own.map((name) => `"\${${name}}"`).join(' ')}\n`;
  }

  /** Asks Slurm for an array by its name; notes its number where it is there, or was. */
  async #find(batch: string): Promise<boolean> {
    const { name = '', jobs = [] } = (await this.#files.batch(batch)) ?? {};
    const known = await this.#tools.run('squeue', ['--states=all', '--noheader', `--name=${name}`, '--format=%F']);
    const [slurm = ''] = known.trim().split('\n');
    if (slurm === '') return false;
    await this.#files.noteSlurm(batch, `${slurm}${jobs.length > 1 ? '_' : ''}`);
    return true;
  }

  /** Until Slurm answers. */
  async #insisting<Value>(ids: readonly string[], act: () => Promise<Value>): Promise<Value> {
    for (let pause = soonest; ; pause = Math.min(2 * pause, seldom)) {
      this.#stopping.signal.throwIfAborted();
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof SlurmFailure)) throw error;
        this.#log.warn({ reason: messageOf(error), jobs: ids.length }, 'Slurm takes no programs now');
        for (const id of ids) this.#hindered(id, `Slurm does not take it now: ${messageOf(error)}`);
        await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }
}

interface Waiting {
  readonly id: string;
  readonly job: Job;
  /** Slurm had it, and does not know it any more. */
  readonly isForgotten: boolean;
  readonly wishes: readonly string[];
  readonly kind: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** It would not take it later either. (Slurm has other words, and the same exit code, where it is away, or full.) */
function isRefused({ message, isUnsure }: SlurmFailure): boolean {
  return (
    !isUnsure &&
    /invalid|not available|not permitted|denied|incorrect|unrecognized|illegal|too many|exceed/i.test(message)
  );
}
