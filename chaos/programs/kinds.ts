import type { JsonObject } from '../../src/core/json.ts';
import { orderedQueue } from '../recipe.ts';

/** A program of a run: what its step says, and what is to come of it where nobody kills anything. */
export interface Kind {
  /** Of its step, beside what all have. */
  readonly step?: JsonObject;
  /** `success`, or the code of its failure. */
  readonly end: string;
  /** So many updates that it tells. */
  readonly updates?: number;
  /** Nobody deals with its failure: its message is a dead letter. */
  readonly isDeadly?: boolean;
}

/** Where those who are tried again have enough attempts, however often they are killed. */
const patient = { attempts: 30, delay: 0.1, factor: 1 };

/** What the script `work.sh` does under these names. */
export const kinds = {
  /** Ends at once. */
  quick: { end: 'success' },
  /** Takes two seconds, and never runs more than twice at the same time. */
  slow: { end: 'success', step: { parameters: { program: 'few' } } },
  /** Prints, and tells how far it is, for two seconds. */
  teller: { end: 'success', updates: 6 },
  /** Leaves processes behind: in other sessions, without environment and parent, elsewhere. */
  forker: { end: 'success' },
  /** Fails twice. */
  flaky: { end: 'success', step: { retry: patient } },
  /** Takes two seconds, and is run again when it is lost or killed. */
  again: { end: 'success', updates: 3, step: { retry: patient } },
  failing: { end: 'command.failed' },
  /** Ignores TERM, has others that do so, and takes longer than it may. */
  stubborn: { end: 'command.exceeded', step: { parameters: { timeout: 1 } } },
  /** Prints more than it may, and goes on. */
  flood: { end: 'command.exceeded' },
  /** Has more processes than it may. */
  crowd: { end: 'command.exceeded' },
  garbled: { end: 'command.bad-answer' },
  /** Fails where nobody deals with failures. */
  deadly: { end: 'command.failed', isDeadly: true },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;

/** The recipes, by name: which programs each runs, side by side. */
const programsOf: Readonly<Record<string, readonly KindName[]>> = {
  well: ['quick', 'slow', 'teller', 'forker'],
  repeated: ['quick', 'flaky', 'again', 'teller'],
  badly: ['failing', 'stubborn', 'flood', 'crowd', 'garbled'],
  deadly: ['slow', 'teller', 'deadly'],
};

/** The channels on which is told what becomes of a program; `updates` have a queue of their own, where they stay in order. */
export const channels = ['starting', 'result', 'success', 'failure', 'completed'] as const;
export const updatesChannel = 'updates';

const firstTold = 101;

export function programKinds(recipe: string): readonly KindName[] {
  return programsOf[recipe] ?? [];
}

/** The number of the step that runs such a program. */
export function stepOf(recipe: string, kind: KindName): number {
  return programKinds(recipe).indexOf(kind) + 1;
}

export const recipeNames: readonly string[] = Object.keys(programsOf);

/** Each program is a step of its own; whatever it tells goes to a service that notes it, and passes it on to the announcer. */
export function recipes(): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(recipeNames.map((name) => [name, recipeOf(name)]));
}

function recipeOf(name: string): JsonObject {
  const all = [...channels, updatesChannel].map((channel, index) => [channel, firstTold + index] as const);
  const told = all.map(([channel, step]) => [
    String(step),
    channel === updatesChannel
      ? { queue: orderedQueue, service: 'chaos-updates', group: true, parameters: { channel } }
      : { queue: 'chaos.told', service: 'chaos-told', parameters: { channel } },
  ]);
  const steps = programKinds(name).map((kind) => {
    const { isDeadly = false, step: { parameters, ...own } = {} } = kinds[kind] as Kind & {
      readonly step?: { readonly parameters?: JsonObject };
    };
    const output = Object.fromEntries(all.filter(([channel]) => !isDeadly || channel !== 'failure'));
    const step = {
      ...{ queue: 'programs', service: 'command', parameters: { program: 'work', arguments: [kind], ...parameters } },
      ...{ output, ...own },
    };
    return [String(stepOf(name, kind)), step];
  });
  const start = programKinds(name).map((kind) => [stepOf(name, kind), { kind }]);
  return Object.fromEntries([...steps, ...told, ['start', start]]) as JsonObject;
}

/** The programs of the site: the script, with a journal in which it notes that it begins. */
export function programs(script: string, journal: string): JsonObject {
  const work: JsonObject = {
    path: '/bin/sh',
    fixed: [script, journal],
    arguments: { type: 'array', items: { enum: Object.keys(kinds) }, minItems: 1, maxItems: 1 },
    limits: { time: 120, processes: 12, output: '256K' },
  };
  return { work, few: { ...work, atOnce: 2 } };
}
