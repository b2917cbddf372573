import express, { type Request, type RequestHandler, type Response } from 'express';
import { rateLimit, type Store } from 'express-rate-limit';
import helmet from 'helmet';
import { refuse } from './answers.ts';
import { isLoopback } from '../core/loopback.ts';
import { bodyTooLarge, foreignHost, foreignRequest, noChangeHeader, noLength, notJson, tooMany } from './errors.ts';

/** Everything the page needs comes from the monitor itself, and nothing may frame it. */
export function contentPolicy(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ["'none'"],
      },
    },
    // It would hold for all ports of the host, where other pages may be without TLS.
    strictTransportSecurity: false,
  });
}

/**
 * On loopback whoever can reach the page may see it: so the request must be meant for it. A web page elsewhere can have
 * its own name point at 127.0.0.1 (DNS rebinding), and then asks for that name.
 */
export const onlyLocalNames: RequestHandler = (request, response, next) => {
  if (isForThisHost(request)) next();
  else refuse(response, foreignHost({ host: (request.headers.host ?? '').slice(0, 200) }));
};

/** Whether the request was made for a name that means the host it was made on. */
export function isForThisHost({ headers: { host = '' } }: Request): boolean {
  return isLoopback(URL.parse(`http://${host}`)?.hostname ?? '');
}

/** A question takes no body. */
export const noBodyInQuestions: RequestHandler = (request, response, next) => {
  const bytes = Number(request.headers['content-length'] ?? 0);
  if (isQuestion(request) && (bytes > 0 || request.headers['transfer-encoding'] !== undefined))
    refuse(response, bodyTooLarge({ bytes, limit: 0 }));
  else next();
};

function isQuestion({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The header that whatever asks for a change has to send. */
const changeHeader = 'baton-request';

/**
 * A change is only wanted by the page itself, or by a program: a browser sends cookies along whoever made it ask, and
 * reaches loopback for every site. Two walls: the browser's word on who made the request (`Sec-Fetch-Site`; `Origin` where
 * the page is not over TLS), and a header of our own, which no other site can send without asking first (CORS), and that
 * is never answered. A token is sent by nobody but who has it.
 */
export const onlyFromThePage: RequestHandler = (request, response, next) => {
  if (isQuestion(request) || request.headers.authorization?.toLowerCase().startsWith('bearer ') === true) return next();
  const { origin, 'sec-fetch-site': site, host } = request.headers;
  if (site !== undefined ? site !== 'same-origin' : origin !== undefined && !isOrigin(origin, request))
    return refuse(
      response,
      foreignRequest({ from: (origin ?? site ?? '').slice(0, 200), host: (host ?? '').slice(0, 200) }),
    );
  if (request.headers[changeHeader] === undefined) return refuse(response, noChangeHeader({ header: changeHeader }));
  next();
};

function isOrigin(origin: string, { protocol, host }: Request): boolean {
  return origin === `${protocol}://${host}`;
}

/** Bytes of what is sent to have something done: a name, a reason. */
const usualBody = 16_384;

/** Reads JSON, and nothing else; of bodies that are too large, nothing. */
export function jsonBody(bodyAtMost = usualBody): readonly RequestHandler[] {
  const onlyJson: RequestHandler = (request, response, next) => {
    const bytes = Number(request.headers['content-length'] ?? 0);
    // Without its length, it would have to be read to know that it is too large.
    if (request.headers['transfer-encoding'] !== undefined) refuse(response, noLength({}));
    else if (bytes > bodyAtMost) refuse(response, bodyTooLarge({ bytes, limit: bodyAtMost }));
    else if (request.is('application/json') === 'application/json') next();
    else refuse(response, notJson({ type: (request.headers['content-type'] ?? 'nothing').slice(0, 200) }));
  };
  return [onlyJson, express.json({ limit: bodyAtMost, strict: true, inflate: false })];
}

/** How often one address may ask. */
export interface RequestLimit {
  readonly requests: number;
  readonly seconds: number;
  /** How many answers to it may be on their way at the same time; 50 when absent. */
  readonly underWay?: number;
}

/** Answers on their way to everybody, at most. */
const answersAtMost = 200;

/**
 * Refuses who has too many answers under way: an answer stays in memory until it is taken, and some are megabytes. Of all
 * together, the one that was not taken for longest is given up for the next. A stream of events has a bound of its own.
 */
export function answersUnderWay({ underWay = 50 }: RequestLimit): RequestHandler {
  const all = new Map<Response, string>();
  return ({ path, ip = '' }, response, next) => {
    if (path === '/events') return next();
    if ([...all.values()].filter((other) => other === ip).length >= underWay)
      return refuse(response, tooMany({ what: 'answers that were not taken yet', limit: underWay }));
    if (all.size >= answersAtMost) [...all.keys()].find((other) => other.writableEnded)?.destroy();
    all.set(response, ip);
    response.once('close', () => all.delete(response));
    next();
  };
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
