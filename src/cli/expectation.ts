import { canonical, isObject, type Json, type JsonObject } from '../core/json.ts';
import { shownTallies } from '../ledger/states.ts';
import type { RunDetail, RunState, StepView } from '../ledger/views.ts';
import { stepNumbers, type Recipe } from '../recipes/recipe.ts';

/** A message that is to be sent: what is absent may be anything, and of an object the keys given count. */
export interface ExpectedMessage {
  readonly to: number;
  readonly channel?: string;
  readonly payload?: Json;
}

/** What is to become of a run. */
export interface Expectation {
  /** `finished` where absent. */
  readonly state?: RunState;
  /** Messages that are to be among those sent, each as often as it stands here. */
  readonly messages?: readonly ExpectedMessage[];
  /** The results, all of them, in any order. */
  readonly results?: readonly Json[];
  /** Counts by step, such as `{2: {done: 4}}`. */
  readonly steps?: Readonly<Record<string, JsonObject>>;
}

/** What may be counted of a step. */
export const countNames = [...shownTallies, 'waiting'] as const satisfies readonly (keyof StepView)[];

/** What is not as it was expected, as sentences; none where all is. */
export function unmet(
  { state = 'finished', messages = [], results, steps = {} }: Expectation,
  run: RunDetail,
): string[] {
  return [
    ...(run.state === state ? [] : [`The run is ${run.state}, expected ${state}.`]),
    ...missingMessages(messages, run),
    ...(results === undefined ? [] : differingResults(results, run)),
    ...Object.entries(steps).flatMap(([number, counts]) => differingCounts(number, counts, run)),
  ];
}

function missingMessages(expected: readonly ExpectedMessage[], { deliveries }: RunDetail): string[] {
  const sent = deliveries.flatMap(({ outputs }) => outputs);
  return expected.flatMap(({ to, channel, payload }) => {
    const over = sent.filter(
      (message) => message.step === to && (channel === undefined || message.channel === channel),
    );
    const found = over.find((message) => payload === undefined || contains(message.payload ?? null, payload));
    // Each counts once.
    if (found) sent.splice(sent.indexOf(found), 1);
    if (found) return [];
    const what = `a message to step ${to}${channel === undefined ? '' : ` over ${channel}`}${payload === undefined ? '' : ` with ${brief(payload)}`}`;
    const instead =
      over.length === 0 ? 'there is none' : `there are ${over.map((message) => brief(message.payload)).join(', ')}`;
    return [`Expected ${what}, ${instead}.`];
  });
}

function differingResults(expected: readonly Json[], { results }: RunDetail): string[] {
  const left = results.map(({ result }) => result);
  const missing = expected.filter((wanted) => {
    const index = left.findIndex((result) => contains(result, wanted));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return [
    ...missing.map((wanted) => `Expected the result ${brief(wanted)}, it is not there.`),
    ...left.map((result) => `The result ${brief(result)} was not expected.`),
  ];
}

/** What is expected of steps that the recipe does not have, as sentences: counts of nothing would always be met. */
export function misplaced({ steps = {} }: Expectation, recipe: Recipe): string[] {
  const numbers = stepNumbers(recipe).map(String);
  return Object.keys(steps)
    .filter((number) => !numbers.includes(number))
    .map((number) => `Expected of step ${number}: the recipe has no such step, only ${numbers.join(', ')}.`);
}

function differingCounts(number: string, counts: JsonObject, { steps }: RunDetail): string[] {
  const step: Partial<Pick<StepView, (typeof countNames)[number]>> =
    steps.find((each) => String(each.step) === number) ?? {};
  return Object.entries(counts).flatMap(([name, wanted]) => {
    const found = step[name as (typeof countNames)[number]] ?? 0;
    return found === wanted ? [] : [`Step ${number}: expected ${brief(wanted)} ${name}, got ${String(found)}.`];
  });
}

/** True when all of the expected is in the value: of objects the keys named, of all else everything. */
function contains(value: Json, expected: Json): boolean {
  if (!isObject(expected)) return canonical(value) === canonical(expected);
  return (
    isObject(value) &&
    Object.entries(expected).every(([key, wanted]) => Object.hasOwn(value, key) && contains(value[key] ?? null, wanted))
  );
}

function brief(value: Json | undefined): string {
  const text = value === undefined ? 'a payload that is too large to be kept' : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
