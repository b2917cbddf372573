import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { Cancellations } from './cancellations.ts';
import type { ServiceEvents } from './events.ts';
import type { Guard } from './guard.ts';
import { handle, type Handling } from './handle.ts';
import type { Destinations } from './names.ts';
import { failed, type Outcome, type SentOn } from './outcome.ts';
import { deliveryId } from './received.ts';
import { originOf, route, type Surround } from './route.ts';
import type { AnyService, Processor } from './service.ts';
import type { Decision } from './settlement.ts';
import type { StepLogs } from './step-log.ts';
import { traceFields } from './trace.ts';
import { inputOf, type StepReaders, type Task } from './task.ts';
import { Teller, type TellLedger } from './tell.ts';

/** What the stages between receiving and settling need. */
export interface StepSurroundings {
  readonly service: AnyService;
  readonly processor: Processor<unknown>;
  readonly readers: StepReaders;
  readonly destinations: Destinations;
  /** The queue's name, without prefix. */
  readonly queue: string;
  readonly host: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The loggers of handlers. */
  readonly logs: StepLogs;
  readonly events: Events<ServiceEvents>;
  readonly cancellations: Cancellations;
  readonly tellLedger: TellLedger;
}

/** Runs the handler on a task, or on the members of a join. */
export function run(
  task: Task,
  members: readonly Task[],
  stopping: AbortSignal,
  surroundings: StepSurroundings,
  guard: Pick<Guard, 'aside'>,
  key: string = task.message.key,
): Outcome | Promise<Outcome> {
  const { processor, service, events } = surroundings;
  events.emit('started', { service: service.name, run: task.run, step: task.envelope.pointer, key });
  return handle(processor, inputOf(task, members), new TaskHandling(task, stopping, surroundings, guard, key));
}

/** A task's handler, and what it may ask for. */
class TaskHandling implements Handling {
  readonly key: string;
  readonly stopping: AbortSignal;
  readonly guard: Pick<Guard, 'aside'>;
  readonly #task: Task;
  readonly #surroundings: StepSurroundings;
  #teller: Teller | undefined;

  constructor(
    task: Task,
    stopping: AbortSignal,
    surroundings: StepSurroundings,
    guard: Pick<Guard, 'aside'>,
    key: string,
  ) {
    this.key = key;
    this.stopping = stopping;
    this.guard = guard;
    this.#task = task;
    this.#surroundings = surroundings;
  }

  get timeout(): number {
    return this.#task.timeout;
  }

  get cancellations(): Cancellations {
    return this.#surroundings.cancellations;
  }

  log(): Log {
    const { run: id, envelope, message } = this.#task;
    const { service, host, logs } = this.#surroundings;
    return logs(
      { run: id, step: envelope.pointer, service: service.name, host, key: this.key, attempt: message.attempt },
      traceFields(traceparentOf(this.#task), deliveryId(message)),
    );
  }

  async tell(outputs: readonly SentOn[], signal: AbortSignal): Promise<void> {
    const { service, queue, clock, tellLedger } = this.#surroundings;
    const { name, defaultChannel } = service;
    this.#teller ??= new Teller(this.#task, { service: name, queue, defaultChannel, clock, tellLedger });
    await this.#teller.tell(outputs, signal);
  }

  wedged(): void {
    this.#surroundings.events.emit('wedged', { service: this.#surroundings.service.name, key: this.key });
  }
}

/** Routes an outcome; what cannot be routed (a payload that is no JSON) is a failure of its handler. */
export function decide(
  tasks: readonly Task[],
  outcome: Outcome,
  started: number,
  surroundings: StepSurroundings,
  origin = originOf(last(tasks)),
): Decision {
  const around = surround(surroundings, started);
  let decision: Decision;
  try {
    decision = route(tasks, origin, outcome, around);
  } catch (error) {
    decision = route(
      tasks,
      origin,
      failed(`What the handler returned cannot be sent: ${messageOf(error)}`, 'outputs'),
      around,
    );
  }
  for (const record of decision.records) announce(record, traceparentOf(last(tasks)), surroundings.events);
  return decision;
}

function announce(
  record: Decision['records'][number],
  traceparent: string | undefined,
  events: Events<ServiceEvents>,
): void {
  if (record.kind !== 'step') return;
  const { id, service, run, step, key, outcome, cause, started, finished } = record;
  const seconds = (finished - started) / 1000;
  events.emit('decided', { id, service, run, step, key, outcome, seconds, cause, traceparent });
}

function traceparentOf({ envelope }: Task): string | undefined {
  const { traceparent } = envelope.environment;
  return typeof traceparent === 'string' ? traceparent : undefined;
}

/** Where and when a task was worked on, for routing. */
export function surround(surroundings: StepSurroundings, started: number): Surround {
  const { service, destinations, queue, host, clock } = surroundings;
  return {
    destinations,
    service: service.name,
    queue,
    defaultChannel: service.defaultChannel,
    host,
    started,
    now: clock.now(),
  };
}

function last(tasks: readonly Task[]): Task {
  const task = tasks.at(-1);
  if (!task) throw new TypeError('There is no task to decide.');
  return task;
}
