import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { done, rejected, result, send, type Outcome, type Output } from '../services/outcome.ts';
import { defineService, type AnyService, type StepInput } from '../services/service.ts';
import { isFailure, type StubOutputs } from './stub-outputs.ts';

/**
 * Stands in for whatever consumes a queue. It touches nothing: it sends what it is told to for its step, and where it is
 * told nothing its own payload once over each channel that the recipe links.
 */
export function stubService(queue: string, joins: boolean, outputs: StubOutputs): AnyService {
  return defineService<JsonObject>({
    name: `stub of ${queue}`,
    description: `Stub of ${queue}`,
    queue,
    parameters: { type: 'object' },
    joins,
    process: (step) => outcomeOf(step, outputs[String(step.step)]),
  });
}

function outcomeOf(step: StepInput<JsonObject>, told: Json | undefined): Outcome {
  const payload = payloadOf(step);
  if (told === undefined) return done(...linked(step.definition['output'] ?? null, payload));
  if (!isObject(told)) return done(...sent(undefined, told, payload));
  const { error, $result: outcome, ...channels } = told;
  if (error !== undefined && isFailure(error)) return failure(error);
  return done(
    ...Object.entries(channels).flatMap(([channel, payloads]) => sent(channel, payloads, payload)),
    ...(outcome === undefined ? [] : [result(meant(outcome, payload))]),
  );
}

function failure(error: string | JsonObject): Outcome {
  if (typeof error === 'string') return rejected(error, 'stub');
  return rejected(textOf(error['message'], 'The stub fails.'), textOf(error['code'], 'stub'));
}

function linked(output: Json, payload: Json): Output[] {
  if (!isObject(output)) return [send(payload)];
  return Object.keys(output).map((channel) => send(payload, channel));
}

/** A list is one message for each entry. */
function sent(channel: string | undefined, payloads: Json, own: Json): Output[] {
  const each = Array.isArray(payloads) ? (payloads as Json[]) : [payloads];
  return each.map((payload) => send(meant(payload, own), channel));
}

function meant(told: Json, own: Json): Json {
  return told === '$payload' ? own : told;
}

function payloadOf({ payload, members, definition }: StepInput<JsonObject>): Json {
  return isObject(definition['join']) ? { members: members.map((member) => member.payload) } : payload;
}

function textOf(value: Json | undefined, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
