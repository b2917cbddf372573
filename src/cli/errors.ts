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
  ({ message }: { readonly message: string }) => message,
  'See what the message says.',
);

/** No answer came in time. */
export const noAnswer = defineError(
  'cli.no-answer',
  ({ seconds, got }: { readonly seconds: number; readonly got: readonly string[] }) =>
    `No final answer came within ${seconds} s${got.length > 0 ? `, only ${got.join(', ')}` : ''}.`,
  'Look at the run on the status page, or with `baton run ID`; wait longer with --timeout.',
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

/** The reason as the end of a sentence. */
function ended(reason: string): string {
  return `${reason.replace(/\.$/, '')}.`;
}
