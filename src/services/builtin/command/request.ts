import type { Backend, Limits, Resources } from '../../../compute/backend.ts';
import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import type { StepInput } from '../../service.ts';
import { notPermitted } from './errors.ts';
import type { CommandParameters, WantedResult } from './parameters.ts';
import type { Program, ProgramLimits } from './program.ts';
import { resolved } from './references.ts';
import type { CommandSite } from './site.ts';
import { bytesOf, secondsOf } from './units.ts';

/** What a step asks for, found to be permitted. */
export interface Request {
  readonly name: string;
  readonly program: Program;
  readonly backend: Backend;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Absent: a folder of its own. */
  readonly directory?: string;
  /** What it reads; its message where absent. */
  readonly input?: string;
  readonly resources: Resources;
  readonly label?: string;
  readonly limits: Limits;
  readonly results: readonly WantedResult[];
}

/** What a step is, for running its program: a part of what its handler gets. */
export type CommandStep = Pick<
  StepInput<CommandParameters>,
  'run' | 'step' | 'parameters' | 'payload' | 'environment' | 'definition' | 'attempt' | 'reinjected'
>;

/** Where neither site nor recipe says. */
const standardTime = 3_600;
const standardOutput = 64 * 1024 * 1024;

/** Reads what a step asks for. Throws `command.…` for what is not there, or not permitted. */
export async function requestOf(step: CommandStep, site: CommandSite): Promise<Request> {
  const { payload, environment } = step;
  const { name, program, permissions } = site.program(step.parameters.program);
  const wanted = { ...step.parameters, ...references(step.parameters, { payload, environment }) };
  const directory = wanted.directory === undefined ? undefined : await permissions.directory(wanted.directory);
  const results = (wanted.results ?? []).map((result) => (typeof result === 'string' ? { pattern: result } : result));
  checkResults(name, results, directory);
  const { label } = step.parameters.resources ?? {};
  const { limits, resources } = amounts(name, step.parameters, program.limits ?? {});
  return {
    name,
    program,
    backend: site.backend(wanted.backend),
    words: permissions.arguments(wanted.arguments),
    environment: permissions.environment(wanted.environment ?? {}),
    ...(directory === undefined ? {} : { directory }),
    ...(wanted.stdin === undefined ? {} : { input: textOf(wanted.stdin) }),
    resources,
    ...(label === undefined ? {} : { label }),
    limits,
    results,
  };
}

/** What it takes of a host, and which. Throws `command.…` for what is not permitted. */
export function wishOf({ parameters }: CommandStep, site: CommandSite): Pick<Request, 'name' | 'resources' | 'label'> {
  const { name, program } = site.program(parameters.program);
  const { label } = parameters.resources ?? {};
  const { resources } = amounts(name, parameters, program.limits ?? {});
  return { name, resources, ...(label === undefined ? {} : { label }) };
}

/** The parameters that may refer to the message, with what it has there. */
function references(
  { arguments: words, environment, directory, stdin }: CommandParameters,
  message: { readonly payload: Json; readonly environment: JsonObject },
): Partial<CommandParameters> {
  const found = Object.entries({ arguments: words, environment, directory, stdin }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, resolved(value, key, message)]],
  );
  return Object.fromEntries(found) as Partial<CommandParameters>;
}

/** The most that it may have: what the recipe asks for, which may not be more than the site permits; else what that permits. */
function amounts(
  program: string,
  { timeout, resources = {} }: CommandParameters,
  permitted: ProgramLimits,
): { readonly limits: Limits; readonly resources: Resources } {
  const most = (what: string, asked: number | undefined, limit: number | undefined): number | undefined => {
    if (asked !== undefined && limit !== undefined && asked > limit)
      throw notPermitted({ program, problem: `it may have ${limit} ${what}, and the step asks for ${asked}` });
    return asked ?? limit;
  };
  const asked = [timeout, optional(resources.time, secondsOf)].filter((time) => time !== undefined);
  const time = optional(permitted.time, secondsOf);
  const seconds = most('seconds', asked.length > 0 ? Math.min(...asked) : undefined, time) ?? standardTime;
  const memory = most('bytes of memory', optional(resources.memory, bytesOf), optional(permitted.memory, bytesOf));
  const { processes, files } = permitted;
  const fileBytes = optional(permitted.file, bytesOf);
  const limits: Limits = {
    seconds,
    outputBytes: optional(permitted.output, bytesOf) ?? standardOutput,
    ...(memory === undefined ? {} : { memory }),
    ...(processes === undefined ? {} : { processes }),
    ...(files === undefined ? {} : { files }),
    ...(fileBytes === undefined ? {} : { fileBytes }),
  };
  return { limits, resources: { cores: resources.cores ?? 1, memory: memory ?? 0, gpus: resources.gpus ?? 0 } };
}

/** Results are told of by their paths, so they have to outlive the program. */
function checkResults(program: string, results: readonly WantedResult[], directory: string | undefined): void {
  if (results.length > 0 && directory === undefined)
    throw notPermitted({
      program,
      problem: 'results need a directory, for its own folder is removed after the program',
    });
  const outside = results.find(({ pattern }) => pattern.startsWith('/') || pattern.split('/').includes('..'));
  if (outside)
    throw notPermitted({
      program,
      problem: `the result ${JSON.stringify(outside.pattern)} leads out of the directory`,
    });
}

function textOf(stdin: Json): string {
  return typeof stdin === 'string' ? stdin : JSON.stringify(stdin);
}

function optional<Value>(value: Value | undefined, read: (value: Value) => number): number | undefined {
  return value === undefined ? undefined : read(value);
}

/** The step's message as a Python wrapper reads it: in Zocalo's format, with a recipe of this one step. */
export function messageOf({ step, payload, environment, definition }: CommandStep): JsonObject {
  const { output: _output, error: _error, ...own } = definition;
  const recipe = { [step]: isObject(own) ? own : {}, start: [[step, []]] };
  return { environment, payload, recipe, 'recipe-path': [], 'recipe-pointer': step };
}
