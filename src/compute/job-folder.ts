import { chown, mkdir, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import type { Account } from './account.ts';
import type { Job } from './backend.ts';

/** The files of a job on the host where it runs, and the folders that it may fill; all are in its own. */
export interface JobFiles {
  /** What it reads as its standard input. */
  readonly input: string;
  readonly message: string;
  /** Written by the program: not there when it starts. */
  readonly answers: string;
  /** What it prints, to standard output and standard error. */
  readonly log: string;
  readonly work: string;
  readonly temporary: string;
}

function filesOf(folder: string, { message, input }: Pick<Job, 'message' | 'input'>): JobFiles {
  return {
    // Most read their message: then it is one file.
    input: input === message ? `${folder}/message.json` : `${folder}/input`,
    message: `${folder}/message.json`,
    answers: `${folder}/answers.jsonl`,
    log: `${folder}/log`,
    work: `${folder}/work`,
    temporary: `${folder}/tmp`,
  };
}

/** The folder of one job, which its program reaches and its account owns; removed when disposed. */
export class JobFolder implements AsyncDisposable {
  readonly files: JobFiles;
  readonly path: string;

  private constructor(path: string, job: Pick<Job, 'message' | 'input'>) {
    this.path = path;
    this.files = filesOf(path, job);
  }

  static async make(path: string, job: Pick<Job, 'message' | 'input'>, account?: Account): Promise<JobFolder> {
    const folder = new JobFolder(path, job);
    const { work, temporary, ...files } = folder.files;
    const own = async (each: string): Promise<void> => {
      await mkdir(each, { mode: 0o700 });
      if (account) await chown(each, account.uid, account.gid);
    };
    await own(path);
    const written = [writeFile(files.message, job.message)];
    if (files.input !== files.message) written.push(writeFile(files.input, job.input));
    await Promise.all([own(work), own(temporary), ...written]);
    return folder;
  }

  /** What its program gets: what the job says, and where its files are. */
  environmentOf({ environment }: Job): Record<string, string> & { readonly HOME: string } {
    const { work, temporary, message, answers } = this.files;
    return { HOME: work, TMPDIR: temporary, ...environment, BATON_MESSAGE: message, BATON_OUTPUT: answers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { work, temporary, message, log } = this.files;
    // Most leave nothing else: five calls, where looking for what there is takes three times as many.
    await Promise.allSettled([rmdir(work), rmdir(temporary), unlink(message), unlink(log)]);
    await rmdir(this.path).catch(async () => rm(this.path, { recursive: true, force: true, maxRetries: 3 }));
  }
}
