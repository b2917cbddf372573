import type { Ended, Job, Limits } from '../../../compute/backend.ts';
import { BatonError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { ShownJob } from '../../jobs/job-board.ts';
import type { SentOn } from '../../outcome.ts';
import type { ProgramAccount } from '../../record.ts';
import { contextOf } from '../../run-context.ts';
import { answersIn, isUpdate, updatesIn } from './answers.ts';
import { badAnswer, limitExceeded, programFailed, programLost } from './errors.ts';
import { messageOf, type CommandStep, type Request } from './request.ts';
import { allFiles, resultFiles } from './results.ts';

/** What came of a program: what it answered, or why it failed. */
export interface Finished {
  /** What it took, and how it ended, for payloads. */
  readonly report: JsonObject;
  /** The same for the ledger; absent where nothing was run. */
  readonly account?: ProgramAccount;
  readonly answers: readonly SentOn[];
  readonly failure?: Error & { readonly code?: string };
}

/** What is done with what a program says while it runs. */
export interface Hearing {
  /** Why it has not begun. */
  waits?(why: string): void;
  /** It begins; `since` (milliseconds since 1970) where it had before this was known. */
  started?(host: string, since?: number): void;
  /** Lines that it printed. */
  printed(lines: readonly string[]): void;
  /** Sends on at once; what was told before, when the same was run before, is told again. */
  tell(updates: readonly SentOn[]): Promise<void>;
  /** Waits for a backend that outlives this process. */
  aside?<Value>(what: Promise<Value>): Promise<Value>;
}

/** Runs what a step asks for, and takes its answers; also when the signal is aborted while it runs. Throws `compute.…`, and the signal's reason when it was aborted before. */
export async function runProgram(request: Request, job: Job, signal: AbortSignal, hearing: Hearing): Promise<Finished> {
  const { backend, name } = request;
  const live = new LiveUpdates(name, hearing);
  const running = backend.run(job, signal, {
    waits: (why) => hearing.waits?.(why),
    started: (host, since) => hearing.started?.(host, since),
    printed: (lines) => hearing.printed(lines),
    answered: (lines) => live.take(lines),
  });
  const ended = await (backend.submit && hearing.aside ? hearing.aside(running) : running);
  await live.told;
  const report = reportOf(name, ended);
  const account = accountOf(name, ended);
  try {
    const failure = failureOf(name, ended, request.limits);
    if (failure) return { report, account, answers: [], failure };
    const { directory, results } = request;
    const answers = [
      ...(await live.rest(answered(name, ended))),
      ...(directory === undefined ? [] : await resultFiles(results, directory, name)),
    ];
    return { report, account, answers: [...answers, ...allFiles(answers)] };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { report, account, answers: [], failure: error };
  }
}

/** Updates go out as they come, in order. */
class LiveUpdates {
  readonly #program: string;
  readonly #hearing: Hearing;
  #count = 0;
  told: Promise<void> = Promise.resolve();

  constructor(program: string, hearing: Hearing) {
    this.#program = program;
    this.#hearing = hearing;
  }

  take(lines: readonly string[]): void {
    this.#tell(updatesIn(lines, this.#program));
  }

  /** Tells what it has not told of all answers; returns those that are no updates. */
  async rest(answers: readonly SentOn[]): Promise<readonly SentOn[]> {
    this.#tell(answers.filter(isUpdate).slice(this.#count));
    await this.told;
    return answers.filter((each) => !isUpdate(each));
  }

  #tell(updates: readonly SentOn[]): void {
    this.#count += updates.length;
    for (let from = 0; from < updates.length; from += atOnce) {
      const some = updates.slice(from, from + atOnce);
      this.told = this.told.then(async () => this.#hearing.tell(some));
    }
  }
}

/** Messages that are told of together. */
const atOnce = 100;

/** Throws `command.bad-answer`. */
function answered(program: string, { answers }: Ended): readonly SentOn[] {
  if ('problem' in answers) throw badAnswer({ program, where: 'in all', reason: answers.problem });
  return answersIn(answers.text, program);
}

/** What every program finds, whatever the site says; nothing is inherited. */
const standardEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };

/** The job that a step asks for; `key` is that of the message with which it was asked for. */
export function jobOf(step: CommandStep, request: Request, key: string): Job {
  const { program, words, environment, resources, limits, directory } = request;
  const { run, step: number, attempt } = step;
  const message = JSON.stringify(messageOf(step));
  return {
    ...outlineOf(step, request, key),
    command: [program.path, ...words],
    ...(program.container ? { container: program.container } : {}),
    environment: {
      ...standardEnvironment,
      ...environment,
      BATON_RUN: run,
      BATON_STEP: String(number),
      BATON_ATTEMPT: String(attempt),
      BATON_CORES: String(resources.cores),
    },
    message,
    input: request.input ?? message,
    ...(directory === undefined ? {} : { directory }),
    ...(program.user === undefined ? {} : { user: program.user }),
    limits,
    ...(program.atOnce === undefined ? {} : { atOnce: program.atOnce }),
  };
}

/** The same without what only its program needs: for who only waits for it. */
export function outlineOf(
  step: CommandStep,
  wish: Pick<Request, 'name' | 'resources' | 'label'>,
  key: string,
): ShownJob {
  const { beamline, priority = livePriority } = contextOf(step.environment);
  const { name: program, resources, label } = wish;
  return {
    key: jobKey(step, key),
    origin: { run: step.run, step: step.step, program, priority, ...(beamline === undefined ? {} : { beamline }) },
    resources,
    ...(label === undefined ? {} : { label }),
  };
}

/** Another attempt is another job; what was only put off is the same. */
export function jobKey({ attempt, reinjected }: Pick<CommandStep, 'attempt' | 'reinjected'>, key: string): string {
  return `${key}.${attempt}${reinjected > 0 ? `.r${reinjected}` : ''}`;
}

/** Of messages that say nothing of it. */
const livePriority = 6;

/** Why a program is lost of which nobody says why. */
const silence = 'nothing is heard of it any more';

function failureOf(program: string, ended: Ended, limits: Limits): BatonError | undefined {
  const { exceeded, exitCode, signal = 'an unknown end', cause, log } = ended;
  const last = lastLines(log);
  if (ended.isLost === true)
    return programLost({ program, host: ended.host, cause: cause ?? silence, lastLines: last });
  if (exceeded) return limitExceeded({ program, problem: cause ?? problemOf(exceeded, limits), lastLines: last });
  // Whoever was told to end has not done all, whatever it says.
  if (exitCode === 0 && cause === undefined) return undefined;
  const code = exitCode === undefined ? signal : `exit code ${exitCode}`;
  const how = cause === undefined ? code : `${code}, as ${cause}`;
  return programFailed({ program, how, lastLines: last });
}

function problemOf(exceeded: NonNullable<Ended['exceeded']>, limits: Limits): string {
  switch (exceeded) {
    case 'time':
      return `it took longer than ${limits.seconds} s`;
    case 'memory':
      return `it took more than ${limits.memory} bytes of memory`;
    case 'processes':
      return `it had more than ${limits.processes} processes`;
    case 'output':
      return `it printed and answered more than ${limits.outputBytes} bytes`;
  }
}

/** The end of what it printed: what a person reads first. */
function lastLines(log: string): string {
  return log.trimEnd().split('\n').slice(-10).join('\n').slice(-1_500).toWellFormed();
}

function accountOf(name: string, ended: Ended): ProgramAccount {
  const { log: _log, answers: _answers, left: _left, cause: _cause, ...account } = ended;
  return { name, ...account };
}

function reportOf(name: string, ended: Ended): JsonObject {
  const { backend, exitCode, signal, exceeded, host, waited, seconds, cpuSeconds, peakMemory, log } = ended;
  return {
    name,
    backend,
    host,
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(exceeded === undefined ? {} : { exceeded }),
    waited_seconds: waited,
    seconds,
    ...(cpuSeconds === undefined ? {} : { cpu_seconds: cpuSeconds }),
    ...(peakMemory === undefined ? {} : { peak_memory_bytes: peakMemory }),
    log,
  };
}
