import { isObject } from '../core/json.ts';
import { messageOf } from '../core/errors.ts';
import type { WhenCache } from '../recipes/when.ts';
import { currentStep, parseEnvelope, runOf, type Envelope } from '../recipes/message.ts';
import type { Step } from '../recipes/recipe.ts';
import { readSettings, type StepSettings } from '../recipes/settings.ts';
import { rejected, type Outcome } from './outcome.ts';
import type { ParameterReader } from './parameters.ts';
import type { Received } from './received.ts';
import { contextOf, type RunContext } from './run-context.ts';
import type { AnyService, Retry, StepInput } from './service.ts';

/** A message understood: everything that handling, routing and settling it need. */
export interface Task {
  readonly message: Received;
  readonly envelope: Envelope;
  readonly step: Step;
  readonly run: string;
  readonly context: RunContext;
  /** As the service's schema reads them. */
  readonly parameters: unknown;
  readonly settings: StepSettings;
  readonly retry: Retry;
  /** Seconds. */
  readonly timeout: number;
}

/** What unwrapping a message came to: a task, and its outcome where it is decided before any handler runs. */
export interface Unwrapped {
  readonly task: Task;
  readonly decided?: Outcome;
}

/** What reads the parts of a step that need compiling first. */
export interface StepReaders {
  readonly parameters: ParameterReader;
  readonly whens: WhenCache;
}

/** Reads a message to a step. Throws an error of `recipes` when it is no such message; everything else that is wrong with it is an outcome. */
export function unwrap(message: Received, service: AnyService, { parameters, whens }: StepReaders): Unwrapped {
  const envelope = parseEnvelope(message.delivery.body);
  const step = currentStep(envelope);
  const settings = readSettings(step);
  const read = parameters.read(isObject(step.parameters) ? step.parameters : {});
  const task: Task = {
    message,
    envelope,
    step,
    run: runOf(envelope),
    context: contextOf(envelope.environment),
    parameters: read.ok ? read.value : {},
    settings,
    retry: { ...service.retry, ...settings.retry },
    timeout: settings.timeout ?? service.timeout,
  };
  const decided = applies(settings, envelope, whens) ?? (read.ok ? undefined : rejected(read.reason, 'parameters'));
  return decided ? { task, decided } : { task };
}

/** The step as its handler sees it. */
export function inputOf(task: Task, members: readonly Task[]): StepInput<unknown> {
  const { envelope, message } = task;
  return {
    run: task.run,
    step: envelope.pointer,
    parameters: task.parameters,
    payload: envelope.payload,
    members: members.map((member) => ({ key: member.message.key, payload: member.envelope.payload })),
    environment: envelope.environment,
    definition: task.step,
    attempt: message.attempt,
    deferral: message.deferral,
    reinjected: message.reinjected,
  };
}

/** `when`: a message that does not meet the condition ends its branch here. */
function applies({ when }: StepSettings, { payload }: Envelope, whens: WhenCache): Outcome | undefined {
  if (when === undefined) return undefined;
  try {
    return whens.holds(when, payload) ? undefined : { kind: 'skipped' };
  } catch (error) {
    return rejected(messageOf(error), 'when');
  }
}
