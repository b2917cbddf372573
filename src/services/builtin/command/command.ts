import type { Backend } from '../../../compute/backend.ts';
import { BatonError } from '../../../core/errors.ts';
import { isObject, type JsonObject } from '../../../core/json.ts';
import type { Log } from '../../../core/log.ts';
import { readSettings } from '../../../recipes/settings.ts';
import { checkpoint, done, failed, later, rejected, type Outcome } from '../../outcome.ts';
import { defineService, type Service, type StepInput, type Tools } from '../../service.ts';
import { commandParameters, type CommandParameters } from './parameters.ts';
import type { Programs } from './program.ts';
import { requestOf, type CommandStep, type Request } from './request.ts';
import { runProgram, type Finished } from './run.ts';
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
    start: async ({ folder, log, showTask }) => {
      const site = new CommandSite(programs, backends(folder, log));
      await site.start();
      const tasks = new Tasks(showTask);
      return {
        process: async (step, tools) => await command(step, tools, site, tasks),
        crashed: (step, cause) => tellFailure(begun(step).step, cause),
        stop: async () => site.stop(),
      };
    },
  });
}

async function command(
  input: StepInput<CommandParameters>,
  tools: Tools,
  site: CommandSite,
  tasks: Tasks,
): Promise<Outcome> {
  const { step, hasStarted } = begun(input);
  let request: Request;
  try {
    request = await requestOf(step, site);
  } catch (error) {
    return refusal(step, error);
  }
  if (!hasStarted && isLinked(step, 'starting')) return starting(step);
  try {
    const finished = await heard(step, request, tools, tasks);
    return { ...outcomeOf(step, finished, tools), ...(finished.account ? { program: finished.account } : {}) };
  } catch (error) {
    return tools.signal.aborted ? ended(step, tools.signal.reason) : refusal(step, error);
  }
}

/** What it prints stands with the run as it comes, what it tells goes on, and heartbeats name it. */
async function heard(step: CommandStep, request: Request, tools: Tools, tasks: Tasks): Promise<Finished> {
  let over: (() => void) | undefined;
  try {
    return await runProgram(step, request, tools.key, tools.signal, {
      started: () => (over = tasks.begin(request.name)),
      printed: (lines) => {
        for (const line of lines) if (line !== '') tools.log.info(line);
      },
      tell: async (updates) => tools.tell(...updates),
    });
  } finally {
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

/** `starting` goes out at once: in a transaction of its own, with a message to this step to go on. */
function starting(step: StepInput<CommandParameters>): Outcome {
  return done(tellStart(step), checkpoint({ [startedKey]: true, payload: step.payload }));
}

function begun(step: StepInput<CommandParameters>): {
  readonly step: StepInput<CommandParameters>;
  readonly hasStarted: boolean;
} {
  const { payload } = step;
  if (!isObject(payload) || payload[startedKey] !== true) return { step, hasStarted: false };
  return { step: { ...step, payload: payload['payload'] ?? null }, hasStarted: true };
}

/** What cannot be right the next time either, where it is an error of ours. */
function refusal(step: StepInput<CommandParameters>, error: unknown): Outcome {
  if (!(error instanceof BatonError)) return failure(step, error);
  const [told, over] = tellFailure(step, error);
  return isLinked(step, 'failure') ? done(told, over) : rejected(error.message, error.code, over);
}

/** A recipe that has somewhere to tell failures has dealt with it; otherwise it is one of the step. */
function failure(step: StepInput<CommandParameters>, error: unknown, report?: JsonObject): Outcome {
  const [told, over] = tellFailure(step, error, report);
  const isLast = step.attempt >= (readSettings(step.definition).retry.attempts ?? attempts);
  return isLast && isLinked(step, 'failure') ? done(told, over) : failed(error, failedCode, over);
}
