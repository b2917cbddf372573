import { defineError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';

/** The configuration or the command line names a service that this installation does not have. */
export const unknownService = defineError(
  'cli.unknown-service',
  ({ name, known }: { readonly name: string; readonly known: readonly string[] }) =>
    `There is no service ${JSON.stringify(name)}${didYouMean(name, known)}; known are ${known.join(', ')}.`,
  'Correct the name in baton.yaml (processes) or on the command line.',
);

/** A module of services cannot be loaded, or holds none. */
export const badModule = defineError(
  'cli.bad-module',
  ({ file, reason }: { readonly file: string; readonly reason: string }) =>
    `The services in ${file} cannot be loaded: ${reason}.`,
  'Correct the path in baton.yaml (modules), or the module; docs/services.md shows one.',
);

/** The command line cannot be understood. */
export const usage = defineError(
  'cli.usage',
  ({ problem }: { readonly problem: string }) => `${problem}.`,
  'See `baton --help`, or `baton COMMAND --help`.',
);

/** The store, or a folder in it, cannot be made or written. */
export const storeUnusable = defineError(
  'cli.store-unusable',
  ({ folder, reason }: { readonly folder: string; readonly reason: string }) =>
    `The store's folder ${folder} cannot be used: ${reason}.`,
  'Make it a folder that can be written, or name another store with --store.',
);

/** There is no copy of the store. */
export const backupFailed = defineError(
  'cli.backup-failed',
  ({ store, to, reason }: { readonly store: string; readonly to: string; readonly reason: string }) =>
    `The store ${store} could not be copied to ${to}: ${reason}.`,
  'Name a folder that is not there yet, on a disk with room for another store.',
);

/** The status page does not answer. */
export const noMonitor = defineError(
  'cli.no-monitor',
  ({ address, reason }: { readonly address: string; readonly reason: string }) =>
    `The monitor does not answer at ${address}: ${reason}.`,
  'Start Baton (`baton up`), or name its address with --monitor.',
);

/** The monitor answered that it cannot. */
export const monitorRefused = defineError(
  'cli.monitor-refused',
  ({ message, needsToken }: { readonly message: string; readonly needsToken?: boolean }) =>
    needsToken === true ? `${message.replace(/\.$/, '')}: the status page asks for a token` : message,
  'Correct what the message names; `baton runs` lists the runs that are known. A token of `baton token create` is given with --token-file or BATON_TOKEN.',
);

/** No answer came in time. */
export const noAnswer = defineError(
  'cli.no-answer',
  ({ seconds, got }: { readonly seconds: number; readonly got: readonly string[] }) =>
    `No final answer came within ${seconds} s${got.length > 0 ? `, only ${got.join(', ')}` : ''}.`,
  'Look at the run on the status page, or with `baton run ID`; wait longer with --timeout.',
);

/** Some of the runs are not being cancelled. */
export const notCancelled = defineError(
  'cli.not-cancelled',
  ({ runs }: { readonly runs: readonly string[] }) => `Not cancelled: ${runs.join(', ')}.`,
  'See what was said of each; `baton runs` lists what is known.',
);

/** The ledger does not have the recipe that a run was made from. */
export const notKept = defineError(
  'cli.not-kept',
  ({ run, what }: { readonly run: string; readonly what: string }) =>
    `The recipe that ${run} was made from is not kept: ${what}.`,
  'Announce anew with `baton announce`; `baton run ID` shows the parameters. Where a recipe was too large, `baton rerun --current` takes the one of today.',
);

/** The ledger did not answer in time. */
export const notConfirmed = defineError(
  'cli.not-confirmed',
  ({ seconds, runs }: { readonly seconds: number; readonly runs: readonly string[] }) =>
    `The ledger did not answer within ${seconds} s for ${runs.join(', ')}; the wish waits in its queue.`,
  'Start Baton if the ledger is not running: the runs are cancelled when it is back.',
);

/** Nothing was started for the announcement. Where the answer says what to do, that takes the place of what stands here. */
export const notStarted = defineError(
  'cli.not-started',
  ({ status, reason }: { readonly status: string; readonly run: string; readonly reason: string }) =>
    `The announcement is ${status === 'duplicate' ? 'a duplicate' : status}: ${ended(reason)}`,
  'See what the reason says.',
);

/** The run was started, and failed. */
export const runFailed = defineError(
  'cli.run-failed',
  ({ run, reason }: { readonly run: string; readonly reason: string }) => `Run ${run} failed: ${ended(reason)}`,
  'Look at the run on the status page, or with `baton run ID`.',
);

/** Some runs of a back-fill did not finish. */
export const backfillIncomplete = defineError(
  'cli.backfill-incomplete',
  ({ id, finished, runs }: { readonly id: string; readonly finished: number; readonly runs: number }) =>
    `Of the back-fill ${id} ${finished} of ${runs} runs finished.`,
  'See what became of the others with `baton reprocess show ID`.',
);

/** The reason as the end of a sentence. */
function ended(reason: string): string {
  return `${reason.replace(/\.$/, '')}.`;
}

/** Nobody who lives has the name that is to be shut down. */
export const nobody = defineError(
  'cli.nobody',
  ({ who }: { readonly who: string }) =>
    `Nobody named ${JSON.stringify(who)} has told of itself: there is none on this broker, or it does not answer.`,
  'Correct the name, broker or prefix; the status page lists who lives.',
);

/** Services that live did not do what they were told. */
export const notObeyed = defineError(
  'cli.not-obeyed',
  ({ who }: { readonly who: readonly string[] }) => `Not heard to obey: ${who.join(', ')}.`,
  'The status page shows what they do. One that hangs, or that nobody supervises, has to be ended on its host.',
);
