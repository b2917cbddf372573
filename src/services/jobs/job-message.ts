import { isObject, type Json, type JsonObject } from '../../core/json.ts';

/** A job that a service holds. Times are milliseconds since 1970, by the clocks of who tells. */
export interface ToldJob {
  /** The same wherever it is held. */
  readonly key: string;
  readonly run: string;
  readonly step: number;
  readonly attempt: number;
  /** The site's name of what runs. */
  readonly program: string;
  readonly backend: string;
  readonly beamline?: string;
  readonly priority: number;
  /** What it takes; memory in bytes. */
  readonly cores: number;
  readonly memory: number;
  readonly gpus: number;
  /** What its host has to be. */
  readonly label?: string;
  /** When it was asked for. */
  readonly asked: number;
  /** When it began; absent while it waits. */
  readonly started?: number;
  /** Where it runs. */
  readonly host?: string;
  /** Why it waits, in a sentence. */
  readonly why?: string;
  /** Since when it is being ended, as its run was cancelled or its time is over. */
  readonly ending?: number;
}

/** What became of a job. `lost`: whoever ran it is not heard of any more. */
export const jobEnds = ['success', 'failure', 'cancelled', 'lost'] as const;
export type JobEnd = (typeof jobEnds)[number];

/** A job that came to an end. */
export interface EndedJob extends Pick<ToldJob, 'key' | 'run' | 'step' | 'program' | 'backend' | 'host'> {
  readonly end: JobEnd;
  readonly time: number;
  /** Seconds that it waited and ran; absent where it did not begin. */
  readonly waited?: number;
  readonly seconds?: number;
  /** Of one that was lost: what its failure says. */
  readonly message?: string;
}

/** Somewhere that jobs run. */
export interface ToldPlace {
  /** `host.pid`. */
  readonly name: string;
  readonly cores: number;
  readonly memory: number;
  readonly gpus: number;
  /** What its jobs have of these; absent where it does not tell. */
  readonly used?: { readonly cores: number; readonly memory: number; readonly gpus: number };
  readonly labels: readonly string[];
  readonly running: number;
  /** It takes no more. */
  readonly isDraining: boolean;
}

/** What jobs are given to. */
export interface ToldBackend {
  readonly name: string;
  /** Absent where it does not know. */
  readonly places?: readonly ToldPlace[];
  /** Why it cannot be asked. */
  readonly trouble?: string;
  /** The most urgent begins next, and of equals the runs in turn. */
  readonly isInOrder: boolean;
}

/**
 * What is sent on the topic `baton.jobs`, by every process that holds jobs: what changed, and in turn all that it holds.
 * At least one comes every few seconds.
 */
export interface JobMessage {
  /** This service of this process, and no other. */
  readonly from: string;
  /** Counts its messages, from 1: who misses one knows. */
  readonly number: number;
  /** `host.pid`. */
  readonly host: string;
  /** Where messages wait that have become no jobs yet. */
  readonly queue: string;
  readonly jobs: readonly ToldJob[];
  /** Keys of those that it holds no more. */
  readonly gone: readonly string[];
  /** Those of them that came to an end. */
  readonly ended: readonly EndedJob[];
  /** All that it holds stood in the messages from this number on. */
  readonly allSince?: number;
  readonly backends?: readonly ToldBackend[];
  /** It ends, and what it held goes to others. */
  readonly isLast?: boolean;
}

/** Jobs in one message at most, and characters of any text in it. */
export const jobsAtOnce = 500;
const longestText = 300;
/** Characters of what the failure of a lost job says. */
export const longestMessage = 2_000;
/** No message is larger in bytes; what is, nobody of ours has sent. */
const bytesAtMost = 4 * 1024 * 1024;

/** Reads what came on the topic, without the jobs that are none; undefined for anything else. */
export function readJobMessage(body: Buffer): JobMessage | undefined {
  const read = body.length > bytesAtMost ? null : parsed(body);
  if (!isObject(read)) return undefined;
  const { from, number, host, queue, jobs, gone, ended, allSince, backends, isLast } = read;
  if (!isName(from) || !isCount(number) || !isName(host) || !isName(queue)) return undefined;
  return {
    ...{ from, number, host, queue },
    jobs: all(jobs, readJob),
    gone: all(gone, (key) => (isName(key) ? key : undefined)),
    ended: all(ended, readEnded),
    ...(isCount(allSince) ? { allSince } : {}),
    ...(backends === undefined ? {} : { backends: all(backends, readBackend) }),
    ...(isLast === true ? { isLast } : {}),
  };
}

/** As one message has room for it. */
export function short(text: string, most = longestText): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}

function all<Item>(list: Json | undefined, read: (item: Json) => Item | undefined): readonly Item[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).slice(0, 2 * jobsAtOnce).flatMap((item) => read(item) ?? []);
}

function readJob(told: Json): ToldJob | undefined {
  if (!isObject(told)) return undefined;
  const { key, run, step, attempt, program, backend, beamline, priority, label } = told;
  const { asked, started, host, why, ending } = told;
  if (!isName(key) || !isName(run) || !isName(program) || !isName(backend)) return undefined;
  const resources = readResources(told);
  if (!isCount(step) || !isCount(attempt) || !isCount(priority) || !isCount(asked) || !resources) return undefined;
  return {
    ...{ key, run, step, attempt, program, backend, priority, ...resources, asked },
    ...(isName(beamline) ? { beamline } : {}),
    ...(isName(label) ? { label } : {}),
    ...(isCount(started) ? { started } : {}),
    ...(isName(host) ? { host } : {}),
    ...(isName(why) ? { why } : {}),
    ...(isCount(ending) ? { ending } : {}),
  };
}

function readEnded(told: Json): EndedJob | undefined {
  if (!isObject(told)) return undefined;
  const { key, run, step, program, backend, host, end, time, waited, seconds, message } = told;
  if (!isName(key) || !isName(run) || !isName(program) || !isName(backend)) return undefined;
  if (!isCount(step) || !isCount(time) || !isEnd(end)) return undefined;
  return {
    ...{ key, run, step, program, backend, end, time },
    ...(isName(host) ? { host } : {}),
    ...(isAmount(waited) ? { waited } : {}),
    ...(isAmount(seconds) ? { seconds } : {}),
    ...(typeof message === 'string' ? { message: short(message, longestMessage) } : {}),
  };
}

function readBackend(told: Json): ToldBackend | undefined {
  if (!isObject(told)) return undefined;
  const { name, places, trouble, isInOrder } = told;
  if (!isName(name)) return undefined;
  return {
    ...{ name, isInOrder: isInOrder === true },
    ...(places === undefined ? {} : { places: all(places, readPlace) }),
    ...(typeof trouble === 'string' ? { trouble: short(trouble) } : {}),
  };
}

function readPlace(told: Json): ToldPlace | undefined {
  if (!isObject(told)) return undefined;
  const { name, used, labels, running, isDraining } = told;
  const capacity = readResources(told);
  const taken = isObject(used) ? readResources(used) : undefined;
  if (!isName(name) || !capacity || !isCount(running)) return undefined;
  return {
    ...{ name, ...capacity, ...(taken ? { used: taken } : {}), running, isDraining: isDraining === true },
    labels: all(labels, (label) => (isName(label) ? label : undefined)),
  };
}

function readResources({ cores, memory, gpus }: JsonObject): Pick<ToldJob, 'cores' | 'memory' | 'gpus'> | undefined {
  return isAmount(cores) && isAmount(memory) && isAmount(gpus) ? { cores, memory, gpus } : undefined;
}

function parsed(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8')) as Json;
  } catch {
    return null;
  }
}

function isName(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestText;
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isAmount(value: Json | undefined): value is number {
  return typeof value === 'number' && value >= 0;
}

function isEnd(value: Json | undefined): value is JobEnd {
  return (jobEnds as readonly (Json | undefined)[]).includes(value);
}
