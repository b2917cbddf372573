import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/compute/backend.ts';
import { LocalBackend } from '../../src/compute/local.ts';
import { temporaryFolder, type TemporaryFolder } from '../fixtures/temporary-folder.ts';
import { exerciseBackend } from './backend.ts';
import { processesBelow } from './processes.ts';

describe('the backend local', () => {
  exerciseBackend(async (folder) => {
    const backend = new LocalBackend({ folder, capacity: { cores: 2, memory: 4 * 1024 ** 3 }, perBeamline: 1 });
    await backend.start();
    return backend;
  });

  it('ends all that runs when it is stopped, and leaves no file', async () => {
    await using folder = await temporaryFolder();
    const backend = new LocalBackend({ folder: folder.path });
    await backend.start();
    const up = Promise.withResolvers<void>();
    const running = backend.run(sleeping, new AbortController().signal, { started: () => up.resolve() });
    await up.promise;
    const stopped = Promise.all([backend.stop(), backend.stop()]);
    expect(await running).toMatchObject({ signal: 'SIGTERM' });
    await stopped;
    expect(await processesBelow(folder.path)).toEqual([]);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('gives each of its gpus to one job at a time, and shows none to who asked for none', async () => {
    await using folder = await temporaryFolder();
    await using backend = new LocalBackend({
      folder: folder.path,
      capacity: { cores: 4, gpus: 3 },
      devices: ['2', '5', 'GPU-a'],
    });
    await backend.start();
    const { signal } = new AbortController();
    const has = async (gpus: number, seconds: number): Promise<string> => {
      const command = [
        '/bin/sh',
        '-c',
        `echo "$CUDA_VISIBLE_DEVICES/$ROCR_VISIBLE_DEVICES"; sleep ${seconds}`,
      ] as const;
      const environment = { CUDA_VISIBLE_DEVICES: '0,1,2,3' };
      const job = { ...sleeping, command, environment, resources: { cores: 1, memory: 0, gpus } };
      return (await backend.run(job, signal)).log.trim();
    };
    const all = await Promise.all([has(2, 0.5), has(1, 0.5), has(0, 0), has(3, 0)]);
    expect(all.slice(0, 3)).toEqual(['2,5/2,5', 'GPU-a/GPU-a', '/']);
    const [, , , last = ''] = all;
    expect(last.split('/')[0]?.split(',').sort()).toEqual(['2', '5', 'GPU-a']);
  });

  // Some in the group of the program, some that left it, and one without environment and parent.
  const script = 'sleep 601 & setsid sleep 602 & (env -i setsid sleep 603 &) & sleep 0.1; echo up > up; exec sleep 604';

  it('takes everything with it when its process is killed', async () => {
    await using here = await Killed.start(script);
    expect(await here.programs()).toHaveLength(4);
    here.process.kill('SIGKILL');
    while ((await here.programs()).length > 0) await turn(5);
  });

  it('ends at its next start what outlived its process, because its reaper was killed, too', async () => {
    await using here = await Killed.start(script);
    here.process.kill('SIGSTOP');
    process.kill(await here.reaper(), 'SIGKILL');
    here.process.kill('SIGKILL');
    await once(here.process, 'exit');
    expect(await here.programs()).toHaveLength(4);
    await using next = new LocalBackend({ folder: here.jobs });
    await next.start();
    expect(await here.programs()).toEqual([]);
    expect(await readdir(here.jobs)).toHaveLength(1);
  });

  it('leaves alone what another process runs from the same folder', async () => {
    await using here = await Killed.start(script);
    await using other = new LocalBackend({ folder: here.jobs });
    await other.start();
    expect(await here.programs()).toHaveLength(4);
  });

  it('removes at its next start the folder of a process that died while it made it, and of no other', async () => {
    await using folder = await temporaryFolder();
    const dead = spawn('true');
    await once(dead, 'exit');
    for (const pid of [dead.pid, process.pid]) await mkdir(join(folder.path, `12345678.${pid}`));
    await using backend = new LocalBackend({ folder: folder.path });
    await backend.start();
    expect((await readdir(folder.path)).filter((name) => name.includes('.'))).toEqual([`12345678.${process.pid}`]);
  });

  it('has another reaper when its own was killed', async () => {
    await using here = await Killed.start(script);
    const reaper = await here.reaper();
    process.kill(reaper, 'SIGKILL');
    while ((await here.reaper().catch(() => reaper)) === reaper) await turn(5);
    here.process.kill('SIGKILL');
    while ((await here.programs()).length > 0) await turn(5);
  });
});

/** A job that ends only when it is ended. */
const sleeping: Job = {
  key: 'job',
  origin: { run: 'run', step: 1, program: 'work', priority: 6 },
  command: ['/bin/sleep', '600'],
  environment: {},
  message: '',
  input: '',
  resources: { cores: 1, memory: 0, gpus: 0 },
  limits: { seconds: 600, outputBytes: 1e6 },
};

/** A process with a backend whose program is up. */
class Killed implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly jobs: string;
  readonly #work: string;
  readonly #folder: TemporaryFolder;

  private constructor(script: string, folder: TemporaryFolder) {
    this.#folder = folder;
    this.#work = join(folder.path, 'work');
    this.jobs = join(folder.path, 'jobs');
    const main = fileURLToPath(new URL('backend-main.ts', import.meta.url));
    this.process = spawn(process.execPath, [main, this.jobs, this.#work, script], { stdio: 'inherit' });
  }

  static async start(script: string): Promise<Killed> {
    const folder = await temporaryFolder();
    for (const name of ['work', 'jobs']) await mkdir(join(folder.path, name));
    const killed = new Killed(script, folder);
    while (!(await stat(join(killed.#work, 'up')).catch(() => undefined))) await turn(5);
    return killed;
  }

  async programs(): Promise<readonly string[]> {
    return (await processesBelow(this.#work)).filter((each) => each.includes('sleep'));
  }

  /** The process id of its reaper. */
  async reaper(): Promise<number> {
    const pid = String(this.process.pid);
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
    for (const child of children) {
      if ((await readFile(`/proc/${child}/cmdline`, 'utf8')).includes('reaper-main')) return Number(child);
    }
    throw new Error('It has no reaper.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
      await once(this.process, 'exit');
    }
    while ((await this.programs()).length > 0) await turn(5);
    await this.#folder[Symbol.asyncDispose]();
  }
}
