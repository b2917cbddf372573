import type { Json, JsonObject } from '../core/json.ts';
import type { Backoff } from '../core/backoff.ts';
import type { Log } from '../core/log.ts';
import type { JobBoard } from './jobs/job-board.ts';
import type { Outcome, SentOn } from './outcome.ts';
import type { Cause } from './record.ts';

/** How often, and how far apart in seconds, a step is tried. */
export interface Retry extends Backoff {
  readonly attempts: number;
}

/** One message of a join, as its handler gets it. */
export interface Member {
  readonly key: string;
  readonly payload: Json;
}

/** What a handler works on: one message at one step of a recipe. */
export interface StepInput<Parameters> {
  readonly run: string;
  /** The step's number in the recipe. */
  readonly step: number;
  /** The step's parameters, substituted, with the defaults of the service's schema. */
  readonly parameters: Parameters;
  readonly payload: Json;
  /** All messages of a join, in the declared order; the one message where the step joins nothing. */
  readonly members: readonly Member[];
  readonly environment: JsonObject;
  /** The step as the recipe has it, with every key the author wrote. */
  readonly definition: JsonObject;
  /** Counts from 1. */
  readonly attempt: number;
  /** How often the message was put off, from 0. */
  readonly deferral: number;
  /** How often it was sent again out of a dead-letter queue, from 0. */
  readonly reinjected: number;
}

/** What a handler works with. */
export interface Tools {
  /** Aborted when the time-out passes or the service stops at once. A handler that ignores it loses its process. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Identifies the message: the same when it is delivered again. For side effects that must happen once. */
  readonly key: string;
  /**
   * Sends on while the handler still works: resolves when the broker has it. Each is sent once: a handler that runs again
   * tells the same in the same order, and what was told before is not sent again. It goes by way of the ledger.
   */
  readonly tell: (...outputs: readonly SentOn[]) => Promise<void>;
  /**
   * Waits for what others do, in other processes or on other hosts, and comes to what that comes to. Meanwhile nobody holds it
   * against the message when this process dies, and others run beside it, also where it is suspected and has to run alone.
   */
  readonly aside: <Value>(what: Promise<Value>) => Promise<Value>;
}

/** A running service: what `start` made, ready to process. */
export interface Processor<Parameters> {
  process(step: StepInput<Parameters>, tools: Tools): Outcome | Promise<Outcome>;
  /** What is sent on for a message that is put aside without being run again, as it killed its process too often. */
  crashed?(step: StepInput<Parameters>, cause: Cause): readonly SentOn[];
  /**
   * For a message of which only something that happens elsewhere has to be waited for: `wake` has it processed, and it is held
   * until then, unacknowledged. Never called before this returned; what it returns ends that. Nothing: it is processed now.
   */
  awaits?(step: StepInput<Parameters>, wake: () => void, key: string): (() => void) | undefined;
  /** Called for a message that is settled without being worked on, as its run was cancelled or it is put aside: what an earlier delivery of it left running is to end. Resolves when it has. */
  abandoned?(step: StepInput<Parameters>, key: string): Promise<void>;
  /** Ends what the service holds (pools, files). Called once, after the last message. */
  stop?(): Promise<void>;
}

/** A service as its author defines it. Times are seconds. */
export interface ServiceOptions<Parameters> {
  /** Unique; also the `serviceclass` in heartbeats. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly description: string;
  /** The queue it consumes unless the configuration says otherwise. */
  readonly queue: string;
  /** JSON Schema of the step's `parameters`. Strings are taken for numbers and booleans where the schema wants them: announcements carry strings. */
  readonly parameters: JsonObject;
  /** The channels it may send on, with a sentence each. */
  readonly channels?: Readonly<Record<string, string>>;
  /** The channel of an output that names none. */
  readonly defaultChannel?: string;
  /** How many messages are worked on at the same time in one process. */
  readonly concurrency?: number;
  /** How many messages are taken ahead of those; as many where absent. */
  readonly ahead?: number;
  /** Over how many connections to the broker it consumes, each with its share of `concurrency`: several settle faster than one. A service that joins has one. */
  readonly connections?: number;
  readonly timeout?: number;
  readonly retry?: Partial<Retry>;
  /** So many messages may wait in each queue that it sends to; beyond, it takes no more until they are fewer. */
  readonly highWater?: number;
  /** True when its steps may declare a `join`; then messages are held until they are complete. */
  readonly joins?: boolean;
  /** Makes what the service needs while it runs; for services that hold something. */
  readonly start?: (surroundings: Surroundings) => Promise<Processor<Parameters>>;
  /** Processes one message; for services that hold nothing. */
  readonly process?: Processor<Parameters>['process'];
}

/** What the process offers to a service that starts. */
export interface Surroundings {
  readonly log: Log;
  /** The folder in which a service may keep files; exists. */
  readonly folder: string;
  /** The site's settings for this service, from the configuration. */
  readonly settings: JsonObject;
  /** Tells in heartbeats what it works on, in a few words; nothing, with none. */
  readonly showTask: (task: string | undefined) => void;
  /** Tells of the jobs that it holds, for a service that runs programs. */
  readonly jobs: JobBoard;
}

/** A service ready to be hosted: all defaults filled in. */
export interface Service<Parameters = unknown> {
  readonly name: string;
  readonly description: string;
  readonly queue: string;
  readonly parameters: JsonObject;
  readonly channels: Readonly<Record<string, string>>;
  readonly defaultChannel: string | undefined;
  readonly concurrency: number;
  readonly ahead: number | undefined;
  readonly connections: number;
  readonly timeout: number;
  readonly retry: Retry;
  readonly highWater: number | undefined;
  readonly joins: boolean;
  readonly start: (surroundings: Surroundings) => Promise<Processor<Parameters>>;
}

/** A service whose parameter type does not matter to who holds it. */
export type AnyService = Service<unknown>;

const defaultRetry: Retry = { attempts: 3, delay: 1, factor: 4, maxDelay: 300 };

/** Defines a service; the type parameter is the type that the JSON Schema of its parameters describes. */
export function defineService<Parameters = JsonObject>(options: ServiceOptions<Parameters>): Service<Parameters> {
  const { process } = options;
  const start = options.start ?? (process && (() => Promise.resolve({ process })));
  if (!start) throw new TypeError(`Service ${options.name} defines neither start nor process.`);
  return {
    name: options.name,
    description: options.description,
    queue: options.queue,
    parameters: options.parameters,
    channels: options.channels ?? {},
    defaultChannel: options.defaultChannel,
    concurrency: options.concurrency ?? 1,
    ahead: options.ahead,
    connections: options.joins === true ? 1 : (options.connections ?? 1),
    timeout: options.timeout ?? 600,
    retry: { ...defaultRetry, ...options.retry },
    highWater: options.highWater,
    joins: options.joins ?? false,
    start,
  };
}

/** True for what `defineService` made, also by another copy of Baton. */
export function isService(value: unknown): value is AnyService {
  if (typeof value !== 'object' || value === null) return false;
  const { name, queue, start, retry } = value as Partial<AnyService>;
  return (
    typeof name === 'string' && typeof queue === 'string' && typeof start === 'function' && typeof retry === 'object'
  );
}
