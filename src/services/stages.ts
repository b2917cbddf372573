import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Events } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { Aside } from './consumer.ts';
import type { Cancellations } from './cancellations.ts';
import type { ServiceEvents } from './events.ts';
import { handle } from './handle.ts';
import type { Destinations } from './names.ts';
import { failed, type Outcome } from './outcome.ts';
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
export async function run(
  task: Task,
  members: readonly Task[],
  stopping: AbortSignal,
  surroundings: StepSurroundings & { readonly aside?: Aside },
  key: string = task.message.key,
): Promise<Outcome> {
  const { processor, service, host, logs, events, cancellations, aside = inPlace } = surroundings;
  const step = task.envelope.pointer;
  let teller: Teller | undefined;
  events.emit('started', { service: service.name, run: task.run, step, key });
  return await handle(processor, inputOf(task, members), {
    key,
    timeout: task.timeout,
    stopping,
    cancellations,
    aside,
    log: () =>
      logs(
        { run: task.run, step, service: service.name, host, key, attempt: task.message.attempt },
        traceFields(traceparentOf(task), deliveryId(task.message)),
      ),
    tell: async (outputs, signal) => (teller ??= tellerOf(task, surroundings)).tell(outputs, signal),
    wedged: () => events.emit('wedged', { service: service.name, key }),
  });
}

/** Of a join, whose members are held: nothing is noted of it. */
const inPlace: Aside = async (what) => await what;

function tellerOf(task: Task, { service, queue, clock, tellLedger }: StepSurroundings): Teller {
  const { name, defaultChannel } = service;
  return new Teller(task, { service: name, queue, defaultChannel, clock, tellLedger });
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
  const more = { ...(cause === undefined ? {} : { cause }), ...(traceparent === undefined ? {} : { traceparent }) };
  events.emit('decided', { id, service, run, step, key, outcome, seconds, ...more });
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
