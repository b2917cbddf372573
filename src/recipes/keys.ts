import { canonical, digest, type Json } from '../core/json.ts';
import { valueAt, type Field } from './field.ts';
import type { StepSettings } from './settings.ts';

/** The key of the index-th message over a channel to a step, sent while the parent's message was worked on: doing it again gives the same. */
export function messageKey(parentKey: string, step: number, channel: string, index: number): string {
  return digest(parentKey, step, channel, index);
}

/** The key of one join of a run, and of what it sends: `by` is the value that tells the joins of one step apart. */
export function joinKey(run: string, step: number, by: Json = null): string {
  return digest(run, step, 'join', canonical(by));
}

/** The group in which the broker keeps a message to a step in order, undefined where the step asks for none. All members of a join are one group. */
export function groupKey(run: string, step: number, { join, group }: StepSettings, payload: Json): string | undefined {
  if (join) return joinKey(run, step, fieldOf(payload, join.by));
  if (group === undefined) return undefined;
  return digest(run, step, 'group', canonical(group === true ? null : fieldOf(payload, group)));
}

function fieldOf(payload: Json, field: Field | undefined): Json {
  return field ? (valueAt(payload, field) ?? null) : null;
}
