import type { Json } from '../core/json.ts';
import type { Difference } from './diff.ts';
import { placeInWords } from './problem.ts';

/** A difference for people: where it is, and what was and is there, as JSON text. */
export interface DifferenceInWords {
  readonly kind: Difference['kind'];
  readonly where: string;
  /** Absent where there was nothing, or is nothing any more. */
  readonly before?: string;
  readonly after?: string;
}

/** The difference in words, whatever its size. */
export function inWords(difference: Difference): DifferenceInWords {
  const { kind } = difference;
  switch (kind) {
    case 'added':
      return { kind, where: stepInWords(difference.step), after: shown(difference.content) };
    case 'removed':
      return { kind, where: stepInWords(difference.step), before: shown(difference.content) };
    case 'renumbered':
      return { kind, where: stepInWords(difference.step), after: stepInWords(difference.to) };
    case 'changed': {
      const { path, before, after } = difference;
      return {
        ...{ kind, where: placeInWords(path) },
        ...(before === undefined ? {} : { before: shown(before) }),
        ...(after === undefined ? {} : { after: shown(after) }),
      };
    }
    default:
      return kind satisfies never;
  }
}

function stepInWords(step: number): string {
  return `step ${String(step)}`;
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 1_000 ? `${text.slice(0, 999)}…` : text;
}
