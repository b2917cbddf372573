import { defineError } from '../core/errors.ts';

/** An announcement that cannot be understood or may not be asked for: refused, with what was wrong. */
export const badRequest = defineError<{ where: string; expected: string; found: string }>(
  'dispatcher.bad-request',
  ({ where, expected, found }) => `${where} of the announcement: expected ${expected}, got ${found}.`,
  'Correct the announcement and send it again.',
);

/** `rules.yaml` cannot be used: lists everything that is wrong with it, by line. */
export const badRules = defineError<{ file: string; problems: readonly string[] }>(
  'dispatcher.bad-rules',
  ({ file, problems }) => `${file} cannot be used: ${problems.join('; ')}.`,
  'Correct the lines named; until then, announcements on data-collection are refused.',
);

/** The announcement names a recipe that the site does not have. */
export const noRecipe = defineError<{ name: string; reason: string }>(
  'dispatcher.no-recipe',
  ({ name, reason }) => `The recipe ${JSON.stringify(name)} cannot be read: ${reason}.`,
  'Correct the name, or put the recipe into the recipe folder, and send the announcement again.',
);

/** The site has no rules, so nothing can be chosen for announcements that name no recipes. */
export const noRules = defineError<{ folder: string; reason: string }>(
  'dispatcher.no-rules',
  ({ folder, reason }) => `The rules ${folder}/rules.yaml cannot be read: ${reason}.`,
  'Write rules.yaml into the recipe folder, or announce on processing_recipe with the names of recipes.',
);

/** No rule applies to the announcement. */
export const noRuleApplies = defineError<{ reasons: readonly string[] }>(
  'dispatcher.no-rule-applies',
  ({ reasons }) => `No rule applies to this announcement: ${reasons.join('; ') || 'there are none'}.`,
  'Correct the parameters, or write a rule for such announcements, and send it again.',
);

/** The announcement lacks a parameter by which a rule tells whether it came before. */
export const noKey = defineError<{ rule: string; name: string; found: string }>(
  'dispatcher.no-key',
  ({ rule, name, found }) =>
    `The rule "${rule}" tells announcements apart by the parameter ${name}: expected text or a number, got ${found}.`,
  'Send the announcement again with that parameter.',
);

/** Announcements may not bring recipes of their own at this site. */
export const customNotPermitted = defineError<Record<never, never>>(
  'dispatcher.custom-not-permitted',
  () => 'This site does not take recipes from announcements.',
  'Put the recipe into the recipe folder and name it, or set announcements.customRecipes in the configuration.',
);

/** What the announcement needs did not come in time. */
export const notReady = defineError<{ seconds: number; missing: readonly string[] }>(
  'dispatcher.not-ready',
  ({ seconds, missing }) => `Not ready within ${seconds} s: ${missing.join(', ')}.`,
  'Find out why it is missing; then announce again, or with a longer dispatcher_timeout.',
);

/** A file in the spool folder is no announcement: it was moved to `refused/`. */
export const badSpool = defineError<{ where: string; expected: string; found: string }>(
  'dispatcher.bad-spool',
  ({ where, expected, found }) => `${where} of the spooled announcement: expected ${expected}, got ${found}.`,
  'Correct the file and move it back into the spool folder.',
);

/** The disk is full, or broken: announcements wait until it can be told again which runs were started. */
export const claimsUnusable = defineError<{ reason: string }>(
  'dispatcher.claims-unusable',
  ({ reason }) => `Which runs were started cannot be read or written: ${reason}.`,
  'Make room on the disk of the store, or repair dispatcher.sqlite there; the announcement is looked at again by itself.',
);
