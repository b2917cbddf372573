import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../core/json.ts';
import type { Ended, Job } from '../backend.ts';
import { openFolder } from '../errors.ts';
import { each } from './each.ts';
import { keptFor } from './settings.ts';

/** A job's place in what was handed over together. */
export interface Handed {
  readonly batch: string;
  readonly index: number;
}

/** What is handed over together: a job of Slurm, or an array. Its jobs, by their index. */
export interface Batch {
  readonly name: string;
  readonly jobs: readonly string[];
  /** When, in ms since 1970. */
  readonly at: number;
}

/** Which run of a job it is: Slurm's name of it (`123`, in an array `123_4`), and how often it was put back in the queue. */
export interface Life {
  readonly name: string;
  readonly life: number;
}

/** A job that a node has taken: it may not have started its program yet. */
export interface Begun extends Life {
  readonly host: string;
}

/** What a job proves that it lives with: another each time. */
export interface News {
  readonly beat: number;
  readonly hasStarted: boolean;
  /** Bytes written of what it printed and answered. */
  readonly printed: number;
  readonly answered: number;
}

/** How it came out: it ran, or it could not be started. */
export type JobEnd = { readonly ended: Ended } | { readonly refused: { code: string; message: string; next: string } };

/** Where the files of one life of a job are. */
export interface LifeFiles {
  readonly news: string;
  readonly printed: string;
  readonly answered: string;
  /** How it ended that was told to end by Slurm: whether that is its end, Slurm knows. */
  readonly asked: string;
}

/** Characters that are told of what a job's own part on a node complains of. */
const longestComplaint = 1_000;

/**
 * The folder that a service and the nodes share. What becomes true at one moment for all is one call of the file system:
 * a file that is put in its place whole, or a link that only the first can make.
 */
export class SlurmFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws `compute.open-folder` where others could have programs run by writing there. */
  async check(): Promise<void> {
    const found = await stat(this.#folder).catch(() => undefined);
    const refuse = (problem: string): never => {
      throw openFolder({ folder: this.#folder, problem });
    };
    if (found?.isDirectory() !== true) return refuse('it is not there');
    if (found.uid !== process.getuid?.()) refuse('it belongs to another account than that of Baton');
    if ((found.mode & 0o022) !== 0) refuse('others than the account of Baton may write there');
  }

  async make(): Promise<void> {
    for (const name of ['jobs', 'batches', 'begun', 'ended'])
      await mkdir(join(this.#folder, name), { recursive: true, mode: 0o700 });
    // Accounts of programs pass here on their way to their own.
    await mkdir(join(this.#folder, 'nodes'), { recursive: true, mode: 0o711 });
  }

  /** For what runs on a node of that name. */
  nodeFolder(host: string): string {
    return join(this.#folder, 'nodes', host);
  }

  /** Notes a job, once. */
  async noteJob(id: string, job: Job): Promise<void> {
    await mkdir(this.#job(id), { recursive: true, mode: 0o700 });
    if (!(await isThere(this.#job(id, 'job.json')))) await this.#put(this.#job(id, 'job.json'), job as unknown as Json);
  }

  async job(id: string): Promise<Job | undefined> {
    return await read<Job>(this.#job(id, 'job.json'));
  }

  async handed(id: string): Promise<Handed | undefined> {
    return await read<Handed>(this.#job(id, 'handed.json'));
  }

  async noteBatch(batch: string, noted: Batch): Promise<void> {
    await mkdir(this.#batch(batch), { mode: 0o700 });
    await this.#put(this.#batch(batch, 'batch.json'), noted as unknown as Json);
    await each(noted.jobs, async (id, index) => await this.#put(this.#job(id, 'handed.json'), { batch, index }));
  }

  async batch(batch: string): Promise<Batch | undefined> {
    return await read<Batch>(this.#batch(batch, 'batch.json'));
  }

  async noteSlurm(batch: string, slurm: string): Promise<void> {
    await this.#put(this.#batch(batch, 'slurm.json'), slurm);
  }

  /** Slurm's number of a batch: `123`, of an array `123_`; undefined where nobody knows whether Slurm took it. */
  async slurmOf(batch: string): Promise<string | undefined> {
    return await read<string>(this.#batch(batch, 'slurm.json'));
  }

  /** Where the job's own part on the node complains, before anything else of it works; `%a` is that of each in an array. */
  complaints(batch: string, index: number | '%a'): string {
    return this.#batch(batch, `out.${index}`);
  }

  async complaintsOf(id: string): Promise<string> {
    const handed = await this.handed(id);
    if (!handed) return '';
    return await readFile(this.complaints(handed.batch, handed.index), 'utf8').then(
      (text) => text.slice(-longestComplaint),
      () => '',
    );
  }

  /** True for the one job in Slurm that may run it, should several have been handed over for it. */
  async claim(id: string, name: string): Promise<boolean> {
    const claim = this.#job(id, 'claim.json');
    await this.#putFirst(claim, name);
    return (await read<string>(claim)) === name;
  }

  /** Slurm's name of that. */
  async claimed(id: string): Promise<string | undefined> {
    return await read<string>(this.#job(id, 'claim.json'));
  }

  async noteBegun(id: string, begun: Begun): Promise<void> {
    await this.#put(this.#begun(id), { ...begun });
  }

  async begun(id: string): Promise<Begun | undefined> {
    return await read<Begun>(this.#begun(id));
  }

  async allBegun(): Promise<ReadonlySet<string>> {
    return new Set((await readdir(join(this.#folder, 'begun'))).filter(isName));
  }

  /** The end of a job is what was told first. True where it is this. */
  async end(id: string, end: JobEnd): Promise<boolean> {
    return await this.#putFirst(this.#ended(id), end as unknown as Json);
  }

  async ended(id: string): Promise<JobEnd | undefined> {
    return await read<JobEnd>(this.#ended(id));
  }

  async hasEnded(id: string): Promise<boolean> {
    return await isThere(this.#ended(id));
  }

  async allEnded(): Promise<ReadonlySet<string>> {
    return new Set((await readdir(join(this.#folder, 'ended'))).filter(isName));
  }

  life(id: string, { name, life }: Life): LifeFiles {
    const of = (what: string): string => this.#job(id, `${name}.${life}.${what}`);
    return { news: of('news.json'), printed: of('printed'), answered: of('answered'), asked: of('asked.json') };
  }

  async noteNews({ news }: LifeFiles, told: News): Promise<void> {
    await this.#put(news, { ...told });
  }

  async news({ news }: LifeFiles): Promise<News | undefined> {
    return await read<News>(news);
  }

  async noteAsked({ asked }: LifeFiles, ended: Ended): Promise<void> {
    await this.#put(asked, ended as unknown as Json);
  }

  async asked({ asked }: LifeFiles): Promise<Ended | undefined> {
    return await read<Ended>(asked);
  }

  /** Nothing of a job is kept. Its batch stays until `forgetOld`. */
  async forget(id: string): Promise<void> {
    const handed = await this.handed(id);
    // What begins now finds no job, and ends.
    await remove(this.#job(id));
    await remove(this.#begun(id));
    await remove(this.#ended(id));
    if (handed) await remove(this.complaints(handed.batch, handed.index));
  }

  async forgetBatch(batch: string): Promise<void> {
    await remove(this.#batch(batch));
  }

  /** What ended long ago, and nobody fetched. */
  async forgetOld(now: number): Promise<void> {
    const isOld = async (path: string): Promise<boolean> =>
      now - ((await stat(path).catch(() => undefined))?.mtimeMs ?? now) > keptFor * 1000;
    for (const id of await this.allEnded()) if (await isOld(this.#ended(id))) await this.forget(id);
    for (const batch of await readdir(join(this.#folder, 'batches'))) {
      const { jobs = [] } = (await this.batch(batch)) ?? {};
      const isOver = !(await Promise.all(jobs.map(async (id) => await isThere(this.#job(id))))).includes(true);
      if (isOver && (await isOld(this.#batch(batch)))) await this.forgetBatch(batch);
    }
  }

  #job(id: string, file = ''): string {
    return join(this.#folder, 'jobs', id, file);
  }

  #batch(batch: string, file = ''): string {
    return join(this.#folder, 'batches', batch, file);
  }

  #begun(id: string): string {
    return join(this.#folder, 'begun', id);
  }

  #ended(id: string): string {
    return join(this.#folder, 'ended', id);
  }

  /** Whole, or not at all. */
  async #put(path: string, value: Json): Promise<void> {
    const unborn = await unbornFile(path, value);
    await rename(unborn, path);
  }

  /** The same, where nothing is there yet. */
  async #putFirst(path: string, value: Json): Promise<boolean> {
    // A node that loses its power after this has told its end.
    const unborn = await unbornFile(path, value, true);
    try {
      await link(unborn, path);
      return true;
    } catch (error) {
      return existed(error);
    } finally {
      await unlink(unborn);
    }
  }
}

async function unbornFile(path: string, value: Json, isOnDisk = false): Promise<string> {
  const unborn = `${path}.${randomUUID().slice(0, 8)}.new`;
  await using file = await open(unborn, 'wx', 0o600);
  await file.writeFile(JSON.stringify(value));
  if (isOnDisk) await file.datasync();
  return unborn;
}

/** Undefined for what is not there. */
async function read<Value>(path: string): Promise<Value | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Value;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** False for what is there already; any other error is thrown again. */
function existed(error: unknown): false {
  if (codeOf(error) === 'EEXIST') return false;
  throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Not what is about to be put in its place. */
function isName(name: string): boolean {
  return !name.includes('.');
}
