import type { Job, JobOrigin, Resources } from './backend.ts';
import { fits } from './fits.ts';

/** What a job wants, and by what it is put in order. */
export type Wish = Pick<Job, 'origin' | 'resources' | 'atOnce'>;

export interface SlotsOptions {
  readonly capacity: Resources;
  /** Programs of one beamline at the same time; any number where absent. */
  readonly perBeamline?: number | undefined;
  /** So many wait here at most; what comes then waits elsewhere. */
  readonly room?: number | undefined;
}

/** Milliseconds after which who waits is told why, and then again where that has changed. */
const telling = 1_000;

/** Why a job waits: others have what it needs, or go first, or as many of its program, or beamline, run as may. */
export type WaitsFor = 'room' | 'turn' | 'program' | 'beamline';

/** Given back at its end, with how long (ms) it was held. */
type Release = (held: number) => void;

/** For this part of the time that a job held its place, and at most so long (ms), its place is kept for who is on the way. */
const courtesy = 0.05;
const longestCourtesy = 50;

/**
 * Hands out what a host has. Live work goes before reprocessing; of equals, the run that has least now, then the one that
 * was served longest ago, then who asked first. Who is at the limit of its program or beamline lets others pass; but
 * nothing small overtakes what is large and next.
 */
export class Slots {
  readonly #options: SlotsOptions;
  readonly #waiting = new Set<Waiting>();
  readonly #runs = new Map<string, Share>();
  readonly #programs = new Counts();
  readonly #beamlines = new Counts();
  #free: Resources;
  #served = 0;
  #pause: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;

  constructor(options: SlotsOptions) {
    this.#options = options;
    this.#free = options.capacity;
  }

  /** Resolves when it has what it wants; the returned function gives it back. Rejects with the signal's reason when it is aborted before. */
  async take(wish: Wish, signal: AbortSignal, waits?: (why: WaitsFor) => void): Promise<Release> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { wish, resolve, waits };
    const leave = (): void => {
      this.#waiting.delete(waiting);
      reject(signal.reason as Error);
      this.#serve();
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.add(waiting);
    this.#serve();
    if (waits && this.#telling === undefined) this.#tellLater();
    await promise;
    signal.removeEventListener('abort', leave);
    return (held) => this.#release(wish, held);
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** What nobody has. */
  get free(): Resources {
    return this.#free;
  }

  /** Those who wait, and why, in the order they came. */
  get waiting(): readonly { readonly wish: Wish; readonly waitsFor: WaitsFor }[] {
    const next = this.#next();
    return Array.from(this.#waiting, (waiting) => ({ wish: waiting.wish, waitsFor: this.#reasonOf(waiting, next) }));
  }

  #reasonOf(waiting: Waiting, next: Waiting | undefined): WaitsFor {
    return this.#limitOf(waiting.wish) ?? (next === undefined || next === waiting ? 'room' : 'turn');
  }

  #tell(): void {
    this.#telling = undefined;
    const next = this.#next();
    for (const waiting of this.#waiting) waiting.waits?.(this.#reasonOf(waiting, next));
    this.#tellLater();
  }

  #tellLater(): void {
    if (this.#waiting.size > 0) this.#telling = setTimeout(() => this.#tell(), telling).unref();
  }

  #serve(): void {
    clearTimeout(this.#pause);
    for (let next = this.#next(); next && fits(next.wish.resources, this.#free); next = this.#next()) {
      this.#waiting.delete(next);
      this.#count(next.wish, 1);
      next.resolve();
    }
  }

  /** Who is first of those that no limit holds back. */
  #next(): Waiting | undefined {
    if (this.#free.cores === 0) return undefined;
    let first: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (this.#limitOf(waiting.wish) !== undefined) continue;
      if (!first || this.#goesBefore(waiting.wish.origin, first.wish.origin)) first = waiting;
    }
    return first;
  }

  #goesBefore(one: JobOrigin, other: JobOrigin): boolean {
    if (one.priority !== other.priority) return one.priority > other.priority;
    const [mine, others] = [this.#shareOf(one.run), this.#shareOf(other.run)];
    return mine.cores === others.cores ? mine.served < others.served : mine.cores < others.cores;
  }

  #limitOf({ origin: { program, beamline }, atOnce = Infinity }: Wish): WaitsFor | undefined {
    if (this.#programs.of(program) >= atOnce) return 'program';
    const { perBeamline = Infinity } = this.#options;
    return beamline !== undefined && this.#beamlines.of(beamline) >= perBeamline ? 'beamline' : undefined;
  }

  /**
   * A full room holds those who came before who is on the way: the message of the job that has ended is settled first, and
   * then the broker sends the most urgent there is. So the place is kept for that moment, unless somebody comes sooner.
   */
  #release(wish: Wish, held: number): void {
    this.#count(wish, -1);
    if (this.#waiting.size < (this.#options.room ?? Infinity)) return this.#serve();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#serve(), Math.min(held * courtesy, longestCourtesy));
  }

  #count({ origin: { run, program, beamline }, resources }: Wish, sign: 1 | -1): void {
    this.#free = sum(this.#free, resources, sign === 1 ? -1 : 1);
    this.#programs.add(program, sign);
    if (beamline !== undefined) this.#beamlines.add(beamline, sign);
    const share = this.#shareOf(run);
    const served = sign === 1 ? (this.#served += 1) : share.served;
    this.#runs.set(run, { cores: share.cores + sign * resources.cores, served });
    this.#forgetRuns();
  }

  #shareOf(run: string): Share {
    return this.#runs.get(run) ?? { cores: 0, served: 0 };
  }

  /** Those that were served longest ago are as good as new. */
  #forgetRuns(): void {
    if (this.#runs.size <= rememberedRuns) return;
    for (const [run, { cores }] of this.#runs) {
      if (this.#runs.size <= rememberedRuns / 2) return;
      if (cores === 0) this.#runs.delete(run);
    }
  }
}

const rememberedRuns = 10_000;

interface Waiting {
  readonly wish: Wish;
  readonly resolve: () => void;
  readonly waits: ((why: WaitsFor) => void) | undefined;
}

/** What a run has now, and when it was served last: counts all that were served. */
interface Share {
  readonly cores: number;
  readonly served: number;
}

class Counts {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string, sign: 1 | -1): void {
    const count = this.of(name) + sign;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
  }
}

function sum(one: Resources, other: Resources, sign: 1 | -1): Resources {
  return {
    cores: one.cores + sign * other.cores,
    memory: one.memory + sign * other.memory,
    gpus: one.gpus + sign * other.gpus,
  };
}
