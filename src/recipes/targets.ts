import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Path } from './problem.ts';

/** What stands where the number of a step belongs, and where it stands. */
export type Target = readonly [target: Json, path: Path];

/** All targets of a step's links, be they right or not; `null` links to nothing as an `error` and as a channel. */
export function* linksIn(step: JsonObject, key: string): Generator<Target> {
  for (const name of ['output', 'error']) {
    const links = step[name];
    if (links === undefined || (links === null && name === 'error')) continue;
    if (!isObject(links)) yield* targetsIn(links, [key, name]);
    else {
      for (const [channel, targets] of Object.entries(links)) {
        if (targets !== null) yield* targetsIn(targets, [key, name, channel]);
      }
    }
  }
}

/** The targets in one place: a single one, or a list of them. */
export function* targetsIn(targets: Json, path: Path): Generator<Target> {
  if (!Array.isArray(targets)) yield [targets, path];
  else for (const [index, target] of (targets as Json[]).entries()) yield [target, [...path, index]];
}
