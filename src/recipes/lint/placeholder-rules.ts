import { didYouMean } from '../../core/nearest.ts';
import { badPlaceholder, tooLarge } from '../errors.ts';
import { parseField, valueAt } from '../field.ts';
import { parseTemplate, replacedField, type Fail, type Placeholder } from '../placeholder.ts';
import { brief } from '../problem.ts';
import { fillIn } from '../substitute.ts';
import type { Flaw, Rule } from './rule.ts';
import { textsIn, type Subject } from './subject.ts';

/** What is wrong with placeholders. */
export const placeholderRules: readonly Rule[] = [
  {
    id: 'bad-placeholder',
    severity: 'error',
    title: 'A placeholder cannot be filled in',
    why: 'Text with braces is read as Python formats it. A single brace, or a format that does not fit the parameter, refuses the announcement.',
    hint: 'Correct the placeholder; a brace that is meant as itself is written twice, {{ or }}.',
    wrong: `{ "1": { "queue": "filewatcher", "parameters": { "pattern": "{file_pattern" } }, "start": [[1, []]] }`,
    right: `{ "1": { "queue": "filewatcher", "parameters": { "pattern": "{file_pattern}" } }, "start": [[1, []]] }`,
    check: bad,
  },
  {
    id: 'unresolved-placeholder',
    severity: 'warning',
    title: 'A placeholder has no parameter',
    why: 'Looked at only where parameters are given. What is unknown stays as it stands, braces included, and {$REPLACE:name} becomes null.',
    hint: 'Correct the name, or announce that parameter.',
    given: { file_pattern: '/data/a_%05d.cbf' },
    wrong: `{ "1": { "queue": "filewatcher", "parameters": { "pattern": "{file_patern}" } }, "start": [[1, []]] }`,
    right: `{ "1": { "queue": "filewatcher", "parameters": { "pattern": "{file_pattern}" } }, "start": [[1, []]] }`,
    check: unresolved,
  },
];

function* bad({ source, parameters = {} }: Subject): Generator<Flaw> {
  for (const [text, path] of textsIn(source)) {
    if (!/[{}]/.test(text)) continue;
    try {
      fillIn(text, parameters);
    } catch (error) {
      if (!badPlaceholder.is(error) && !tooLarge.is(error)) throw error;
      const { reason } = error.fields;
      yield { path, message: typeof reason === 'string' ? `${brief(text)}: ${reason}.` : error.message };
    }
  }
}

function* unresolved({ source, parameters }: Subject): Generator<Flaw> {
  if (!parameters) return;
  const known = Object.keys(parameters);
  for (const [text, path] of textsIn(source)) {
    if (!text.includes('{')) continue;
    const replaced = replacedField(text);
    for (const name of replaced === undefined ? placeholdersIn(text) : [replaced]) {
      const [top, ...keys] = parseField(name) ?? [];
      if (top === undefined) continue;
      if (!Object.hasOwn(parameters, top)) {
        const becomes = replaced === undefined ? 'stays as it stands' : 'becomes null';
        yield {
          path,
          message: `There is no parameter ${brief(top)}${didYouMean(top, known)}; ${brief(text)} ${becomes}.`,
        };
      } else if (replaced !== undefined && valueAt(parameters, [top, ...keys]) === undefined) {
        yield {
          path,
          message: `The parameter ${brief(top)} has nothing at ${brief(name)}; ${brief(text)} becomes null.`,
        };
      }
    }
  }
}

/** The parameters that a text names, those in its formats too; none where it is wrong, of which another rule tells. */
function placeholdersIn(text: string): readonly string[] {
  try {
    const placeholders = inTemplate(text);
    // A format may hold placeholders, these no others.
    const inFormats = placeholders.filter(({ spec }) => spec.includes('{')).flatMap(({ spec }) => inTemplate(spec));
    return [...placeholders, ...inFormats].map(({ field }) => field);
  } catch (error) {
    if (error instanceof NoTemplate) return [];
    throw error;
  }
}

function inTemplate(text: string): readonly Placeholder[] {
  return parseTemplate(text, fail).filter((part) => typeof part !== 'string');
}

class NoTemplate extends Error {}

const fail: Fail = (reason) => {
  throw new NoTemplate(reason);
};
