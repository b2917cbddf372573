import { backoffSeconds } from '../core/backoff.ts';
import { digest, type Json } from '../core/json.ts';
import { waitingSeconds } from '../core/seconds.ts';
import type { Outgoing } from '../stomp/client.ts';
import { routeCheckpoints, routeError, routeOutputs, type NextMessage, type Origin } from '../recipes/route.ts';
import { budgetUsed } from './budget.ts';
import { deadLetterQueue, type Destinations } from './names.ts';
import type { Outcome, Output, SentOn } from './outcome.ts';
import { bodyOf, deliveryId, senderHeaders } from './received.ts';
import { replyMessage } from './reply.ts';
import type { Cause, ProgramAccount, SentOutput, StepOutcome, StepRecord } from './record.ts';
import { priorityOf } from './run-context.ts';
import type { Decision } from './settlement.ts';
import { countSends, sentOutput, stepMessages } from './sending.ts';
import type { Task } from './task.ts';
import { parked } from './parking.ts';

/** Where and when a task was worked on. */
export interface Surround {
  readonly destinations: Destinations;
  readonly service: string;
  readonly queue: string;
  readonly defaultChannel: string | undefined;
  /** `host.pid`. */
  readonly host: string;
  /** ms since 1970. */
  readonly started: number;
  readonly now: number;
}

/** What an outcome sends, and how the ledger names it. */
interface Routed {
  readonly outcome: StepOutcome;
  readonly sends: readonly Outgoing[];
  readonly next: readonly NextMessage[];
  readonly cause?: Cause | undefined;
  readonly results?: readonly Json[];
}

/**
 * Turns an outcome into the messages and records of its transaction. Pure: nothing is sent here. `tasks` is the one
 * message worked on, or all members of a join; what goes out is derived from `origin`.
 */
export function route(tasks: readonly Task[], origin: Origin, outcome: Outcome, surround: Surround): Decision {
  const routed = routeOutcome(tasks, origin, outcome, surround);
  const { program, settled } = outcome;
  const records = tasks.map((task, index) =>
    index === tasks.length - 1 ? record(task, routed, surround, program) : record(task, bare(routed), surround),
  );
  return { sends: [...routed.sends, ...stepMessages(routed.next, surround)], records, settled };
}

/** A message that is not to be run again: dead-lettered, whatever error links its step has; `last` goes out. */
export function deadLettered(
  tasks: readonly Task[],
  cause: Cause,
  surround: Surround,
  last: readonly SentOn[] = [],
): Decision {
  const [first] = tasks;
  const next = first ? routeOutputs(originOf(first), last, surround.defaultChannel) : [];
  const routed: Routed = { outcome: 'dead', sends: [], next, cause };
  return {
    sends: [...tasks.map((task) => deadLetter(task, cause, surround)), ...stepMessages(next, surround)],
    records: tasks.map((task, index) => record(task, index === 0 ? routed : bare(routed), surround)),
  };
}

/** Where the outputs of one task come from. What a dead letter sent when it died, and what it sends when it is taken up again, are two things. */
export function originOf({ envelope, message: { key, reinjected } }: Task): Origin {
  return { envelope, key: reinjected === 0 ? key : digest(key, 'reinjected', reinjected) };
}

function routeOutcome(tasks: readonly Task[], origin: Origin, outcome: Outcome, surround: Surround): Routed {
  switch (outcome.kind) {
    case 'done':
      return routeDone(tasks, origin, outcome.outputs, surround);
    case 'later':
      return {
        outcome: 'later',
        sends: tasks.map((task) => deferred(task, waitingSeconds(outcome.seconds), surround)),
        next: [],
        cause: { code: 'later', message: outcome.reason },
      };
    case 'failed':
      return tasks.every(hasAttemptLeft)
        ? { outcome: 'retry', sends: tasks.map((task) => retried(task, surround)), next: [], cause: outcome.cause }
        : routeFailure(tasks, origin, outcome, surround);
    case 'rejected':
      return routeFailure(tasks, origin, outcome, surround);
    case 'skipped':
    case 'duplicate':
    case 'cancelled':
    case 'late':
      return { outcome: outcome.kind, sends: [], next: [], cause: outcome.cause };
  }
}

function routeDone(tasks: readonly Task[], origin: Origin, outputs: readonly Output[], surround: Surround): Routed {
  const sent: SentOn[] = [];
  const checkpoints: Extract<Output, { kind: 'checkpoint' }>[] = [];
  const sends: Outgoing[] = [];
  const results: Json[] = [];
  // Handlers in plain JavaScript return anything.
  const isList: boolean = Array.isArray(outputs);
  if (!isList) throw new TypeError('the outputs are no list');
  for (const output of outputs) {
    switch (output.kind) {
      case 'send':
        sent.push(output);
        break;
      case 'checkpoint':
        checkpoints.push(output);
        break;
      case 'publish':
        sends.push(published(output, surround));
        break;
      case 'result':
        results.push(output.result);
        break;
      default:
        throw new TypeError(`there is no output of the kind ${String((output satisfies never as Output).kind)}`);
    }
  }
  for (const [index, result] of results.entries()) sends.push(...replyOf(tasks, origin.key, result, index, surround));
  const next = routeOutputs(origin, sent, surround.defaultChannel);
  if (checkpoints.length > 0) for (const again of routeCheckpoints(origin, checkpoints)) next.push(again);
  return { outcome: tasks.length > 1 ? 'joined' : 'done', sends, next, results };
}

function published({ topic, body }: Extract<Output, { kind: 'publish' }>, { destinations }: Surround): Outgoing {
  return { destination: destinations.topic(topic), body: JSON.stringify(body) };
}

/** A result for the announcer, when it asked for one. */
function replyOf(
  tasks: readonly Task[],
  key: string,
  result: unknown,
  index: number,
  { destinations }: Surround,
): Outgoing[] {
  const [task] = tasks;
  if (task?.context.replyTo === undefined) return [];
  const { replyTo, correlationId, replyBy } = task.context;
  const reply = {
    run: task.run,
    status: 'result',
    key: digest(key, 'result', index),
    to: replyTo,
    correlationId,
    replyBy,
    body: { result },
  } as const;
  return [replyMessage(reply, (name) => destinations.queue(name))];
}

/** No attempt is left: the recipe's error links are told, or, where it has none, the message is dead-lettered. */
function routeFailure(
  tasks: readonly Task[],
  origin: Origin,
  { cause, last = [] }: Extract<Outcome, { kind: 'failed' | 'rejected' }>,
  surround: Surround,
): Routed {
  const attempt = Math.max(...tasks.map(({ message }) => message.attempt));
  const error = { ...cause, step: origin.envelope.pointer, service: surround.service, host: surround.host, attempt };
  const errors = routeError(origin, error);
  const next = [...routeOutputs(origin, last, surround.defaultChannel), ...errors];
  if (errors.length > 0) return { outcome: 'error-link', sends: [], next, cause };
  return { outcome: 'dead', sends: tasks.map((task) => deadLetter(task, cause, surround)), next, cause };
}

function hasAttemptLeft({ message, retry }: Task): boolean {
  return message.attempt < retry.attempts;
}

/** Put off: no attempt is counted, the sender's headers are kept. */
function deferred({ message, run, context }: Task, seconds: number, { destinations, now }: Surround): Outgoing {
  const headers = {
    ...senderHeaders(message.delivery),
    ...priorityOf(context),
    'baton-key': message.key,
    'baton-run': run,
    'baton-deferral': String(message.deferral + 1),
  };
  const again = { destination: message.delivery.destination, headers, body: bodyOf(message.delivery) };
  return parked(again, seconds * 1000, now, destinations);
}

function retried({ message, run, retry, context }: Task, { destinations, now }: Surround): Outgoing {
  const headers = {
    ...senderHeaders(message.delivery),
    ...priorityOf(context),
    'baton-key': message.key,
    'baton-run': run,
    'baton-attempt': String(message.attempt + 1),
    'baton-first-failure': String(message.firstFailure ?? now),
  };
  const again = { destination: message.delivery.destination, headers, body: bodyOf(message.delivery) };
  return parked(again, backoffSeconds(retry, message.attempt) * 1000, now, destinations);
}

/** The message itself with its cause in headers, in the dead-letter queue of its queue. */
function deadLetter({ message, run, context, envelope }: Task, cause: Cause, surround: Surround): Outgoing {
  return {
    destination: deadLetterQueue(message.delivery.destination),
    headers: {
      ...senderHeaders(message.delivery),
      ...priorityOf(context),
      'baton-key': message.key,
      'baton-run': run,
      ...errorHeaders(cause),
      'baton-error-step': String(envelope.pointer),
      'baton-error-service': surround.service,
      'baton-error-host': surround.host,
      'baton-error-attempt': String(message.attempt),
      'baton-first-failure': String(message.firstFailure ?? surround.now),
      'baton-last-failure': String(surround.now),
      ...(context.recipeHash === undefined ? {} : { 'baton-recipe-hash': context.recipeHash }),
      ...(context.sourceHash === undefined ? {} : { 'baton-source-hash': context.sourceHash }),
      'original-destination': message.delivery.destination,
    },
    body: bodyOf(message.delivery),
  };
}

/** The cause as headers; ActiveMQ takes long values, people and tools rather not. Whatever threw it, it can be sent. */
export function errorHeaders({ code, message }: Cause): Record<string, string> {
  const text = (value: string, most: number): string => value.slice(0, most).toWellFormed().replaceAll('\0', '\u2400');
  return { 'baton-error-code': text(code, 200), 'baton-error-message': text(message, 2_000) };
}

/** The same for a member of a join that is not the one that carries what was sent. */
function bare({ outcome, cause }: Routed): Routed {
  return { outcome, cause, sends: [], next: [] };
}

function record(
  task: Task,
  { outcome, next, cause, results = [] }: Routed,
  surround: Surround,
  program?: ProgramAccount,
): StepRecord {
  const { message, envelope } = task;
  const outputs: SentOutput[] = [];
  for (const one of next) if (one.queue !== undefined) outputs.push(sentOutput(one));
  const used = budgetUsed(task.settings, task.context, surround.now);
  return {
    kind: 'step',
    id: deliveryId(message),
    run: task.run,
    key: message.key,
    messageId: message.delivery.messageId,
    step: envelope.pointer,
    queue: surround.queue,
    service: surround.service,
    host: surround.host,
    attempt: message.attempt,
    deferral: message.deferral,
    reinjected: message.reinjected > 0 ? message.reinjected : undefined,
    outcome,
    cause,
    path: envelope.path,
    sent: message.sent,
    received: message.delivery.receivedAt,
    started: surround.started,
    finished: surround.now,
    budget: used,
    sends: countSends(next),
    outputs,
    results: results.length > 0 ? results : undefined,
    program: program ?? undefined,
  };
}
