import type { Announced } from './announcer.ts';
import { kinds, type Kind, type KindName } from './kinds.ts';
import type { Absence } from './elsewhere.ts';
import type { Fsync } from './redis.ts';
import type { Kill } from './scene.ts';

/** Where programs run. */
export type Programs = 'local' | 'bullmq' | 'slurm';

/** What was done to a site, and what it promises. */
export interface Harms {
  readonly backend: Programs;
  readonly fsync: Fsync;
  readonly kills: readonly Kill[];
  /** Of what keeps the jobs. */
  readonly absences: readonly Absence[];
}

/** A message whose service died so often while it ran is put aside. */
const deaths = 3;
/** ms: a Redis that is away for so long may cost a lease. With what it needs to be back, and a look at it takes. */
const costly = 12_000;
/** ms that a Redis with `everysec` forgets at most, and some time for it to be killed. */
const forgets = 2_000;
/** Which kills end the process of the service that runs programs. */
const fatal: ReadonlySet<string> = new Set(['programs', 'supervisor', 'all', 'everything']);
/** Which lose programs: of what a controller was told in its last seconds it may know nothing when it is back. */
const fatalElsewhere: ReadonlySet<string> = new Set(['worker', 'everything', 'keeper', 'slurmctld', 'slurmd']);

/** How a program of a run may end: as it would by itself, or for what was done to it. */
export function causesOf(one: Announced, name: KindName, harms: Harms): ReadonlySet<string> {
  const kind: Kind = kinds[name];
  const mine = during(one, harms.kills);
  const isRetried = kind.step?.['retry'] !== undefined;
  const wasKilled = mine.some(({ run, kind: killed }) => run === one.run && killed === name);
  const wasLost =
    harms.backend !== 'local' &&
    (mine.some(({ target }) => fatalElsewhere.has(target)) || absencesOf(one, harms, costly).length > 0);
  return new Set([
    kind.end,
    ...(wasKilled && !isRetried ? ['command.failed'] : []),
    ...(wasLost && !isRetried ? ['command.lost'] : []),
    // A node that is killed as it begins a job does not say so, and Slurm gives it up.
    ...(wasLost && harms.backend === 'slurm' ? ['compute.not-run'] : []),
    // Elsewhere the service only waits.
    ...(harms.backend === 'local' && deathsOf(one, harms) >= deaths ? ['crashed'] : []),
  ]);
}

/** How often one attempt of a program may begin. */
export function mayBegin(one: Announced, harms: Harms): number {
  // A program dies with its service here, and is run once more.
  if (harms.backend === 'local') return 1 + deathsOf(one, harms);
  // What is lost is lost: only what Redis forgot is handed over again.
  return harms.fsync === 'always' ? 1 : 1 + absencesOf(one, harms, 0).length;
}

function deathsOf(one: Announced, { kills }: Harms): number {
  return during(one, kills).filter(({ target }) => fatal.has(target)).length;
}

/** When Redis was away for so long while a run was under way; what it forgot may be of one that had just ended. */
function absencesOf(one: Announced, { absences, fsync }: Harms, least: number): readonly Absence[] {
  const [atLeast, before] = fsync === 'always' ? [least, 0] : [0, forgets];
  return absences.filter(
    ({ from, until }) => until - from >= atLeast && from <= one.until + before && until >= one.from,
  );
}

/** What happened while a run was under way. */
function during({ from, until }: Announced, kills: readonly Kill[]): readonly Kill[] {
  return kills.filter(({ at }) => at >= from && at <= until);
}
