import type { Ended, Job } from '../backend.ts';
import { notRun } from '../errors.ts';
import type { Begun, JobEnd } from './files.ts';
import { supervision } from './place.ts';
import type { SlurmRecord } from './records.ts';

/** What is known of a job that Slurm ended, or lost, before it could tell its own end, or as it was to end. */
export interface Known {
  readonly job: Pick<Job, 'origin' | 'resources'>;
  /** Absent where it had not begun. */
  readonly begun: Begun | undefined;
  /** How it ended that was told to end. */
  readonly asked: Ended | undefined;
  /** As far as it is known: what it printed, and for how long it waited and ran. */
  readonly soFar: Pick<Ended, 'log' | 'waited' | 'seconds'>;
  /** What its part on the node complained of. */
  readonly complaints: string;
}

/** How a job ended that is over in Slurm: what can be told apart is. */
export function verdictOf(record: SlurmRecord, known: Known): JobEnd {
  const { asked, begun } = known;
  const { how, cause } = meaningOf(record, known);
  if (!begun && how.isLost !== true) return refusal(known, cause);
  const { waited, seconds, cpuSeconds, peakMemory } = record;
  const told: Ended = asked ?? {
    ...{ backend: 'slurm', host: begun?.host ?? record.node, ...known.soFar },
    ...(how.isLost === true ? {} : { signal: 'SIGKILL' }),
    ...(waited === undefined ? {} : { waited }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(peakMemory === undefined ? {} : { peakMemory }),
    ...{ answers: { text: '' }, left: [] },
  };
  return { ended: { ...told, ...how, cause } };
}

/** Of one that is not heard of any more. */
export function lost(begun: Begun, soFar: Known['soFar'], cause: string): JobEnd {
  return {
    ended: {
      ...{ backend: 'slurm', host: begun.host, isLost: true, cause, ...soFar },
      ...{ answers: { text: '' }, left: [] },
    },
  };
}

/** Of one that did not begin. */
export function refusal({ job, complaints }: Pick<Known, 'job' | 'complaints'>, cause: string): JobEnd {
  const last = complaints.trim();
  const why = last === '' ? cause : `${cause}; there it said:\n${last}`;
  const { code, message, next } = notRun({ program: job.origin.program, cause: why }).parts();
  return { refused: { code, message, next } };
}

function meaningOf(
  { state, said, node, peakMemory = 0 }: SlurmRecord,
  { begun, asked, job }: Known,
): { readonly how: Partial<Ended>; readonly cause: string } {
  const host = begun?.host ?? (node === '' ? 'its node' : node);
  const { memory } = job.resources;
  // What ends it for that without cgroups calls it a failure.
  const isTooLarge = state === 'FAILED' && !asked && memory > 0 && peakMemory > memory + supervision;
  switch (isTooLarge ? 'OUT_OF_MEMORY' : state) {
    case 'TIMEOUT':
      return { how: { exceeded: 'time' }, cause: 'Slurm ended it, as its time in the cluster was over' };
    case 'DEADLINE':
      return { how: { exceeded: 'time' }, cause: 'Slurm ended it, as its deadline had come' };
    case 'OUT_OF_MEMORY':
      return { how: { exceeded: 'memory' }, cause: `Slurm ended it, as it took more memory than it has on ${host}` };
    case 'PREEMPTED':
      return { how: { isLost: true }, cause: 'Slurm took its place away for a more urgent job (preempted)' };
    case 'NODE_FAIL':
      return { how: { isLost: true }, cause: `its node failed, says Slurm` };
    case 'BOOT_FAIL':
      return { how: { isLost: true }, cause: `its node did not start, says Slurm` };
    case 'CANCELLED':
      return { how: {}, cause: `it was cancelled in Slurm${byWhom(said)}` };
    default:
      if (asked) return { how: {}, cause: `it was told to end there, nobody says why (Slurm: ${state})` };
      return {
        how: { isLost: begun !== undefined },
        cause: `what runs it on ${host} ended without a word (Slurm: ${state})`,
      };
  }
}

/** `by 0` */
function byWhom(said: string): string {
  const [, uid] = /^by (\d+)/.exec(said) ?? [];
  if (uid === undefined) return '';
  return uid === '0' ? ' by root' : ` by the account with the number ${uid}`;
}
