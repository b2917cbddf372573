import { defineError } from '../../../core/errors.ts';
import { didYouMean } from '../../../core/nearest.ts';

/** A step names a program that the site does not have. */
export const unknownProgram = defineError<{ name: string; known: readonly string[] }>(
  'command.unknown-program',
  ({ name, known }) =>
    `There is no program ${JSON.stringify(name)} at this site${didYouMean(name, known)}; ${known.length === 0 ? 'baton.yaml names none' : `known are ${known.join(', ')}`}.`,
  'Correct the name in the recipe, or have the program named in baton.yaml (programs).',
);

/** A step asks for something of a program that the site does not permit. */
export const notPermitted = defineError<{ program: string; problem: string }>(
  'command.not-permitted',
  ({ program, problem }) => `${program}: ${problem}.`,
  'Correct the parameters of the step, or have more permitted in baton.yaml (programs).',
);

/** What a step refers to is not in its message. */
export const missingValue = defineError<{ reference: string; where: string }>(
  'command.missing-value',
  ({ reference, where }) => `${where} is ${JSON.stringify(reference)}, and the payload has no such field.`,
  'Correct the name, or what the step before sends; "$$" stands for a dollar sign.',
);

/** The folder that a program is to work in is not there, or not one that it may work in. */
export const badDirectory = defineError<{ directory: string; reason: string }>(
  'command.bad-directory',
  ({ directory, reason }) => `The program cannot work in ${directory}: ${reason}.`,
  'Correct the directory in the recipe, make the folder before this step, or permit it in baton.yaml (programs).',
);

/** There is no such backend at this site. */
export const unknownBackend = defineError<{ name: string; known: readonly string[] }>(
  'command.unknown-backend',
  ({ name, known }) =>
    `There is no backend ${JSON.stringify(name)}${didYouMean(name, known)}; known are ${known.join(', ')}.`,
  'Correct the backend in the recipe.',
);

/** A program ended, and told that it failed, or was ended by a signal. */
export const programFailed = defineError<{ program: string; how: string; lastLines: string }>(
  'command.failed',
  ({ program, how, lastLines }) =>
    `${program} ended with ${how}${lastLines === '' ? ', and printed nothing.' : `. The last it printed:\n${lastLines}`}`,
  'See what it printed; the run has the rest.',
);

/** A program was ended, as it exceeded a limit. */
export const limitExceeded = defineError<{ program: string; problem: string; lastLines: string }>(
  'command.exceeded',
  ({ program, problem, lastLines }) =>
    `${program} was ended: ${problem}${lastLines === '' ? '.' : `. The last it printed:\n${lastLines}`}`,
  'Ask for more in the recipe (timeout, resources), or have more permitted in baton.yaml (programs, limits).',
);

/** The host on which a program ran is not heard of any more. */
export const programLost = defineError<{ program: string; host: string; cause: string; lastLines: string }>(
  'command.lost',
  ({ program, host, cause, lastLines }) =>
    `${program} was lost on ${host}: ${cause}${lastLines === '' ? '.' : `. The last it printed:\n${lastLines}`}`,
  'See what became of that host; with a retry in the recipe, the program is run again by itself.',
);

/** What a program wrote to BATON_OUTPUT cannot be read. */
export const badAnswer = defineError<{ program: string; where: string; reason: string }>(
  'command.bad-answer',
  ({ program, where, reason }) => `${program} answered what cannot be read, ${where}: ${reason}.`,
  'Have the program write lines of JSON, each an object with "channel" and "payload".',
);

/** A result that a program should have left is not there. */
export const missingResult = defineError<{ program: string; pattern: string; directory: string }>(
  'command.missing-result',
  ({ program, pattern, directory }) =>
    `${program} ended well, but left no result ${JSON.stringify(pattern)} in ${directory}.`,
  'See what it printed; a result that need not be there is marked "optional".',
);
