import { execFile } from 'node:child_process';
import { messageOf } from '../../core/errors.ts';
import type { SlurmSettings } from './settings.ts';

/** A command of Slurm that failed. */
export class SlurmFailure extends Error {
  /** It did not end by itself, or could not be started: what it had done by then is not known. */
  readonly isUnsure: boolean;

  constructor(message: string, isUnsure: boolean) {
    super(message);
    this.isUnsure = isUnsure;
  }
}

/** Milliseconds that a command has: those of Slurm give up by themselves before, after several tries. */
const patience = 120_000;
/** Bytes: of 100 000 jobs `squeue` says less than half. */
const longestAnswer = 64 * 1024 * 1024;

/** Runs the commands of Slurm. They get an environment of their own, as `sbatch` hands it on to jobs. */
export class SlurmTools {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #stopping = new AbortController();

  constructor({ bin, conf }: Pick<SlurmSettings, 'bin' | 'conf'>) {
    this.#environment = {
      PATH: [bin, '/usr/local/bin', '/usr/bin', '/bin'].filter((folder) => folder !== undefined).join(':'),
      ...(conf === undefined ? {} : { SLURM_CONF: conf }),
      LC_ALL: 'C',
      // What stands for many jobs of an array is written in full; times are seconds since 1970.
      SLURM_BITSTR_LEN: '0',
      SLURM_TIME_FORMAT: '%s',
    };
  }

  /** What it printed. Throws `SlurmFailure`. */
  async run(command: string, given: readonly string[], input = ''): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const { signal } = this.#stopping;
    const options = { env: this.#environment, maxBuffer: longestAnswer, timeout: patience, signal };
    const child = execFile(command, given, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const isUnsure = typeof error.code !== 'number';
      reject(new SlurmFailure(wordsOf(stderr) || messageOf(error), isUnsure));
    });
    // It may end without having read.
    child.stdin?.on('error', () => undefined).end(input);
    return await promise;
  }

  /** Ends what runs: what that had done by then is not known. */
  stop(): void {
    this.#stopping.abort();
  }
}

/** What a command complained of, without saying each time that it is itself who does. */
function wordsOf(stderr: string): string {
  return stderr
    .split('\n')
    .map((line) => line.replace(/^(?:sbatch|squeue|scancel|sacct|sinfo): (?:error: |fatal: )?/, '').trim())
    .filter((line) => line !== '')
    .slice(-5)
    .join('; ');
}
