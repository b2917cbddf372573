import { isList, isObject, type Json, type JsonObject } from '../server/types.ts';

/** One step of a recipe as a box. */
export interface GraphStep {
  readonly id: number;
  /** What the step is called: its service, else its queue or topic. */
  readonly name: string;
  readonly starts: boolean;
  readonly joins: boolean;
}

/** A link from one step to another; several channels between the same two steps are one link. */
export interface GraphLink {
  readonly from: number;
  readonly to: number;
  readonly channels: readonly string[];
  readonly error: boolean;
}

export interface Graph {
  readonly steps: readonly GraphStep[];
  readonly links: readonly GraphLink[];
}

/** Reads steps and links out of a recipe, in its order. Whatever is not a step or leads nowhere is left out: the ledger keeps recipes as they came. */
export function graphOf(recipe: JsonObject): Graph {
  const starting = new Set(targets(recipe['start']));
  const bodies = Object.entries(recipe).flatMap(([key, body]) =>
    /^\d+$/.test(key) && isObject(body) ? [{ id: Number(key), body }] : [],
  );
  const known = new Set(bodies.map(({ id }) => id));
  const links = bodies.flatMap(({ id, body }) => [
    ...linksOf(id, body['output'], false),
    ...linksOf(id, body['error'], true),
  ]);
  return {
    steps: bodies.map(({ id, body }) => ({
      id,
      name: nameOf(body) ?? `step ${id}`,
      starts: starting.has(id),
      joins: isObject(body['join']),
    })),
    links: links.filter(({ to }) => known.has(to)),
  };
}

function nameOf(body: JsonObject): string | undefined {
  return ['service', 'queue', 'topic'].map((key) => body[key]).find((name) => typeof name === 'string');
}

function linksOf(from: number, output: Json | undefined, error: boolean): readonly GraphLink[] {
  const named = isObject(output) ? Object.entries(output) : [['', output ?? null] as const];
  const channels = new Map<number, string[]>();
  for (const [channel, ends] of named) {
    for (const to of targets(ends)) channels.set(to, [...(channels.get(to) ?? []), channel]);
  }
  return [...channels].map(([to, names]) => ({ from, to, channels: names.filter((name) => name !== ''), error }));
}

/** The steps named by a number, a list of numbers, or the list of pairs that `start` is. Old recipes write numbers as strings. */
function targets(value: Json | undefined): readonly number[] {
  if (isList(value)) return value.flatMap((each) => targets(isList(each) ? each[0] : each));
  const step = typeof value === 'string' ? Number(value) : value;
  return typeof step === 'number' && Number.isInteger(step) ? [step] : [];
}
