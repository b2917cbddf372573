import { isObject, type Json } from '../../core/json.ts';
import { targetsIn, linksIn, type Target } from '../targets.ts';
import type { Flaw, Rule } from './rule.ts';
import type { Subject } from './subject.ts';

/** What is wrong with links that can be read. */
export const linkRules: readonly Rule[] = [
  {
    id: 'link-fraction',
    severity: 'warning',
    title: 'A link is written with a decimal point or an exponent',
    why: 'Baton reads 2.0 as 2, Python services refuse the recipe.',
    hint: 'Write the number in digits only.',
    wrong: '{ "1": { "queue": "filewatcher" }, "start": [[1.0, []]] }',
    right: '{ "1": { "queue": "filewatcher" }, "start": [[1, []]] }',
    check: writtenAsFractions,
  },
];

function* writtenAsFractions({ text, source }: Subject): Generator<Flaw> {
  for (const [target, path] of targetsOf(source)) {
    if (typeof target !== 'number' || !Number.isInteger(target)) continue;
    const written = text.written(path);
    if (/^-?[\d.]+(?:e[+-]?\d+)?$/i.test(written) && !/^-?\d+$/.test(written)) {
      yield {
        path,
        message: `The link ${written} is not written as a whole number.`,
        hint: `Write ${target}.`,
      };
    }
  }
}

function* targetsOf(source: Subject['source']): Generator<Target> {
  const { start, error = [] } = source;
  const starts = Array.isArray(start) ? (start as Json[]) : [];
  for (const [index, entry] of starts.entries()) {
    if (Array.isArray(entry)) yield [(entry as Json[])[0] ?? null, ['start', index, 0]];
  }
  yield* targetsIn(error, ['error']);
  for (const [key, step] of Object.entries(source)) {
    if (key !== 'start' && key !== 'error' && isObject(step)) yield* linksIn(step, key);
  }
}
