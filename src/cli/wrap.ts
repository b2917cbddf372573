import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, delimiter, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { LocalBackend } from '../compute/local.ts';
import { systemClock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { digest, isObject, type JsonObject } from '../core/json.ts';
import { currentStep, parseEnvelope, runOf, type Envelope } from '../recipes/message.ts';
import { routeError, routeOutputs, type NextMessage } from '../recipes/route.ts';
import type { CommandParameters } from '../services/builtin/command/parameters.ts';
import { commandParameters } from '../services/builtin/command/parameters.ts';
import type { Programs } from '../services/builtin/command/program.ts';
import { requestOf, type CommandStep } from '../services/builtin/command/request.ts';
import { jobOf, runProgram, type Finished } from '../services/builtin/command/run.ts';
import { CommandSite } from '../services/builtin/command/site.ts';
import { failedCode, isLinked, tellFailure, tellStart, tellSuccess } from '../services/builtin/command/told.ts';
import type { SentOn } from '../services/outcome.ts';
import { ParameterReader } from '../services/parameters.ts';
import { stepMessages } from '../services/sending.ts';
import { status, StatusBroadcast } from '../services/status.ts';
import type { Client } from '../stomp/client.ts';
import { connect } from './connect.ts';
import { usage } from './errors.ts';
import { configOf, seconds, withCommon, type CommonOptions } from './options.ts';
import { exitCodes, output } from './output.ts';
import { version } from './version.ts';

interface WrapOptions extends CommonOptions {
  readonly timeout?: number;
}

/** `baton wrap`: exits 1 when the program failed. */
export function wrapCommand(program: Command): void {
  const command = program
    .command('wrap')
    .argument('<file>', 'a message to a step, in Zocalo’s format: environment, payload, recipe, recipe-pointer')
    .argument(
      '[program...]',
      'after --, what to run in place of the program of the step, here and in this environment',
    );
  withCommon(command)
    .description(
      'run the program of a step under supervision, here, and send what comes of it over the channels of its recipe',
    )
    .option('--timeout <seconds>', 'how long the program may run', seconds)
    .action(wrap);
}

async function wrap(file: string, words: readonly string[], options: WrapOptions): Promise<void> {
  const config = await configOf(options);
  const { text, envelope } = await messageIn(file);
  const [given] = words;
  const own = given === undefined ? undefined : { name: basename(given), path: await found(given) };
  const step = stepOf(envelope, own?.name, words.slice(1), options.timeout);
  const programs: Programs = own ? { [own.name]: ofCaller(own.path) } : config.programs;
  await using client = await connect(config, 'baton wrap');
  const told = output(options.json === true);
  const wrapped = new Wrapped(client, envelope, digest(text), (line) => told.say(line));
  await using supervised = await supervisedBy(programs);
  using _shown = showing(client, step.parameters.program);
  const finished = await wrapped.run(step, supervised.site);
  const { failure, report } = finished;
  told.result({ outcome: failure ? 'failure' : 'success', report }, () => [
    failure ? `✗ ${failure.message}` : `✓ ${step.parameters.program} ended well.`,
  ]);
  if (failure) process.exitCode = exitCodes.failed;
}

/** Whoever watches services sees it, too, as long as it runs. */
function showing(client: Client, program: string): Disposable {
  const identity = { service: 'Wrapper', serviceClass: 'wrap', version, isDeaf: true };
  const shown = new StatusBroadcast(client, { ...identity, host: `${hostname()}.${process.pid}` }, systemClock);
  shown.start();
  shown.showTask(program);
  shown.set(status.processing);
  return { [Symbol.dispose]: () => shown.stop() };
}

/** A program whose step is not that of a service here: what comes of it is sent as it comes. */
class Wrapped {
  readonly #client: Client;
  readonly #envelope: Envelope;
  readonly #key: string;
  readonly #say: (line: string) => void;
  #updates = 0;

  constructor(client: Client, envelope: Envelope, key: string, say: (line: string) => void) {
    this.#client = client;
    this.#envelope = envelope;
    this.#key = key;
    this.#say = say;
  }

  async run(step: CommandStep, site: CommandSite): Promise<Finished> {
    const stopping = new AbortController();
    const stop = (signal: string): void => stopping.abort(new Error(`baton wrap was ended by ${signal}.`));
    process.once('SIGTERM', stop).once('SIGINT', stop);
    try {
      await this.#send([tellStart(step)]);
      const finished = await this.#finished(step, site, stopping.signal);
      const { failure, report } = finished;
      if (!failure) await this.#send(tellSuccess(step, finished));
      else await this.#send(tellFailure(step, failure, report), isLinked(step, 'failure') ? undefined : failure);
      return finished;
    } finally {
      process.off('SIGTERM', stop).off('SIGINT', stop);
    }
  }

  /** Whatever happens, it is told. */
  async #finished(step: CommandStep, site: CommandSite, signal: AbortSignal): Promise<Finished> {
    try {
      const request = await requestOf(step, site);
      const finished = await runProgram(request, jobOf(step, request, this.#key), signal, {
        printed: (lines) => {
          for (const line of lines) this.#say(line);
        },
        tell: async (updates) => this.#tell(updates),
      });
      return signal.aborted ? { ...finished, failure: signal.reason as Error } : finished;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(messageOf(error));
      return { failure, answers: [], report: { name: step.parameters.program } };
    }
  }

  async #tell(updates: readonly SentOn[]): Promise<void> {
    for (const update of updates)
      await this.#send([update], undefined, digest(this.#key, 'told', (this.#updates += 1)));
  }

  async #send(
    outputs: readonly SentOn[],
    failure?: Error & { readonly code?: string },
    key = this.#key,
  ): Promise<void> {
    const origin = { envelope: this.#envelope, key };
    const next: NextMessage[] = routeOutputs(origin, outputs, 'success');
    if (failure) {
      const { code = failedCode, message } = failure;
      const error = { code, message, step: this.#envelope.pointer, service: 'wrap', host: hostname(), attempt: 1 };
      next.push(...routeError(origin, error));
    }
    const send = stepMessages(next, { destinations: this.#client, now: Date.now() });
    if (send.length > 0) await this.#client.transact({ ack: [], send });
  }
}

async function messageIn(file: string): Promise<{ readonly text: string; readonly envelope: Envelope }> {
  try {
    const text = await readFile(file, 'utf8');
    return { text, envelope: parseEnvelope(text) };
  } catch (cause) {
    throw usage({ problem: `${file} is no message to a step: ${messageOf(cause)}` }, { cause });
  }
}

/** The step as its handler would see it, with what the command line says in its place. */
function stepOf(
  envelope: Envelope,
  program: string | undefined,
  words: readonly string[],
  timeout: number | undefined,
): CommandStep {
  const definition = currentStep(envelope);
  const written = isObject(definition.parameters) ? definition.parameters : {};
  const own: JsonObject =
    program === undefined ? written : { program, arguments: words.map(literal), directory: process.cwd() };
  const read = new ParameterReader(commandParameters).read({ ...own, ...(timeout === undefined ? {} : { timeout }) });
  if (!read.ok) throw usage({ problem: `Step ${envelope.pointer}: ${read.reason}` });
  return {
    run: runOf(envelope),
    step: envelope.pointer,
    parameters: read.value as CommandParameters,
    payload: envelope.payload,
    environment: envelope.environment,
    definition,
    attempt: 1,
    reinjected: 0,
  };
}

/** What stands on the command line is meant as it stands. */
function literal(word: string): string {
  return word.startsWith('$') ? `$${word}` : word;
}

/** Whoever calls may run it anyway: with what arguments, where and how they like. */
function ofCaller(path: string): Programs[string] {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const anything = { type: 'array', items: { type: 'string' } };
  return {
    path,
    arguments: anything,
    directories: ['/'],
    environment: Object.fromEntries(inherited),
    limits: { time: '14d' },
  };
}

/** Where the shell would find it. */
async function found(program: string): Promise<string> {
  const folders = program.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    const path = resolve(folder, program);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw usage({ problem: `There is no program ${program}` });
}

/** The site's programs on this host, in a folder that is removed. */
async function supervisedBy(programs: Programs): Promise<{ readonly site: CommandSite } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-wrap-'));
  const site = new CommandSite(programs, [new LocalBackend({ folder })]);
  await site.start();
  const dispose = async (): Promise<void> => {
    await site.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { site, [Symbol.asyncDispose]: dispose };
}
