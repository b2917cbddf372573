import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { send, type SentOn } from '../../outcome.ts';
import type { CommandStep } from './request.ts';
import type { Finished } from './run.ts';

/** What is told before a program starts. */
export function tellStart({ payload, parameters }: CommandStep): SentOn {
  return send(withReport(payload, { name: parameters.program }), 'starting');
}

/** What is told of a program that ended well: what it said, in order, and what it took. */
export function tellSuccess({ payload }: CommandStep, { report, answers }: Finished): readonly SentOn[] {
  const all = withReport(payload, report);
  const told = withReport(payload, shortened(report));
  return [...answers, send(told, 'success'), send({ ...all, outcome: 'success' }, 'completed')];
}

/** What is told of one that failed, or was never started. */
export function tellFailure(
  { payload, parameters }: CommandStep,
  thrown: unknown,
  report: JsonObject = { name: parameters.program },
): readonly [failure: SentOn, completed: SentOn] {
  const { code = failedCode, message = String(thrown) } = thrown as { code?: string; message?: string };
  const error = { code, message };
  const told = { ...withReport(payload, shortened(report)), error };
  const all = { ...withReport(payload, report), error };
  return [send(told, 'failure'), send({ ...all, outcome: 'failure' }, 'completed')];
}

/** Of errors that have none. */
export const failedCode = 'command.failed';

/** True where the recipe sends somewhere what is told on a channel. */
export function isLinked({ definition }: CommandStep, channel: string): boolean {
  const links = definition['output'];
  return isObject(links) && Object.hasOwn(links, channel);
}

/** With the end of what it printed: the ledger keeps payloads up to 8 kB whole, and is to keep what a program took. */
function shortened(report: JsonObject): JsonObject {
  const { log } = report;
  return typeof log === 'string' ? { ...report, log: log.slice(-longestLog).toWellFormed() } : report;
}

/** Characters; most are one byte. */
const longestLog = 3_000;

/** The message goes on, so that who joins it later finds its fields. */
function withReport(payload: Json, report: JsonObject): JsonObject {
  return { ...(isObject(payload) ? payload : { payload }), program: report };
}
