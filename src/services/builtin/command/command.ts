import { endings, passing, type Backend, type Job } from '../../../compute/backend.ts';
import { BatonError, messageOf } from '../../../core/errors.ts';
import { isObject, type JsonObject } from '../../../core/json.ts';
import type { Log } from '../../../core/log.ts';
import { readSettings } from '../../../recipes/settings.ts';
import type { AboutJob, HeldJob, JobBoard } from '../../jobs/job-board.ts';
import { checkpoint, done, failed, later, rejected, type Outcome } from '../../outcome.ts';
import { defineService, type Service, type StepInput, type Tools } from '../../service.ts';
import { Turns } from '../../turns.ts';
import { commandParameters, type CommandParameters } from './parameters.ts';
import { programLost } from './errors.ts';
import type { Programs } from './program.ts';
import { requestOf, wishOf, type Request } from './request.ts';
import { jobKey, jobOf, outlineOf, runProgram, type Finished } from './run.ts';
import { CommandSite } from './site.ts';
import { Tasks } from './tasks.ts';
import { failedCode, isLinked, tellFailure, tellStart, tellSuccess } from './told.ts';

/** What a site gives the service: its programs, and what runs them. */
export interface CommandOptions {
  readonly programs: Programs;
  /** How many messages are held at the same time: of programs that run, and of those that wait for room. */
  readonly concurrency: number;
  /** Made when the service starts. The first is that of steps which name none. */
  readonly backends: (folder: string, log: Log) => readonly Backend[];
}

/** A run ends with its longest program; so this is beyond what any site permits. */
const longest = 14 * 24 * 3_600;
const attempts = 1;
/** Programs that are handed over at the same time: each takes some memory while it is, and more at once are no faster. */
const handedOverAtOnce = 100;
/** A site without programs: every step is told that there is no such program. */
const none: CommandOptions = { programs: {}, concurrency: 1, backends: () => [] };

/** Runs programs of the site as steps of recipes, and sends what Zocalo's wrappers send. */
export function commandService({ programs, concurrency, backends }: CommandOptions = none): Service<CommandParameters> {
  return defineService<CommandParameters>({
    name: 'command',
    description: 'Command',
    queue: 'programs',
    concurrency,
    // What is not worth choosing from stays with the broker, for other hosts.
    ahead: 0,
    timeout: longest,
    // A program that failed fails again; a recipe knows where that is not so.
    retry: { attempts },
    parameters: commandParameters,
    channels: {
      starting: 'before the program starts, once',
      ...Object.fromEntries(Object.values(programs).flatMap(({ channels = {} }) => Object.entries(channels))),
      result: 'what the program answered there',
      updates: 'how far the program is, as it tells; sent while it runs',
      'result-individual-file': 'a file that the program left',
      'result-all-files': 'all files that the program left, once, where there are any',
      success: 'the payload, with what the program took and printed, when it ended well',
      failure: 'the same with the error, when it failed and is not tried again',
      completed: 'the same after either, in any case',
    },
    defaultChannel: 'success',
    start: async ({ folder, log, showTask, jobs }) => {
      const places = backends(folder, log);
      const site = new CommandSite(programs, places);
      await site.start();
      jobs.show(places);
      const shown: Shown = { tasks: new Tasks(showTask), jobs, handingOver: new Turns(handedOverAtOnce) };
      return {
        process: async (step, tools) => {
          const work = async (): Promise<Outcome> => await command(step, tools, site, shown);
          return isToHandOver(step, site) ? await shown.handingOver.take(work) : await work();
        },
        crashed: (step, cause) => tellFailure(begun(step).step, cause),
        awaits: (step, wake, key) => awaited(step, wake, key, site, shown),
        abandoned: async (step, key) => abandon(step, key, site, jobs),
        stop: async () => site.stop(),
      };
    },
  });
}

/** What its steps share: what others see of what runs, and whose turn it is. */
interface Shown {
  readonly tasks: Tasks;
  readonly jobs: JobBoard;
  readonly handingOver: Turns;
}

/** It goes to a backend that outlives this process, and has not yet. */
function isToHandOver(input: StepInput<CommandParameters>, site: CommandSite): boolean {
  return !begun(input).hasStarted && site.outlives(input.parameters.backend);
}

async function command(
  input: StepInput<CommandParameters>,
  tools: Tools,
  site: CommandSite,
  { tasks, jobs }: Shown,
): Promise<Outcome> {
  const { step, hasStarted, job: handedOver, asked } = begun(input);
  let request: Request;
  try {
    request = await requestOf(step, site);
  } catch (error) {
    return refusal(step, error);
  }
  const { backend } = request;
  const job = jobOf(step, request, handedOver ?? tools.key);
  using held = jobs.hold(job, aboutOf(step, backend, asked));
  try {
    if (!hasStarted && backend.submit) {
      held.waits(`It is being handed over to ${backend.name}.`);
      await tools.aside(backend.submit(job));
      // Cancelled meanwhile: nobody is going to wait for it.
      if (codeOf(tools.signal.reason) === 'cancelled') await backend.abandon?.(job);
      return starting(step, held.told.asked, tools.key);
    }
    if (!hasStarted && isLinked(step, 'starting')) return starting(step, held.told.asked);
    const finished = await heard(request, job, tools, tasks, held);
    tellEnd(held, tools.signal, finished);
    return { ...outcomeOf(step, finished, tools), ...keptOf(finished, job, backend, tools) };
  } catch (error) {
    tellEnd(held, tools.signal);
    return tools.signal.aborted ? ended(step, tools.signal.reason) : refusal(step, error);
  }
}

/** What became of it, without what only stopped with its service: that is run again, or goes on. */
function tellEnd(held: HeldJob, signal: AbortSignal, finished?: Finished): void {
  const { account, failure } = finished ?? {};
  const code = codeOf(signal.reason);
  if (signal.aborted && !endings.has(code)) return;
  if (code === 'cancelled') held.ended('cancelled', account);
  else if (programLost.is(failure)) held.ended('lost', account, failure.message);
  else held.ended(finished && !failure && !signal.aborted ? 'success' : 'failure', account);
}

function codeOf(reason: unknown): unknown {
  return isObject(reason) ? reason['code'] : undefined;
}

/** What goes with the outcome beside what is sent: what it took; and what is kept elsewhere is not needed any more once it is settled. */
function keptOf({ account }: Finished, job: Job, backend: Backend, tools: Tools): Pick<Outcome, 'program' | 'settled'> {
  const settled = (): void =>
    void backend.forget?.(job).catch((error: unknown) => {
      tools.log.warn({ reason: messageOf(error) }, 'what is kept of a program stays for a week');
    });
  return { ...(account ? { program: account } : {}), ...(backend.forget ? { settled } : {}) };
}

/** Too many are handed over now; or it was, and only waits until its backend has something to tell of it. */
function awaited(
  input: StepInput<CommandParameters>,
  wake: () => void,
  key: string,
  site: CommandSite,
  { jobs, handingOver }: Shown,
): (() => void) | undefined {
  const { step, job, asked } = begun(input);
  const isNew = isToHandOver(input, site);
  if (!isNew && job === undefined) return undefined;
  const backend = site.backend(step.parameters.backend);
  const outline = outlineOf(step, wishOf(step, site), job ?? key);
  const held = jobs.hold(outline, aboutOf(step, backend, asked));
  const waits = (why: string): void => held.waits(why);
  const release = isNew ? handingOver.awaits(wake) : backend.awaits?.(outline, { wake, waits });
  if (isNew) held.waits(`${backend.name} has been given many at once, and takes it next.`);
  const end = (): void => {
    release?.();
    held[Symbol.dispose]();
  };
  if (release) return end;
  end();
  return undefined;
}

/** Nobody waits for what an earlier delivery handed over: also where that died before it could say that it had. */
async function abandon(
  input: StepInput<CommandParameters>,
  key: string,
  site: CommandSite,
  jobs: JobBoard,
): Promise<void> {
  const { step, hasStarted, job = key, asked } = begun(input);
  const { backend: name, program, resources: { label } = {} } = step.parameters;
  const backend = site.backend(name);
  // It ends whatever the site permits by now.
  const { cores = 1, gpus = 0 } = step.parameters.resources ?? {};
  const wish = { name: program, resources: { cores, memory: 0, gpus }, ...(label === undefined ? {} : { label }) };
  using held = hasStarted ? jobs.hold(outlineOf(step, wish, job), aboutOf(step, backend, asked)) : undefined;
  held?.ending();
  await backend.abandon?.({ key: jobKey(step, job), ...(label === undefined ? {} : { label }) });
  held?.ended('cancelled');
}

/** What is shown of a job beside what it is. */
function aboutOf({ attempt }: StepInput<CommandParameters>, { name: backend }: Backend, asked?: number): AboutJob {
  return { attempt, backend, ...(asked === undefined ? {} : { asked }) };
}

/** What it prints stands with the run as it comes, what it tells goes on, and heartbeats name it. */
async function heard(request: Request, job: Job, tools: Tools, tasks: Tasks, held: HeldJob): Promise<Finished> {
  let over: (() => void) | undefined;
  const { signal } = tools;
  const end = (): void => {
    if (endings.has(codeOf(signal.reason))) held.ending();
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    return await runProgram(request, job, signal, {
      waits: (why) => held.waits(why),
      started: (host, since) => {
        over ??= tasks.begin(request.name);
        held.started(host, since);
      },
      printed: (lines) => {
        for (const line of lines) if (line !== '') tools.log.info(line);
      },
      tell: async (updates) => tools.tell(...updates),
      aside: async (what) => tools.aside(what),
    });
  } finally {
    signal.removeEventListener('abort', end);
    over?.();
  }
}

function outcomeOf(step: StepInput<CommandParameters>, finished: Finished, { signal }: Tools): Outcome {
  if (signal.aborted) return ended(step, signal.reason, finished.report);
  return finished.failure ? failure(step, finished.failure, finished.report) : done(...tellSuccess(step, finished));
}

/** It was told to end: its time is over, or the service has to stop. (What a cancelled run comes to, no handler decides.) */
function ended(step: StepInput<CommandParameters>, reason: unknown, report?: JsonObject): Outcome {
  const isLate = isObject(reason) && reason['code'] === 'timeout';
  return isLate ? failure(step, reason, report) : later(stopPause, 'the service stopped while the program ran');
}

/** Seconds until a program is run again that was ended with its service. */
const stopPause = 1;

/** The key of a payload that says that the start was told, and holds the payload itself. */
const startedKey = 'command-started';

/**
 * `starting` goes out at once: in a transaction of its own, with a message to this step to go on. Of what was handed over
 * that message has the key: whoever gets it waits for the job, and tells what comes of it.
 */
function starting(step: StepInput<CommandParameters>, asked: number, job?: string): Outcome {
  const message = { [startedKey]: true, asked, ...(job === undefined ? {} : { job }), payload: step.payload };
  return done(tellStart(step), checkpoint(message));
}

function begun(step: StepInput<CommandParameters>): {
  readonly step: StepInput<CommandParameters>;
  readonly hasStarted: boolean;
  /** The key of what was handed over. */
  readonly job?: string;
  /** When that was, or it came here. */
  readonly asked?: number;
} {
  const { payload } = step;
  if (!isObject(payload) || payload[startedKey] !== true) return { step, hasStarted: false };
  const { job, asked } = payload;
  const own = { ...step, payload: payload['payload'] ?? null };
  return {
    ...{ step: own, hasStarted: true },
    ...(typeof job === 'string' ? { job } : {}),
    ...(typeof asked === 'number' ? { asked } : {}),
  };
}

/** What cannot be right the next time either, where it is an error of ours. */
function refusal(step: StepInput<CommandParameters>, error: unknown): Outcome {
  if (!(error instanceof BatonError) || passing.has(error.code)) return failure(step, error);
  const [told, over] = tellFailure(step, error);
  return isLinked(step, 'failure') ? done(told, over) : rejected(error.message, error.code, over);
}

/** A recipe that has somewhere to tell failures has dealt with it; otherwise it is one of the step. */
function failure(step: StepInput<CommandParameters>, error: unknown, report?: JsonObject): Outcome {
  const [told, over] = tellFailure(step, error, report);
  const isLast = step.attempt >= (readSettings(step.definition).retry.attempts ?? attempts);
  return isLast && isLinked(step, 'failure') ? done(told, over) : failed(error, failedCode, over);
}
