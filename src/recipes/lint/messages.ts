import type { Json } from '../../core/json.ts';
import { linksIn, targetsIn } from '../targets.ts';
import type { Subject } from './subject.ts';

/**
 * How many messages can come to a step, at most: each entry of `start` is one, a failure is told once for each message of
 * the step that fails, and nobody knows how many a service sends.
 */
export function mostMessages({ recipe, steps }: Subject): (step: number) => number {
  const most = new Map<number, number>();
  const add = (target: Json | undefined, messages: number): void => {
    if (typeof target === 'number') most.set(target, (most.get(target) ?? 0) + messages);
  };
  const { start, error = [] } = recipe;
  for (const entry of Array.isArray(start) ? (start as Json[]) : []) {
    if (Array.isArray(entry)) add((entry as Json[])[0], 1);
  }
  // Every step without error links of its own may tell of its failures there.
  for (const [target] of targetsIn(error, [])) add(target, Infinity);
  const failures = new Map<number, number[]>();
  for (const { key, step } of steps) {
    for (const [target, [, name]] of linksIn(step, key)) {
      if (name === 'output') add(target, Infinity);
    }
    const told = Array.from(linksIn(step, key)).flatMap(([target, [, name]]) =>
      name === 'error' && typeof target === 'number' ? [target] : [],
    );
    if (told.length > 0) failures.set(Number(key), told);
  }
  passOn(failures, most);
  return (step) => most.get(step) ?? 0;
}

/** Adds what may fail to what comes, of each step once all that comes to it is known. What goes round in a cycle has no end. */
function passOn(failures: ReadonlyMap<number, readonly number[]>, most: Map<number, number>): void {
  const open = new Map<number, number>();
  for (const target of [...failures.values()].flat()) open.set(target, (open.get(target) ?? 0) + 1);
  const known = [...failures.keys()].filter((step) => !open.has(step));
  for (const step of known) {
    for (const target of failures.get(step) ?? []) {
      most.set(target, (most.get(target) ?? 0) + (most.get(step) ?? 0));
      const left = (open.get(target) ?? 0) - 1;
      if (left > 0) open.set(target, left);
      else {
        open.delete(target);
        known.push(target);
      }
    }
  }
  for (const step of open.keys()) most.set(step, Infinity);
}
