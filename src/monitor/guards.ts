import type { RequestHandler } from 'express';
import { rateLimit, type Store } from 'express-rate-limit';
import helmet from 'helmet';
import { refuse } from './answers.ts';
import { badMethod, bodyTooLarge, foreignHost, tooMany } from './errors.ts';

/** Everything the page needs comes from the monitor itself, and nothing may frame it. */
export function contentPolicy(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // The page is served over plain HTTP on a facility's network: browsers must not be told otherwise.
    strictTransportSecurity: false,
  });
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/;

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

/**
 * On loopback whoever can reach the page may see it: so the request must be meant for it. A web page elsewhere can have
 * its own name point at 127.0.0.1 (DNS rebinding), and then asks for that name.
 */
export const onlyLocalNames: RequestHandler = (request, response, next) => {
  const host = request.headers.host ?? '';
  const name = URL.parse(`http://${host}`)?.hostname ?? '';
  if (isLoopback(name)) next();
  else refuse(response, foreignHost({ host: host.slice(0, 200) }));
};

/** The interface answers questions, and takes nothing in. */
export const onlyQuestions: RequestHandler = (request, response, next) => {
  const bytes = Number(request.headers['content-length'] ?? 0);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.set('allow', 'GET, HEAD').set('connection', 'close');
    return refuse(response, badMethod({ method: request.method }));
  }
  if (bytes > 0 || request.headers['transfer-encoding'] !== undefined) {
    // What follows is not read, so the connection cannot go on.
    response.set('connection', 'close');
    return refuse(response, bodyTooLarge({ bytes }));
  }
  next();
};

/** How often one address may ask. */
export interface RequestLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** Refuses who asks too often; who asked how often stands in `store`. */
export function requestLimit({ requests, seconds }: RequestLimit, store: Store): RequestHandler {
  return rateLimit({
    store,
    windowMs: seconds * 1000,
    limit: requests,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: false,
    handler: (_request, response) => {
      refuse(response, tooMany({ what: `requests within ${String(seconds)} s`, limit: requests }));
    },
  });
}
