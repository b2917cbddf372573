import { writeFile } from 'node:fs/promises';
import { filesOf, type Ended, type Job, type Limits } from '../../../compute/backend.ts';
import { BatonError } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { SentOn } from '../../outcome.ts';
import { answersIn } from './answers.ts';
import { limitExceeded, programFailed } from './errors.ts';
import { messageOf, type CommandStep, type Request } from './request.ts';
import { allFiles, resultFiles } from './results.ts';

/** What came of a program: what it answered, or why it failed. */
export interface Finished {
  /** What it took, and how it ended, for payloads. */
  readonly report: JsonObject;
  readonly answers: readonly SentOn[];
  readonly failure?: Error & { readonly code?: string };
}

/** Runs what a step asks for, and takes its answers. Throws `compute.…`, and the signal's reason when it is aborted. */
export async function runProgram(
  step: CommandStep,
  request: Request,
  key: string,
  signal: AbortSignal,
): Promise<Finished> {
  const { backend, name, program } = request;
  const folder = await backend.folderFor(key, program.user);
  try {
    const message = JSON.stringify(messageOf(step));
    const files = filesOf(folder);
    await writeFile(files.message, message);
    await writeFile(files.input, request.input ?? message);
    const ended = await backend.run(jobOf(step, request, key, folder), signal);
    const report = reportOf(name, ended);
    try {
      const failure = failureOf(name, ended, request.limits);
      if (failure) return { report, answers: [], failure };
      const { directory, results } = request;
      const answers = [
        ...(await answersIn(files.answers, name)),
        ...(directory === undefined ? [] : await resultFiles(results, directory, name)),
      ];
      return { report, answers: [...answers, ...allFiles(answers)] };
    } catch (error) {
      if (!(error instanceof BatonError)) throw error;
      return { report, answers: [], failure: error };
    }
  } finally {
    await backend.discard(folder);
  }
}

/** What every program finds, whatever the site says; nothing is inherited. */
const standardEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };

function jobOf({ run, step, attempt }: CommandStep, request: Request, key: string, folder: string): Job {
  const { program, words, environment, resources, limits } = request;
  const { work, temporary, message, answers } = filesOf(folder);
  return {
    key,
    folder,
    command: [program.path, ...words],
    environment: {
      ...standardEnvironment,
      HOME: work,
      TMPDIR: temporary,
      ...environment,
      BATON_MESSAGE: message,
      BATON_OUTPUT: answers,
      BATON_RUN: run,
      BATON_STEP: String(step),
      BATON_ATTEMPT: String(attempt),
      BATON_CORES: String(resources.cores),
    },
    directory: request.directory ?? work,
    ...(program.user === undefined ? {} : { user: program.user }),
    resources,
    limits,
  };
}

function failureOf(program: string, ended: Ended, limits: Limits): BatonError | undefined {
  const { exceeded, exitCode, signal = 'an unknown end', log } = ended;
  const last = lastLines(log);
  if (exceeded) return limitExceeded({ program, problem: problemOf(exceeded, limits), lastLines: last });
  if (exitCode === 0) return undefined;
  const how = exitCode === undefined ? signal : `exit code ${exitCode}`;
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

function reportOf(name: string, ended: Ended): JsonObject {
  const { exitCode, signal, exceeded, host, waited, seconds, cpuSeconds, peakMemory, log } = ended;
  return {
    name,
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
