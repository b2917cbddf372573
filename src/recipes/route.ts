import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { waitingSeconds } from '../core/seconds.ts';
import { groupKey, messageKey } from './keys.ts';
import { runOf, type Envelope } from './message.ts';
import { isLinkMap, linkedSteps, stepOf, targetList, type Links, type Recipe } from './recipe.ts';
import { readSettings } from './settings.ts';

/** A message that is worked on: what is sent is routed, and named, from here. */
export interface Origin {
  readonly envelope: Envelope;
  /** The key of the message itself. */
  readonly key: string;
}

/** What a step hands on: over a channel of its recipe, or over none. `delay` in seconds takes the place of the target's `transport-delay`. */
export interface StepOutput {
  readonly channel?: string;
  readonly payload: Json;
  readonly delay?: number;
}

/** How a message came to its step. */
export type Link = 'start' | 'output' | 'error' | 'checkpoint';

/** A message to be sent to a step, to its queue, its topic, or (as one message each) to both. */
export interface NextMessage {
  readonly link: Link;
  readonly step: number;
  /** Empty where the links have no channels. */
  readonly channel: string;
  /** Counts the messages of this origin to this step over this channel, from 0. */
  readonly index: number;
  readonly key: string;
  readonly queue?: string | undefined;
  readonly topic?: string | undefined;
  /** Seconds. */
  readonly delay: number;
  /** Messages of one group are worked on one after the other, in the order sent. */
  readonly group?: string | undefined;
  readonly envelope: Envelope;
  /** Its payload as JSON text, for the message itself and for what is kept of it. */
  readonly payload: string;
}

/** A message that a run begins with. */
export interface Beginning {
  readonly step: number;
  readonly payload: Json;
  /** It tells of a failure, `{error, payload}`: at a join it counts as missing. */
  readonly overErrorLink?: boolean;
}

/** The messages that the recipe itself begins with. */
export function beginningsOf({ start }: Recipe): readonly Beginning[] {
  return start.map(([step, payload]) => ({ step, payload }));
}

/** The messages that start a recipe: its own, or others, which begin in its middle; `key` is the announcement's. */
export function startMessages(
  recipe: Recipe,
  environment: JsonObject,
  key: string,
  beginnings: readonly Beginning[] = beginningsOf(recipe),
): NextMessage[] {
  const sender = new Sender({ environment, recipe, path: [] }, key);
  return beginnings.flatMap(({ step, payload, overErrorLink = false }) =>
    overErrorLink
      ? sender.to(step, { link: 'error', channel: '', payload, grouping: failedPayload(payload) })
      : sender.to(step, { link: 'start', channel: '', payload }),
  );
}

/** A failure tells of the message that failed, in its payload's payload: that is what it stands for in a join or a group. */
export function failedPayload(payload: Json): Json {
  return isObject(payload) ? (payload['payload'] ?? null) : payload;
}

/**
 * The messages that a step's outputs become. An output without channel goes over the default channel; where the recipe
 * links without channels, only outputs without one, or of the default channel, go out. What nothing is linked to is
 * dropped: a recipe need not use all that a service offers.
 */
export function routeOutputs(origin: Origin, outputs: readonly StepOutput[], defaultChannel?: string): NextMessage[] {
  const links = stepOf(origin.envelope.recipe, origin.envelope.pointer)?.output ?? null;
  const sender = senderOf(origin);
  const messages: NextMessage[] = [];
  for (const { channel = defaultChannel, payload, delay } of outputs) {
    const [name, steps] = chosen(links, channel, defaultChannel);
    for (const step of steps) messages.push(...sender.to(step, { link: 'output', channel: name, payload, delay }));
  }
  return messages;
}

/**
 * The messages that tell of a failure: over the step's own `error` links, or where it has none the recipe's, with the
 * payload `{error, payload}`. Links by channel are chosen by the cause's code, else `default`. None when nobody is to
 * be told: then the message belongs into the dead-letter queue.
 */
export function routeError(origin: Origin, error: JsonObject & { readonly code: string }): NextMessage[] {
  const { payload } = origin.envelope;
  const sender = senderOf(origin);
  const [channel, steps] = errorLinks(origin.envelope, error.code);
  return steps.flatMap((step) =>
    sender.to(step, { link: 'error', channel, payload: { error, payload }, grouping: payload }),
  );
}

/** Messages of a step to itself, each after its own delay: where it stands. The path stays as it is, and so does the target's `transport-delay` unused. */
export function routeCheckpoints(
  { envelope, key }: Origin,
  checkpoints: readonly Omit<StepOutput, 'channel'>[],
): NextMessage[] {
  const sender = new Sender(envelope, key);
  return checkpoints.flatMap(({ payload, delay = 0 }) =>
    sender.to(envelope.pointer, { link: 'checkpoint', channel: '', payload, delay }),
  );
}

function senderOf({ envelope, key }: Origin): Sender {
  const { environment, recipe, path, pointer } = envelope;
  return new Sender({ environment, recipe, path: [...path, pointer] }, key);
}

interface Sending {
  readonly link: Link;
  readonly channel: string;
  readonly payload: Json;
  readonly delay?: number | undefined;
  /** The payload that fields of `join` and `group` are read from, where it is another than the one sent. */
  readonly grouping?: Json;
}

/** Makes one origin's messages, counting them per step and channel. */
class Sender {
  readonly #frame: Omit<Envelope, 'payload' | 'pointer'>;
  readonly #key: string;
  readonly #sent = new Map<string, number>();

  constructor(frame: Omit<Envelope, 'payload' | 'pointer'>, key: string) {
    this.#frame = frame;
    this.#key = key;
  }

  /** The message, or none where the step has neither queue nor topic. */
  to(step: number, { link, channel, payload, delay, grouping = payload }: Sending): NextMessage[] {
    const { environment, recipe, path } = this.#frame;
    const target = stepOf(recipe, step);
    const queue = nameIn(target?.queue);
    const topic = nameIn(target?.topic);
    if (!target || (queue ?? topic) === undefined) return [];
    const settings = readSettings(target);
    const index = this.#count(`${step} ${channel}`);
    const group = groupKey(runOf(this.#frame), step, settings, grouping);
    // A failure is told under another key than an output of the same message to the same step.
    const key = messageKey(this.#key, step, link === 'error' ? `error ${channel}` : channel, index);
    return [
      {
        link,
        step,
        channel,
        index,
        key,
        queue,
        topic,
        delay: delay === undefined ? settings.delay : waitingSeconds(delay),
        group,
        envelope: { environment, payload, recipe, path, pointer: step },
        payload: jsonText(payload),
      },
    ];
  }

  #count(over: string): number {
    const index = this.#sent.get(over) ?? 0;
    this.#sent.set(over, index + 1);
    return index;
  }
}

/** Throws what JSON.stringify throws, and for what JSON has no form for. */
function jsonText(payload: Json): string {
  const text = JSON.stringify(payload) as string | undefined;
  if (text === undefined) throw new TypeError(`JSON has no form for a payload of type ${typeof payload}`);
  return text;
}

function nameIn(destination: unknown): string | undefined {
  return typeof destination === 'string' && destination !== '' ? destination : undefined;
}

/** The channel's name as the recipe has it, and the steps it leads to. */
function chosen(
  links: Links,
  channel: string | undefined,
  defaultChannel: string | undefined,
): [string, readonly number[]] {
  if (!isLinkMap(links)) return ['', channel === defaultChannel ? targetList(links) : []];
  if (channel === undefined || !Object.hasOwn(links, channel)) return ['', []];
  return [channel, targetList(links[channel] ?? null)];
}

function errorLinks({ recipe, pointer }: Envelope, code: string): [channel: string, steps: readonly number[]] {
  const own = stepOf(recipe, pointer)?.error;
  if (own === undefined || own === null) return ['', leadsTo(recipe, pointer) ? [] : targetList(recipe.error ?? null)];
  if (!isLinkMap(own)) return ['', targetList(own)];
  const channel = Object.hasOwn(own, code) ? code : 'default';
  return chosen(own, channel, undefined);
}

/** True when the recipe's own `error` links lead to the step: its failure must not be told to itself. */
function leadsTo(recipe: Recipe, step: number): boolean {
  const reached = new Set(targetList(recipe.error ?? null));
  for (const number of reached) {
    const { output, error } = stepOf(recipe, number) ?? {};
    for (const [, steps] of [...linkedSteps(output), ...linkedSteps(error)])
      for (const next of steps) reached.add(next);
  }
  return reached.has(step);
}
