import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import { silent, type Log } from '../core/log.ts';
import { accountOf } from './account.ts';
import { amount } from './amount.ts';
import type { Backend, Ended, Job, JobListener, Place, Resources } from './backend.ts';
import { newBackend } from './brand.ts';
import { Devices, numbered } from './devices.ts';
import { beyond, fits } from './fits.ts';
import { JobFolder } from './job-folder.ts';
import { checkSupport } from './launch.ts';
import { runLocally } from './local-job.ts';
import { Reaper } from './reaper.ts';
import { Slots, type WaitsFor } from './slots.ts';

export interface LocalOptions {
  /** For the files of jobs; several processes may share it. */
  readonly folder: string;
  /** What of this host it may hand out; all its cores and memory, and no gpus, where absent. */
  readonly capacity?: Partial<Resources>;
  /** What the driver calls its gpus; as many as `capacity` has, numbered from 0, where absent. */
  readonly devices?: readonly string[];
  /** Programs of one beamline at the same time; any number where absent. */
  readonly perBeamline?: number;
  /** How many wait here at most, as far as whoever asks holds to it; what comes then waits elsewhere. */
  readonly room?: number;
  readonly log?: Log;
}

/** Runs programs on this host: no more than fit, and none of them longer than this process lives. */
export class LocalBackend implements Backend {
  readonly name = 'local';
  /** All that it has: who asks for more is refused at once. */
  readonly capacity: Resources;
  readonly #folder: string;
  readonly #log: Log;
  readonly #number = newBackend();
  readonly #reaper = new Reaper(this.#number);
  readonly #slots: Slots;
  readonly #devices: Devices;
  readonly #running = new Set<Promise<Ended>>();
  readonly #stopping = new AbortController();
  #jobs = 0;

  constructor({ folder, capacity, devices, perBeamline, room, log = silent }: LocalOptions) {
    this.capacity = { ...thisHost(), ...capacity };
    this.#devices = new Devices(devices ?? numbered(this.capacity.gpus));
    this.#folder = folder;
    this.#log = log;
    this.#slots = new Slots({ capacity: this.capacity, perBeamline, room });
  }

  async start(): Promise<void> {
    await checkSupport();
    // Never there without its life.
    const unborn = `${this.#own}.${process.pid}`;
    await mkdir(unborn, { recursive: true, mode: 0o711 });
    await writeFile(join(unborn, lifeFile), await lifeOf(process.pid));
    await rename(unborn, this.#own);
    await this.#reaper.start();
    await this.#buryDead();
  }

  async run(job: Job, signal: AbortSignal, listener: JobListener = {}): Promise<Ended> {
    const running = this.#run(job, AbortSignal.any([signal, this.#stopping.signal]), listener);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** What its jobs have of what it has. */
  get used(): Resources {
    const { cores, memory, gpus } = this.#slots.free;
    const all = this.capacity;
    return { cores: all.cores - cores, memory: all.memory - memory, gpus: all.gpus - gpus };
  }

  readonly places = async (): Promise<readonly Place[]> => {
    const running = this.#running.size - this.#slots.waiting.length;
    const name = `${hostname()}.${process.pid}`;
    return await Promise.resolve([
      { name, capacity: this.capacity, used: this.used, labels: [], running, isDraining: false },
    ]);
  };

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The backend stops.'));
    await Promise.allSettled(this.#running);
    await this.#reaper.stop();
    await discard(this.#own);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(job: Job, signal: AbortSignal, listener: JobListener): Promise<Ended> {
    if (!fits(job.resources, this.capacity)) throw beyond(job.resources, this.capacity, this.name);
    const asked = performance.now();
    const account = job.user === undefined ? undefined : await accountOf(job.user);
    const brand = { backend: this.#number, job: (this.#jobs += 1) };
    await using stack = new AsyncDisposableStack();
    const make = async (): Promise<JobFolder> =>
      stack.use(await JobFolder.make(join(this.#own, String(brand.job)), job, account));
    const isSoon = this.#slots.size < this.capacity.cores;
    const taking = this.#take(job, signal, listener);
    // Who is soon next is ready when it is its turn; thousands would be as many folders.
    const ready = isSoon ? make() : undefined;
    const [, taken] = await Promise.allSettled([ready, taking]);
    if (taken.status === 'rejected') throw taken.reason;
    const { release, devices, begun } = taken.value;
    let isHeld = true;
    // Others begin while what it left is read and cleared away.
    const gone = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.#devices.giveBack(devices);
      release(performance.now() - begun);
    };
    try {
      const waited = (begun - asked) / 1000;
      const folder = await (ready ?? make());
      const equipped = { ...job, environment: { ...job.environment, ...this.#devices.visible(devices) } };
      const surroundings = { brand, reaper: this.#reaper, folder, account, listener, gone };
      const ended = { backend: this.name, waited, ...(await runLocally(equipped, signal, surroundings)) };
      if (ended.left.length > 0) this.#log.error({ pids: ended.left, job: job.key }, 'processes cannot be killed');
      return ended;
    } finally {
      gone();
    }
  }

  /** Resolves when it is its turn, with what it has then. */
  async #take(job: Job, signal: AbortSignal, listener: JobListener): Promise<Held> {
    const release = await this.#slots.take(job, signal, (why) => listener.waits?.(this.#inWords(why, job)));
    return { release, devices: this.#devices.take(job.resources.gpus), begun: performance.now() };
  }

  #inWords(why: WaitsFor, { origin: { program, beamline = '' }, resources, atOnce = 0 }: Job): string {
    switch (why) {
      case 'room':
        return `It takes ${amount(resources)}, and ${amount(this.#slots.free)} are free on ${hostname()}.`;
      case 'turn':
        return `Others are before it on ${hostname()}.`;
      case 'program':
        return `As many of ${program} run on ${hostname()} as may (${String(atOnce)}, its atOnce).`;
      case 'beamline':
        return `As many programs of ${beamline} run on ${hostname()} as may (compute.local.perBeamline).`;
    }
  }

  /** Each process of the backend has a folder there, named by its number. */
  get #own(): string {
    return join(this.#folder, String(this.#number));
  }

  /** Whose process is dead left files behind, and, if its reaper died with it, programs that still run. */
  async #buryDead(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const folder = join(this.#folder, name);
      if (wasNeverBorn(name)) await discard(folder);
      if (!/^\d+$/.test(name) || (await isAlive(folder))) continue;
      await this.#reaper.reap(undefined, undefined, Number(name));
      await discard(folder);
    }
  }
}

/** What a job has while it runs. */
interface Held {
  readonly release: (held: number) => void;
  readonly devices: readonly string[];
  readonly begun: number;
}

const lifeFile = 'alive';

/** Its process died while it made the folder; its id is the end of the name. */
function wasNeverBorn(name: string): boolean {
  const [, pid] = /^\d+\.(\d+)$/.exec(name) ?? [];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

async function discard(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

function thisHost(): Resources {
  return { cores: availableParallelism(), memory: totalmem(), gpus: 0 };
}

/** False where the process that wrote its life there is gone. */
async function isAlive(folder: string): Promise<boolean> {
  const life = await readFile(join(folder, lifeFile), 'utf8').catch(() => '');
  const [pid] = life.split(' ');
  return life !== '' && life === (await lifeOf(Number(pid)).catch(() => ''));
}

/** What no other process has, also after the host was started again: id, start (field 22 of proc_pid_stat(5)) and boot. */
async function lifeOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
  return `${pid} ${started} ${boot}`;
}
