import { open } from 'node:fs/promises';
import { BatonError } from '../../core/errors.ts';
import type { Ended, Job, JobListener } from '../backend.ts';
import { Tail } from '../tail.ts';
import type { Begun, JobEnd, LifeFiles, SlurmFiles } from './files.ts';

/** Bytes of the end of what a job printed that are kept of one that cannot tell its end. */
const lastKept = 48 * 1024;

/** Where a job stands in Slurm. */
interface InSlurm {
  /** `123`, or, in an array, `123_4`. */
  readonly name: string;
  /** When this was known. */
  readonly since: number;
}

/** A job in Slurm that this process waits for. */
export class Attached {
  readonly id: string;
  readonly job: Pick<Job, 'origin' | 'resources'>;
  readonly #files: SlurmFiles;
  readonly #listener: JobListener;
  readonly #end = Promise.withResolvers<Ended>();
  readonly #asked = performance.now();
  #host: string | undefined;
  #why: string | undefined;
  #life: ListenedLife | undefined;
  /** Lines of answers that were told: another life begins with the same. */
  #answered = 0;
  #begunAt: number | undefined;
  inSlurm: InSlurm | undefined;
  begun: Begun | undefined;
  /** When it last proved that it lives. */
  heardAt = performance.now();
  /** Slurm has put it back: nobody proves anything until it begins again. */
  isBack = false;
  /** It is to end: why, and since when. */
  cancelled: { readonly reason: Error; readonly at: number } | undefined;
  /** What Slurm called it last, of what waits or runs; and since when it is not among that. */
  state: string | undefined;
  goneSince: number | undefined;
  isSettled = false;

  constructor(id: string, job: Attached['job'], files: SlurmFiles, listener: JobListener) {
    this.id = id;
    this.job = job;
    this.#files = files;
    this.#listener = listener;
    this.#end.promise.catch(() => undefined);
  }

  /** How it ended. Rejects with what it was given up for, and with why it could not be started. */
  get ended(): Promise<Ended> {
    return this.#end.promise;
  }

  fail(reason: Error): void {
    this.isSettled = true;
    this.#end.reject(reason);
  }

  take(end: JobEnd): void {
    this.isSettled = true;
    if ('refused' in end) return this.#end.reject(BatonError.of({ ...end.refused, fields: {} }));
    this.#begins(end.ended.host);
    this.#end.resolve(end.ended);
  }

  waits(why: string): void {
    if (this.#why === why) return;
    this.#why = why;
    this.#listener.waits?.(why);
  }

  /** It runs: takes over what it tells. */
  async hear(): Promise<void> {
    const begun = await this.#files.begun(this.id);
    if (!begun) return;
    if (begun.name !== this.begun?.name || begun.life !== this.begun.life) this.#lives(begun);
    const news = await this.#life?.news();
    if (!news) return;
    this.heardAt = performance.now();
    if (news.hasStarted) this.#begins(begun.host);
    if (news.printed) this.#listener.printed?.(news.printed);
    if (news.answered) this.#tellAnswers(news.answered);
  }

  /** Of one that does not tell its end: the last that it printed, and its times. */
  async soFar(): Promise<Pick<Ended, 'log' | 'waited' | 'seconds'>> {
    const now = performance.now();
    const begunAt = this.#begunAt ?? now;
    const log = this.begun ? await endOf(this.#files.life(this.id, this.begun).printed) : '';
    return { log, waited: (begunAt - this.#asked) / 1000, seconds: (now - begunAt) / 1000 };
  }

  #lives(begun: Begun): void {
    this.begun = begun;
    this.inSlurm = { name: begun.name, since: this.inSlurm?.since ?? performance.now() };
    this.isBack = false;
    this.heardAt = performance.now();
    this.#begunAt = performance.now();
    this.#life = new ListenedLife(this.#files, this.#files.life(this.id, begun));
  }

  #begins(host: string): void {
    if (this.#host === undefined && host !== '') this.#listener.started?.((this.#host = host));
  }

  #tellAnswers({ from, lines }: { readonly from: number; readonly lines: readonly string[] }): void {
    const fresh = lines.slice(Math.max(0, this.#answered - from));
    this.#answered = Math.max(this.#answered, from + lines.length);
    if (fresh.length > 0) this.#listener.answered?.(fresh);
  }
}

/** One life of a job, as it is listened to. */
class ListenedLife {
  readonly #files: SlurmFiles;
  readonly #of: LifeFiles;
  readonly #printed = new Tail();
  readonly #answered = new Tail({ staysWhole: true });
  #beat = 0;
  #read = { printed: 0, answered: 0 };
  #answers = 0;

  constructor(files: SlurmFiles, of: LifeFiles) {
    this.#files = files;
    this.#of = of;
  }

  /** What is new; undefined where it has not proved anything since. */
  async news(): Promise<
    | {
        readonly hasStarted: boolean;
        readonly printed?: readonly string[];
        readonly answered?: { readonly from: number; readonly lines: readonly string[] };
      }
    | undefined
  > {
    const news = await this.#files.news(this.#of);
    if (!news || news.beat === this.#beat) return undefined;
    this.#beat = news.beat;
    const before = this.#read;
    this.#read = news;
    const from = this.#answers;
    const answered = news.answered > before.answered ? await this.#all(this.#of.answered, this.#answered) : [];
    this.#answers += answered.length;
    return {
      hasStarted: news.hasStarted,
      ...(news.printed > before.printed ? { printed: await this.#latest() } : {}),
      ...(answered.length > 0 ? { answered: { from, lines: answered } } : {}),
    };
  }

  async #latest(): Promise<readonly string[]> {
    await using file = await open(this.#of.printed);
    const skipped = this.#printed.catchUp((await file.stat()).size);
    const lines = await this.#printed.lines(file);
    return skipped === 0 ? lines : [`… ${skipped} bytes left out …`, ...lines];
  }

  async #all(path: string, tail: Tail): Promise<readonly string[]> {
    await using file = await open(path);
    const all: string[] = [];
    for (;;) {
      const lines = await tail.lines(file);
      if (lines.length === 0) return all;
      all.push(...lines);
    }
  }
}

async function endOf(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const from = Math.max(0, size - lastKept);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(size - from), 0, undefined, from);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}
