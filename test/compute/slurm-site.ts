import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from '../../src/compute/backend.ts';
import { SlurmBackend, type SlurmOptions } from '../../src/compute/slurm/backend.ts';
import type { TestSlurm } from '../fixtures/slurm.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { processesBelow } from './processes.ts';

/** A folder of jobs, with the backends that share it. */
export class SlurmSite implements AsyncDisposable {
  readonly folder: string;
  readonly jobs: string;
  readonly #slurm: TestSlurm;
  readonly #stack: AsyncDisposableStack;
  #count = 0;

  private constructor(slurm: TestSlurm, path: string, stack: AsyncDisposableStack) {
    this.folder = path;
    this.jobs = join(path, 'jobs');
    this.#slurm = slurm;
    this.#stack = stack;
  }

  static async start(slurm: TestSlurm): Promise<SlurmSite> {
    await using stack = new AsyncDisposableStack();
    const { path } = stack.use(await temporaryFolder());
    await mkdir(join(path, 'jobs'));
    return new SlurmSite(slurm, path, stack.move());
  }

  get book(): string {
    return join(this.folder, 'book');
  }

  get go(): string {
    return join(this.folder, 'go');
  }

  async lines(): Promise<readonly string[]> {
    return (await readFile(this.book, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  }

  /** Jobs of which something is kept. */
  async kept(): Promise<readonly string[]> {
    const all = await Promise.all(['jobs', 'begun', 'ended'].map(async (name) => await readdir(join(this.jobs, name))));
    return all.flat();
  }

  /** Those of jobs that run. */
  async programs(): Promise<readonly string[]> {
    return await processesBelow(this.folder);
  }

  /** What runs jobs on the node: Baton itself. */
  async keepers(): Promise<readonly number[]> {
    const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(
      all.map(async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')] as const),
    );
    return lines
      .filter(([, line]) => line.includes('node-main') && line.includes(this.jobs))
      .map(([pid]) => Number(pid));
  }

  /** As an administrator does. */
  async scancel(): Promise<void> {
    for (const number of await this.numbers()) await this.#slurm.run('scancel', number);
  }

  /** Slurm's numbers of what was handed over. */
  async numbers(): Promise<readonly string[]> {
    const batches = await readdir(join(this.jobs, 'batches'));
    const files = batches.map((batch) => join(this.jobs, 'batches', batch, 'slurm.json'));
    return await Promise.all(
      files.map(async (file) => String(JSON.parse(await readFile(file, 'utf8'))).replace('_', '')),
    );
  }

  /** A folder with one of Slurm's commands that does something else, or more. */
  async command(name: string, script: string): Promise<string> {
    const bin = join(this.folder, 'bin');
    await mkdir(bin, { recursive: true });
    const own = `#!/bin/sh\n[ "$1" = --version ] && exec /usr/bin/${name} --version\n${script}\n`;
    await writeFile(join(bin, name), own, { mode: 0o755 });
    return bin;
  }

  async backend(options: Partial<SlurmOptions> = {}): Promise<SlurmBackend> {
    const plain = { labels: {}, reprocessing: { nice: 100 }, requeue: false, poll: 0.1 };
    const { conf } = this.#slurm;
    const backend = this.#stack.use(new SlurmBackend({ ...plain, folder: this.jobs, conf, ...options }));
    await backend.start();
    return backend;
  }

  job(script: string, { priority = 6, cores = 1 }: { priority?: number; cores?: number } = {}): Job {
    return {
      key: `job ${(this.#count += 1)}`,
      origin: { run: 'run', step: 1, program: 'work', priority },
      command: ['/bin/sh', '-c', script],
      environment: { PATH: '/usr/bin:/bin' },
      message: '',
      input: '',
      resources: { cores, memory: 0, gpus: 0 },
      limits: { seconds: 600, outputBytes: 1e6 },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
