import { isObject } from '../../core/json.ts';
import { nearest } from '../../core/nearest.ts';
import { brief } from '../problem.ts';
import { stepKeys } from '../schema.ts';
import { readSettings } from '../settings.ts';
import { mostMessages } from './messages.ts';
import type { Flaw, Rule } from './rule.ts';
import type { Subject, SubjectStep } from './subject.ts';

/** What is wrong with a step, whatever service does its work. */
export const stepRules: readonly Rule[] = [
  {
    id: 'misspelt-key',
    severity: 'warning',
    title: 'A key of a step looks like a misspelt one',
    why: 'Steps may have any key, so a misspelt one is kept and means nothing.',
    hint: 'Correct it, if it is meant.',
    wrong: '{ "1": { "queue": "filewatcher", "paramters": { "list": [] } }, "start": [[1, []]] }',
    right: '{ "1": { "queue": "filewatcher", "parameters": { "list": [] }, "gridinfo": {} }, "start": [[1, []]] }',
    check: misspelt,
  },
  {
    id: 'no-destination',
    severity: 'warning',
    title: 'A step has neither queue nor topic',
    why: 'No message can be sent to it, so neither it nor what it links to ever runs.',
    hint: 'Add "queue", with the queue of the service that is to do the work.',
    wrong: '{ "1": { "service": "File watcher" }, "start": [[1, []]] }',
    right: '{ "1": { "service": "File watcher", "queue": "filewatcher" }, "start": [[1, []]] }',
    check: withoutDestination,
  },
  {
    id: 'retry-without-error',
    severity: 'warning',
    title: 'A step is tried again, and nobody is told when that was in vain',
    why: 'After the last attempt its message goes to the dead-letter queue, and the run fails. The author of a "retry" mostly wants to go on without the step.',
    hint: 'Add "error" to the step, or to the recipe.',
    wrong: '{ "1": { "queue": "filewatcher", "retry": { "attempts": 5 } }, "start": [[1, []]] }',
    right:
      '{ "1": { "queue": "filewatcher", "retry": { "attempts": 5 }, "error": 2 }, "2": { "queue": "alarm" }, "start": [[1, []]] }',
    check: retriedInVain,
  },
  {
    id: 'join-never-fills',
    severity: 'error',
    title: 'A join waits for more messages than can come',
    why: 'Each entry of "start", and each message that fails over an error link, is one message. A join that waits for more of these ends by its time-out, always.',
    hint: 'Correct the count, or link the step from the one that sends the messages.',
    wrong: '{ "1": { "queue": "xray_centring", "join": { "count": 3 } }, "start": [[1, []], [1, []]] }',
    right: '{ "1": { "queue": "xray_centring", "join": { "count": 2 } }, "start": [[1, []], [1, []]] }',
    check: neverFilled,
  },
  {
    id: 'join-behind-when',
    severity: 'warning',
    title: 'A condition ends branches that a join waits for',
    why: 'A message that does not meet "when" ends there. The join behind it waits for a message that never comes, until its time-out.',
    hint: 'Put the condition behind the join, or let the join count only what meets it.',
    wrong:
      '{ "1": { "queue": "per_image_analysis", "when": { "n": 5 }, "output": 2 }, "2": { "queue": "xray_centring", "join": { "count": 2 } }, "start": [[1, {}], [1, {}]] }',
    right:
      '{ "1": { "queue": "per_image_analysis", "output": 2 }, "2": { "queue": "xray_centring", "join": { "count": 2 }, "output": 3 }, "3": { "queue": "alarm", "when": { "n": 5 } }, "start": [[1, {}], [1, {}]] }',
    check: endingBeforeJoin,
  },
  {
    id: 'when-text',
    severity: 'warning',
    title: 'A condition is a text with a comparison in it',
    why: 'Text is compared with the payload letter by letter, and no payload reads so: nothing ever comes through.',
    hint: 'Write the field with its bound, such as { "n": { "minimum": 5 } }; docs/recipes.md#conditions has the forms.',
    wrong: '{ "1": { "queue": "filewatcher", "when": "n >= 5" }, "start": [[1, []]] }',
    right: '{ "1": { "queue": "filewatcher", "when": { "n": { "minimum": 5 } } }, "start": [[1, []]] }',
    check: comparedAsText,
  },
];

/** Keys that people add for readers, and that are near to one that means something. */
const forReaders: ReadonlySet<string> = new Set([
  'comment',
  'comments',
  'description',
  'name',
  'note',
  'notes',
  'title',
]);

function* misspelt({ steps }: Subject): Generator<Flaw> {
  for (const { key, step, named } of steps) {
    for (const name of Object.keys(step)) {
      if (stepKeys.includes(name) || forReaders.has(name)) continue;
      const meant = nearest(name, stepKeys);
      if (meant === undefined) continue;
      const message = `${named} has a key ${brief(name)}, which means nothing to Baton; did you mean "${meant}"?`;
      yield { path: [key, name], message, hint: `Write "${meant}", if that is meant.` };
    }
  }
}

function* withoutDestination({ steps }: Subject): Generator<Flaw> {
  for (const { key, step, named } of steps) {
    if ((step['queue'] ?? '') === '' && (step['topic'] ?? '') === '')
      yield { path: [key], message: `${named} has neither queue nor topic: no message can be sent to it.` };
  }
}

function* retriedInVain({ steps, recipe }: Subject): Generator<Flaw> {
  if (leadsSomewhere(recipe['error'])) return;
  for (const { key, step, named } of steps) {
    if (!isObject(step['retry']) || leadsSomewhere(step['error'])) continue;
    const message = `${named} has "retry" and no "error": when its last attempt has failed, nobody is told.`;
    yield { path: [key, 'retry'], message };
  }
}

function leadsSomewhere(links: unknown): boolean {
  if (typeof links === 'object' && links !== null) return Object.values(links).some(leadsSomewhere);
  return typeof links === 'number';
}

function* neverFilled(subject: Subject): Generator<Flaw> {
  const most = mostMessages(subject);
  for (const { key, step, named } of subject.steps) {
    const { join } = readSettings(step);
    const possible = most(Number(key));
    if (!join || possible >= join.count) continue;
    const come = possible === 0 ? 'none can come' : `at most ${possible} can come`;
    yield { path: [key, 'join', 'count'], message: `${named} joins ${join.count} messages, but ${come}.` };
  }
}

function* endingBeforeJoin({ steps }: Subject): Generator<Flaw> {
  const byNumber = new Map(steps.map((each) => [each.key, each]));
  for (const { key, step, named } of steps) {
    if (step['when'] === undefined) continue;
    const join = outputsOf(step).find((number) => isObject(byNumber.get(String(number))?.step['join']));
    if (join === undefined) continue;
    const message = `${named} ends what does not meet its "when"; the join at step ${join} waits for that in vain.`;
    yield { path: [key, 'when'], message };
  }
}

function* comparedAsText({ steps }: Subject): Generator<Flaw> {
  for (const { key, step, named } of steps) {
    const { when } = step;
    const conditions = isObject(when) ? Object.entries(when) : [[undefined, when] as const];
    for (const [field, condition] of conditions) {
      if (typeof condition !== 'string' || !/[<>]|[=!]=/.test(condition)) continue;
      const path = field === undefined ? [key, 'when'] : [key, 'when', field];
      yield { path, message: `${named} compares with the text ${brief(condition)}, letter by letter.` };
    }
  }
}

function outputsOf({ output }: SubjectStep['step']): readonly number[] {
  const targets = isObject(output) ? Object.values(output).flat() : [output].flat();
  return targets.filter((target) => typeof target === 'number');
}
