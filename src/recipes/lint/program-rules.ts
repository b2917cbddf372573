import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';
import { brief } from '../problem.ts';
import type { Flaw, Rule } from './rule.ts';
import type { LintSite } from './site.ts';
import { queueOf, type Subject, type SubjectStep } from './subject.ts';

/** What does not go together with the programs that the site permits. */
export const programRules: readonly Rule[] = [
  {
    id: 'unknown-program',
    severity: 'error',
    title: 'A step runs a program that the site does not have',
    why: 'Recipes can run what baton.yaml names under "programs", and nothing else. The step fails each time.',
    hint: 'Correct the name, or have the program named in baton.yaml; docs/programs.md shows how.',
    wrong: '{ "1": { "queue": "programs", "parameters": { "program": "xai2" } }, "start": [[1, []]] }',
    right: '{ "1": { "queue": "programs", "parameters": { "program": "xia2" } }, "start": [[1, []]] }',
    check: unknownPrograms,
  },
  {
    id: 'bad-argument',
    severity: 'error',
    title: 'A program is given arguments that the site does not permit',
    why: 'What a recipe may give a program stands in baton.yaml as a JSON Schema; without one, nothing. The step fails each time. Placeholders, and "$name", may become anything.',
    hint: 'Correct the arguments, or have more permitted in baton.yaml (programs).',
    wrong:
      '{ "1": { "queue": "programs", "parameters": { "program": "xia2", "arguments": ["-rf", "/"] } }, "start": [[1, []]] }',
    right:
      '{ "1": { "queue": "programs", "parameters": { "program": "xia2", "arguments": ["dials", "$file"] } }, "start": [[1, []]] }',
    check: badArguments,
  },
];

function* unknownPrograms({ steps }: Subject, site: LintSite): Generator<Flaw> {
  const { programs = {} } = site.facts;
  for (const [{ key, named }, program] of running(steps, site)) {
    if (Object.hasOwn(programs, program)) continue;
    const known = Object.keys(programs);
    const has = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    const message = `${named} runs the program ${brief(program)}, which this site does not have${didYouMean(program, known)}; ${has}.`;
    yield { path: [key, 'parameters', 'program'], message };
  }
}

function* badArguments({ steps }: Subject, site: LintSite): Generator<Flaw> {
  for (const [{ key, step }, program] of running(steps, site)) {
    const { arguments: given } = step['parameters'] as JsonObject;
    const permitted = site.argumentsOf(program);
    if (given === undefined || !permitted) continue;
    for (const { path, message } of permitted.problems({ arguments: withPlaceholders(given) })) {
      const [, ...inner] = path;
      const where = inner
        .map((part) => (typeof part === 'number' ? `, entry ${part + 1}` : `, ${brief(part)}`))
        .join('');
      yield { path: [key, 'parameters', ...path], message: `Arguments of ${program}${where}: ${message}.` };
    }
  }
}

/** The steps that run a program whose name is known before placeholders are filled in. Nothing where the site's programs are not known. */
function* running(steps: readonly SubjectStep[], site: LintSite): Generator<readonly [SubjectStep, string]> {
  if (!site.facts.programs) return;
  for (const each of steps) {
    const { parameters } = each.step;
    if (site.serviceAt(queueOf(each))?.name !== 'command' || !isObject(parameters)) continue;
    const { program } = parameters;
    if (typeof program === 'string' && !program.includes('{')) yield [each, program];
  }
}

/** `$name` is filled in when the program starts, as `{name}` is before. */
function withPlaceholders(value: Json): Json {
  if (typeof value === 'string') return /^\$[^$]/.test(value) ? `{${value}}` : value;
  if (Array.isArray(value)) return value.map((item: Json) => withPlaceholders(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPlaceholders(inner)]));
}
