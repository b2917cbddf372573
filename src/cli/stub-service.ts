import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { done, rejected, send, type Outcome, type Output } from '../services/outcome.ts';
import { defineService, type AnyService, type StepInput } from '../services/service.ts';

/** What the stubs of a trial send, by the number of the step: payloads by channel, or the error they fail with. */
export type StubOutputs = Readonly<Record<string, JsonObject>>;

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

function outcomeOf(step: StepInput<JsonObject>, told: JsonObject | undefined): Outcome {
  if (!told) return done(...linked(step.definition['output'] ?? null, payloadOf(step)));
  const { error } = told;
  if (isObject(error)) return rejected(textOf(error['message'], 'The stub fails.'), textOf(error['code'], 'stub'));
  return done(...Object.entries(told).flatMap(([channel, payloads]) => sent(channel, payloads)));
}

function linked(output: Json, payload: Json): Output[] {
  if (!isObject(output)) return [send(payload)];
  return Object.keys(output).map((channel) => send(payload, channel));
}

/** A list is one message for each entry; the channel of no name is that of links without channels. */
function sent(channel: string, payloads: Json): Output[] {
  const each = Array.isArray(payloads) ? (payloads as Json[]) : [payloads];
  return each.map((payload) => send(payload, channel === '' ? undefined : channel));
}

function payloadOf({ payload, members, definition }: StepInput<JsonObject>): Json {
  return isObject(definition['join']) ? { members: members.map((member) => member.payload) } : payload;
}

function textOf(value: Json | undefined, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
