import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { busy } from '../access/errors.ts';
import { BatonError, messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import * as reprocess from '../reprocess/errors.ts';
import type { ErrorAnswer } from './api.ts';
import { nobodyMeant, notPaused } from './control/errors.ts';
import { noAnnouncing } from './announcing/errors.ts';
import * as errors from './errors.ts';
import * as failed from './failed/errors.ts';
import { cannotStart, notKept, nothingToRerun, planChanged } from './reruns/errors.ts';

/** HTTP's status for each error that a request can meet. */
const statuses: ReadonlyMap<string, number> = new Map([
  [errors.badQuery.code, 400],
  [errors.badPath.code, 400],
  [errors.costlyPath.code, 400],
  [errors.badBody.code, 400],
  [errors.badRequest.code, 400],
  [reprocess.badNumbers.code, 400],
  [reprocess.badParameter.code, 400],
  [reprocess.noRecipe.code, 400],
  [reprocess.tooMany.code, 400],
  [reprocess.nothingSelected.code, 400],
  [errors.badRecipeName.code, 400],
  [errors.costlyRecipe.code, 400],
  [errors.loginNeeded.code, 401],
  [errors.badToken.code, 401],
  [errors.badLogin.code, 401],
  [errors.foreignHost.code, 403],
  [errors.foreignRequest.code, 403],
  [errors.noChangeHeader.code, 403],
  [errors.forgedHeader.code, 403],
  [errors.noRole.code, 403],
  [errors.notPermitted.code, 403],
  [errors.fileNotGiven.code, 403],
  [errors.savingOff.code, 403],
  [errors.recipeElsewhere.code, 403],
  [nobodyMeant.code, 404],
  [notPaused.code, 404],
  [errors.noSuchPath.code, 404],
  [errors.noSuchRun.code, 404],
  [errors.noSuchResult.code, 404],
  [errors.noSuchFile.code, 404],
  [errors.noSuchRecipe.code, 404],
  [errors.noSuchVersion.code, 404],
  [failed.noSuchGroup.code, 404],
  [failed.noSuchFailure.code, 404],
  [failed.noLetter.code, 404],
  [failed.notUnderWay.code, 409],
  [failed.underWay.code, 409],
  [failed.nothingLeft.code, 409],
  [reprocess.noSuchBackfill.code, 404],
  [errors.badMethod.code, 405],
  [reprocess.changed.code, 409],
  [reprocess.wrongState.code, 409],
  [errors.noLength.code, 411],
  [errors.recipeChanged.code, 412],
  [notKept.code, 409],
  [nothingToRerun.code, 409],
  [planChanged.code, 409],
  [errors.bodyTooLarge.code, 413],
  [errors.notJson.code, 415],
  [errors.badRange.code, 416],
  [errors.recipeHasErrors.code, 422],
  [errors.noCondition.code, 428],
  [cannotStart.code, 422],
  [errors.tooMany.code, 429],
  [errors.tooManyLogins.code, 429],
  [busy.code, 503],
  [errors.notConfirmed.code, 503],
  [errors.notBuilt.code, 503],
  [errors.noReprocessing.code, 503],
  [noAnnouncing.code, 503],
  [errors.notSaved.code, 503],
  [errors.noTrial.code, 503],
]);

/** HTTP's status for an error's code; 500 for those that no request should meet. */
export function statusOf(code: string): number {
  return statuses.get(code) ?? 500;
}

/** Answers with an error: what was wrong, and what to do; never with a stack. */
export function refuse(response: Response, error: BatonError): void {
  const { code, message, next } = error;
  const answer: ErrorAnswer = { error: { code, message, next } };
  // A body that nobody reads is not waited for: the connection ends with the answer.
  if (hasBody(response.req) && !response.req.complete) response.set('connection', 'close');
  response.status(statusOf(code)).set('cache-control', 'no-store').json(answer);
}

function hasBody({ headers }: Request): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
}

/** The last of the routes: there is nothing under that path, or nothing to be done. */
export const nothingThere: RequestHandler = ({ method, path }, response) => {
  if (method === 'GET' || method === 'HEAD') return refuse(response, errors.noSuchPath({ path }));
  response.set('allow', 'GET, HEAD');
  refuse(response, errors.badMethod({ method, path, allowed: 'GET, HEAD' }));
};

/** Turns whatever a route threw into an answer; what is not the asker's fault is logged. */
export function onError(log: Log): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof BatonError && statuses.has(error.code)) return refuse(response, error);
    if (isClientError(error)) return refuse(response, errors.badRequest({ reason: messageOf(error) }));
    log.error(
      { path: request.path, reason: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
      'a request failed',
    );
    refuse(response, errors.internal({}));
  };
}

/** Express marks what it could not read, such as a badly encoded path, with a status of its own. */
function isClientError(error: unknown): boolean {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  return status >= 400 && status < 500;
}
