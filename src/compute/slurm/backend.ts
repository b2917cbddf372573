import { messageOf } from '../../core/errors.ts';
import { silent, type Log } from '../../core/log.ts';
import { endings, type Backend, type Ended, type HandedOver, type Job, type JobListener } from '../backend.ts';
import { noSlurm } from '../errors.ts';
import { Attached } from './attached.ts';
import { Canceller } from './canceller.ts';
import { Capacity } from './capacity.ts';
import { each } from './each.ts';
import { jobId } from '../job-id.ts';
import { SlurmFiles } from './files.ts';
import { Handover } from './handover.ts';
import { nameOf } from './queue-view.ts';
import { SlurmRecords } from './records.ts';
import type { SlurmSettings } from './settings.ts';
import { SlurmTools } from './tools.ts';
import { refusal } from './verdict.ts';
import { Watch } from './watch.ts';

export interface SlurmOptions extends SlurmSettings {
  readonly log?: Log;
}

/**
 * Runs programs on the nodes of a cluster, by way of Slurm. A job is named by its key, so that handing it over twice makes
 * one; who asks for it again, after a restart of everything, finds it where it is.
 */
export class SlurmBackend implements Backend {
  readonly name = 'slurm';
  readonly #log: Log;
  readonly #files: SlurmFiles;
  readonly #tools: SlurmTools;
  readonly #capacity: Capacity;
  readonly #handover: Handover;
  readonly #canceller: Canceller;
  readonly #attached = new Map<string, Attached>();
  readonly #watch: Watch;
  /** Jobs of a batch that are not forgotten, as far as this process knows. */
  readonly #unforgotten = new Map<string, number>();
  /** Jobs that nobody waits for, of which nothing is to be kept. */
  #forgettable: string[] = [];
  #forgetting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: SlurmOptions) {
    this.#log = options.log ?? silent;
    this.#files = new SlurmFiles(options.folder);
    this.#tools = new SlurmTools(options);
    this.#capacity = new Capacity(this.#tools, options);
    const hindered = (id: string, why: string): void => this.#attached.get(id)?.waits(why);
    this.#handover = new Handover(this.#files, this.#tools, options, this.#log, hindered);
    this.#canceller = new Canceller(this.#tools, this.#log);
    this.#watch = new Watch({
      ...{
        attached: this.#attached,
        files: this.#files,
        tools: this.#tools,
        log: this.#log,
        poll: options.poll * 1000,
      },
      ...{ handover: this.#handover, canceller: this.#canceller, records: new SlurmRecords(this.#tools, this.#log) },
      forget: (id) => this.#forgetLater(id),
    });
  }

  /** Throws `compute.no-slurm` where its commands are not, and `compute.open-folder`. A Slurm that does not answer is waited for. */
  async start(): Promise<void> {
    await this.#files.check();
    await this.#files.make();
    await this.#tools.run('sbatch', ['--version']).catch((cause: unknown) => {
      throw noSlurm({ reason: messageOf(cause) }, { cause });
    });
    await this.#files.forgetOld(Date.now());
    this.#watch.start();
  }

  readonly submit = async (job: Job): Promise<void> => {
    await this.#capacity.check(job);
    await this.#handover.submit(job);
  };

  async run(job: Job, signal: AbortSignal, listener: JobListener = {}): Promise<Ended> {
    signal.throwIfAborted();
    const id = jobId(job.key);
    const attached = new Attached(id, { origin: job.origin, resources: job.resources }, this.#files, listener);
    this.#attached.set(id, attached);
    const giveUp = (): void => this.#giveUp(attached, signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      const handing = this.#hand(attached, job);
      await Promise.race([handing, attached.ended]);
      const ended = await attached.ended;
      // Or it would find nothing of the job, once that is forgotten, and have it run again.
      await handing.catch(() => undefined);
      return ended;
    } finally {
      signal.removeEventListener('abort', giveUp);
      if (this.#attached.get(id) === attached) this.#attached.delete(id);
    }
  }

  readonly forget = async ({ key }: HandedOver): Promise<void> => {
    await this.#forget(jobId(key));
  };

  readonly abandon = async ({ key }: HandedOver): Promise<void> => {
    const id = jobId(key);
    const [handed, job] = await Promise.all([this.#files.handed(id), this.#files.job(id)]);
    if (!handed || !job) return;
    // One that begins now ends at once, and what runs finds that it was given up, also where Slurm does not hear of it.
    await this.#files.end(id, refusal({ job, complaints: '' }, 'nobody waits for it any more'));
    const number = await this.#files.slurmOf(handed.batch);
    if (number !== undefined) await this.#canceller.cancel(nameOf(number, handed.index));
  };

  /** Lets go of what runs: it goes on, and whoever starts next finds it. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    for (const attached of this.#attached.values()) attached.fail(new Error('The backend stops.'));
    // One that is about to be handed over is looked for by its name, by whoever asks for it again.
    this.#tools.stop();
    this.#canceller.stop();
    await this.#handover.stop();
    await this.#watch.stop();
    await this.#forgetting;
  }

  async #hand(attached: Attached, job: Job): Promise<void> {
    const { id } = attached;
    await this.submit(job);
    await this.#watch.located(attached);
    if (attached.cancelled) this.#watch.cancel(attached, attached.cancelled.reason);
    // It may have ended long ago.
    const end = await this.#files.ended(id);
    if (end && !attached.isSettled) attached.take(end);
  }

  #giveUp(attached: Attached, reason: Error): void {
    const { code } = reason as { readonly code?: unknown };
    if (!endings.has(code)) return attached.fail(reason);
    if (this.#handover.withdraw(attached.id, reason)) {
      attached.fail(reason);
      return this.#forgetLater(attached.id);
    }
    this.#watch.cancel(attached, reason);
  }

  #forgetLater(id: string): void {
    this.#forgettable.push(id);
    this.#forgetting ??= this.#forgetAll().finally(() => (this.#forgetting = undefined));
  }

  async #forgetAll(): Promise<void> {
    while (this.#forgettable.length > 0) {
      const some = this.#forgettable;
      this.#forgettable = [];
      await each(some, async (id) => await this.#forget(id)).catch((error: unknown) => {
        this.#log.warn({ reason: messageOf(error) }, 'files of jobs stay in the folder');
      });
    }
  }

  async #forget(id: string): Promise<void> {
    const handed = await this.#files.handed(id);
    await this.#files.forget(id);
    if (!handed) return;
    const { batch } = handed;
    const { jobs = [] } = (await this.#files.batch(batch)) ?? {};
    const left = (this.#unforgotten.get(batch) ?? jobs.length) - 1;
    if (left > 0) this.#unforgotten.set(batch, left);
    else {
      this.#unforgotten.delete(batch);
      await this.#files.forgetBatch(batch);
    }
  }
}
