import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { brief } from '../recipes/problem.ts';
import { isLinkMap, linkedSteps, stepNumbers, stepOf, type Recipe } from '../recipes/recipe.ts';

/**
 * What stubs are told to do, by the number of the step: a list is messages over links without channels; an object has
 * payloads by channel (a list is one message for each entry), or `error` to fail with, and `$result`, the result of the
 * run. The text `$payload` stands for what the step was given.
 */
export type StubOutputs = Readonly<Record<string, Json>>;

/** What is wrong with the outputs told, as sentences: what can have no effect is a mistake. `stubbed` are the queues that have a stub. */
export function outputProblems(outputs: StubOutputs, recipe: Recipe, stubbed: ReadonlySet<string>): string[] {
  return Object.entries(outputs).flatMap(([number, told]) => {
    const step = stepNumbers(recipe).map(String).includes(number) ? stepOf(recipe, Number(number)) : undefined;
    if (!step)
      return [`Outputs of step ${number}: the recipe has no such step, only ${stepNumbers(recipe).join(', ')}.`];
    if (typeof step.queue !== 'string' || !stubbed.has(step.queue))
      return [`Outputs of step ${number}: it has no stub, for its queue is ${whose(step.queue)}.`];
    return toldProblems(told, linkedSteps(step.output), isLinkMap(step.output ?? null)).map(
      (problem) => `Outputs of step ${number}: ${problem}.`,
    );
  });
}

/** The keys of a stub's outputs that are no channels. */
const words = ['error', '$result'];

function toldProblems(told: Json, links: ReturnType<typeof linkedSteps>, hasChannels: boolean): string[] {
  const linked = links.map(([channel]) => channel);
  if (Array.isArray(told))
    return hasChannels ? [`expected payloads by channel (${linked.join(', ')}), got ${brief(told)}`] : [];
  if (!isObject(told)) return [`expected an object, or a list of payloads, got ${brief(told)}`];
  const { error } = told;
  if (error !== undefined && !isFailure(error))
    return [`"error": expected a text, or { code, message }, got ${brief(error)}`];
  if (error !== undefined && Object.keys(told).length > 1) return ['what fails sends nothing else beside "error"'];
  const channels = Object.keys(told).filter((key) => !words.includes(key));
  if (!hasChannels && channels.length > 0)
    return ['the step links no channels: expected a list of payloads, "error" or "$result"'];
  return channels
    .filter((channel) => !linked.includes(channel))
    .map((channel) => `the recipe links no channel ${brief(channel)}${didYouMean(channel, [...linked, ...words])}`);
}

/** True for what a stub can fail with. */
export function isFailure(error: Json): error is string | JsonObject {
  if (typeof error === 'string') return true;
  return (
    isObject(error) &&
    Object.entries(error).every(([key, text]) => ['code', 'message'].includes(key) && typeof text === 'string')
  );
}

function whose(queue: Json | undefined): string {
  return typeof queue === 'string' && queue !== '' ? `${brief(queue)}, of a service that runs live` : 'none';
}
