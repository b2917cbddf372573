import { jobEnds, type EndedJob, type ToldPlace } from '../../services/jobs/job-message.ts';
import type {
  BackendView,
  HolderView,
  JobCount,
  JobsView,
  JobTotals,
  JobView,
  QueuedView,
  UntakenView,
} from '../api.ts';
import { jobStates } from '../jobs/job-list.ts';
import type { Operation, Parameters } from './operation.ts';
import { count, flag, integer, listOf, number, object, oneOf, refTo, text, time, told, type Schema } from './schema.ts';

const name: Schema = { type: 'string', maxLength: 300 };
const state = oneOf(
  jobStates,
  '`ending`: told to end, and not gone yet; `unheard`: its service has fallen silent, and nothing is known of it now',
);

/** What is asked of programs that run and wait; `ofPages` is what every list takes. */
export function jobOperation(ofPages: Parameters): Operation {
  return {
    summary:
      'Programs that run and wait: those that may be amiss first, then those that run, then those that wait, as they would begin',
    needs: 'viewer',
    query: {
      ...{ backend: name, host: told(name, 'where it runs'), program: name, run: name, beamline: name, state },
      step: { type: 'integer', minimum: 0, maximum: 1e9, description: 'of this step' },
      ...ofPages,
    },
    answer: refTo('JobsView'),
  };
}

const amounts = { cores: number, memory: told(number, 'bytes'), gpus: number };

/** The types of its answer. */
export const jobSchemas: Readonly<Record<string, Schema>> = {
  JobsView: object<JobsView>({
    required: {
      items: listOf(refTo('JobView')),
      total: told(count, 'that fit, on whatever page'),
      counts: listOf(refTo('JobCount'), 'of those that fit but for their state'),
      backends: listOf(refTo('BackendView')),
      holders: listOf(refTo('HolderView')),
      untaken: listOf(refTo('UntakenView')),
      queued: listOf(refTo('QueuedView')),
      lost: listOf(refTo('EndedJob'), 'those that were lost last, since the monitor started, the latest first'),
      isAll: told(flag, 'false for some seconds after a start: then there may be more'),
    },
    optional: { next: told(text, 'the cursor of the next page; absent on the last') },
  }),
  JobView: object<JobView>({
    required: {
      key: told(text, 'the same wherever it is held'),
      ...{ run: text, step: integer, attempt: count, program: text, backend: text },
      priority: told(integer, 'of its message: live work has 6, reprocessing 2'),
      ...{ ...amounts, state },
      asked: told(time, 'when it was asked for'),
      holder: told(text, 'host.pid of the service that holds it'),
      heard: told(time, 'when that was last heard of'),
    },
    optional: {
      ...{ beamline: text, label: told(text, 'what its host has to be') },
      started: told(time, 'when it began'),
      host: told(text, 'where it runs'),
      why: told(text, 'why it waits'),
      ending: told(time, 'since when it is being ended'),
      before: told(count, 'so many are to begin before it, where its backend goes by priority'),
    },
  }),
  JobCount: object<JobCount>({
    required: { backend: text, program: text, state, jobs: count },
    optional: { host: told(text, 'absent for those that wait') },
  }),
  JobTotals: object<JobTotals>({
    required: { unheard: count, ending: count, running: count, waiting: count },
    optional: {},
  }),
  BackendView: object<BackendView>({
    required: { name: text },
    optional: {
      trouble: told(text, 'why it cannot be asked'),
      places: listOf(refTo('JobPlace'), 'where its jobs can run; absent where it does not tell'),
    },
  }),
  JobPlace: object<ToldPlace>({
    required: {
      name: told(text, 'host.pid'),
      ...amounts,
      labels: listOf(text),
      running: told(count, 'jobs that it runs, or holds until they fit'),
      isDraining: told(flag, 'it takes no more'),
    },
    optional: { used: object<NonNullable<ToldPlace['used']>>({ required: amounts, optional: {} }) },
  }),
  HolderView: object<HolderView>({
    required: { host: told(text, 'host.pid'), jobs: count, heard: time, isUnheard: told(flag, 'it has fallen silent') },
    optional: {},
  }),
  UntakenView: object<UntakenView>({
    required: { backend: text, jobs: count, since: time, message: text, advice: told(text, 'what to do') },
    optional: {},
  }),
  QueuedView: object<QueuedView>({
    required: { queue: text, waiting: told(count, 'messages that are no jobs yet'), consumers: count },
    optional: {},
  }),
  EndedJob: object<EndedJob>({
    required: { key: text, run: text, step: integer, program: text, backend: text, end: oneOf(jobEnds), time },
    optional: {
      ...{ host: text, waited: told(number, 'seconds'), seconds: told(number, 'that it ran') },
      message: told(text, 'what its failure says'),
    },
  }),
};
