import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { messageOf } from '../core/errors.ts';
import type { Account } from './account.ts';
import { answersIn } from './answers-file.ts';
import type { Ended, Exceeded, Job, JobListener } from './backend.ts';
import { processesOf, type Brand } from './brand.ts';
import { notStarted } from './errors.ts';
import type { JobFiles, JobFolder } from './job-folder.ts';
import { launchOf } from './launch.ts';
import { Printed } from './printed.ts';
import type { Reaper } from './reaper.ts';
import { Told } from './told.ts';
import { UsageMeter } from './usage.ts';

/** ms a program has from TERM to KILL. Less than a handler's grace, after which its whole process would be ended. */
const patience = 3_000;
/** ms between two looks at what a job uses: seldom for one that runs long, often for one that is about to use too much. */
const soonest = 50;
const seldom = 500;

/** ms in which no host starts as many processes as it has numbers for (32 768 at least). */
const young = 1_000;

/** What a job on this host gets beside what it asked for. */
export interface LocalSurroundings {
  readonly brand: Brand;
  readonly reaper: Reaper;
  readonly folder: JobFolder;
  readonly account?: Account | undefined;
  readonly listener: JobListener;
  /** Called when nothing of it runs any more, whatever there is to do after it. */
  readonly gone: () => void;
}

/** What a local job came to: its backend knows the rest. */
export type LocalEnded = Omit<Ended, 'backend' | 'waited'>;

/** Runs a program to its end, and the end of everything that it started: also when the signal is aborted. */
export async function runLocally(job: Job, signal: AbortSignal, surroundings: LocalSurroundings): Promise<LocalEnded> {
  const { brand, reaper, folder, account, listener, gone } = surroundings;
  const { files } = folder;
  const launching = launchOf(job, directoryOf(job, files), folder, brand, account);
  launching.catch(() => undefined);
  await using printed = await Printed.to(files.log);
  const started = performance.now();
  const launch = await launching;
  const child = await spawned(job, launch, folder, printed);
  listener.started?.(hostname());
  const running = new RunningJob(job, files.answers, child, printed, new Told(files.answers, printed, listener));
  const stop = (): void => running.end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const left: number[] = [];
  try {
    running.watch();
    await running.ended;
  } finally {
    signal.removeEventListener('abort', stop);
    running.unwatch();
    running.kill();
    const isYoung = performance.now() - started < young;
    if (!isYoung || isAnyLeft(brand, child))
      left.push(...(await reaper.reap(brand.job, isYoung ? child.pid : undefined)));
  }
  gone();
  await running.lookAgain();
  const { exitCode, signalCode } = child;
  const { exceeded } = running;
  const { cpuSeconds, peakMemory } = running.meter;
  return {
    ...(exitCode === null ? {} : { exitCode }),
    ...(signalCode === null ? {} : { signal: signalCode }),
    ...(exceeded === undefined ? {} : { exceeded }),
    host: hostname(),
    seconds: (performance.now() - started) / 1000,
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(peakMemory === undefined ? {} : { peakMemory }),
    log: await printed.text(),
    answers: await answersIn(files.answers, job.limits.outputBytes),
    left,
  };
}

/** Those of a young one are few to look at: most leave nothing, and the reaper, another process, need not be asked. */
function isAnyLeft({ backend, job }: Brand, { pid }: ChildProcess): boolean {
  return processesOf(backend, job, pid).length > 0;
}

function directoryOf({ directory }: Job, { work }: JobFiles): string {
  return directory ?? work;
}

async function spawned(
  job: Job,
  [program, ...given]: readonly [string, ...string[]],
  folder: JobFolder,
  printed: Printed,
): Promise<ChildProcess> {
  await using input = await open(folder.files.input);
  // A session, and so a process group, of its own.
  const child = spawn(program, given, {
    cwd: directoryOf(job, folder.files),
    env: folder.environmentOf(job),
    stdio: [input.fd, printed.fd, printed.fd],
    detached: true,
  });
  try {
    await once(child, 'spawn');
    return child;
  } catch (cause) {
    throw notStarted({ program: job.command[0], reason: messageOf(cause) }, { cause });
  }
}

/** A job whose program runs: looked at, and ended when it is too much. */
class RunningJob {
  readonly meter: UsageMeter;
  readonly ended: Promise<unknown>;
  readonly #job: Job;
  readonly #answers: string;
  readonly #pid: number;
  readonly #printed: Printed;
  readonly #told: Told;
  readonly #timers = new Set<NodeJS.Timeout>();
  #looking: Promise<void> = Promise.resolve();
  #isOver = false;
  exceeded: Exceeded | undefined;

  constructor(job: Job, answers: string, child: ChildProcess, printed: Printed, told: Told) {
    this.#job = job;
    this.#answers = answers;
    this.#told = told;
    this.#pid = child.pid ?? 0;
    this.#printed = printed;
    this.meter = new UsageMeter(this.#pid);
    this.ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
  }

  watch(): void {
    this.#after(this.#job.limits.seconds * 1000, () => this.#exceed('time'));
    this.#look(soonest);
  }

  unwatch(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Asks it to end, and its whole group; then ends it. */
  end(): void {
    this.#signal('SIGTERM');
    this.#after(patience, () => this.kill());
  }

  /** Ends its whole group. Who left that is left to the reaper. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  /** Looks for the last time, after its end: it may have written much since the last. */
  async lookAgain(): Promise<void> {
    await this.#looking;
    const written = await this.#written();
    if (this.exceeded === undefined && written > this.#job.limits.outputBytes) this.exceeded = 'output';
    await this.#told.rest();
  }

  #look(pause: number): void {
    this.#after(pause, () => {
      this.#looking = this.#check().then(
        (isNear) => this.#look(isNear ? soonest : Math.min(2 * pause, seldom)),
        () => this.#look(seldom),
      );
    });
  }

  /** True when it uses half of what it may. */
  async #check(): Promise<boolean> {
    const { memory = Infinity, processes = Infinity, outputBytes } = this.#job.limits;
    const used = this.meter.look();
    const written = await this.#written();
    if (used.processes > processes) this.#exceed('processes');
    if (written > outputBytes) this.#exceed('output');
    if (used.memory > memory && this.meter.sharedOut() > memory) this.#exceed('memory');
    await this.#told.look();
    return used.memory > memory / 2 || used.processes > processes / 2 || written > outputBytes / 2;
  }

  async #written(): Promise<number> {
    const answers = await stat(this.#answers).catch(() => undefined);
    return (answers?.size ?? 0) + (await this.#printed.bytes());
  }

  #exceed(what: Exceeded): void {
    if (this.exceeded !== undefined || this.#isOver) return;
    this.exceeded = what;
    // Who takes what others need is not asked.
    if (what === 'time') this.end();
    else this.kill();
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    try {
      process.kill(-this.#pid, signal);
    } catch {
      // It has gone by itself.
    }
  }

  #after(milliseconds: number, act: () => void): void {
    if (this.#isOver) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
