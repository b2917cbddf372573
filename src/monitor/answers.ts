import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { BatonError, messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ErrorAnswer } from './api.ts';
import * as errors from './errors.ts';

/** HTTP's status for each error that a request can meet. */
const statuses: ReadonlyMap<string, number> = new Map([
  [errors.badQuery.code, 400],
  [errors.badRequest.code, 400],
  [errors.foreignHost.code, 403],
  [errors.noSuchPath.code, 404],
  [errors.noSuchRun.code, 404],
  [errors.badMethod.code, 405],
  [errors.bodyTooLarge.code, 413],
  [errors.tooMany.code, 429],
  [errors.notBuilt.code, 503],
]);

/** Answers with an error: what was wrong, and what to do; never with a stack. */
export function refuse(response: Response, error: BatonError): void {
  const { code, message, next } = error;
  const answer: ErrorAnswer = { error: { code, message, next } };
  response
    .status(statuses.get(code) ?? 500)
    .set('cache-control', 'no-store')
    .json(answer);
}

/** The last of the routes: there is nothing under that path. */
export const nothingThere: RequestHandler = ({ path }, response) => refuse(response, errors.noSuchPath({ path }));

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
