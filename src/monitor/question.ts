import type { Request, RequestHandler, Response } from 'express';
import { refuse } from './answers.ts';
import { badMethod, badQuery } from './errors.ts';
import { placed, type Operations, type Placed } from './interface/operation.ts';
import { queryReader } from './query.ts';

/**
 * Holds questions to their description: at a path that there is, other methods and parameters than those described are
 * refused. Paths that there are not are let through, to be refused by who knows that nothing else is there.
 */
export function onlyAsDescribed(operations: Operations): RequestHandler {
  const paths = Array.from(
    Map.groupBy(placed(operations), ({ path }) => path),
    ([path, those]) => ({ pattern: patternOf(path), those: those.map(readable) }),
  );
  return (request, response, next) => {
    const path = request.baseUrl + request.path;
    const there = paths.find(({ pattern }) => pattern.test(path))?.those;
    if (!there) return next();
    const asked = request.method === 'HEAD' ? 'GET' : request.method;
    const found = there.find(({ method }) => method === asked);
    if (!found) return otherMethod(there, request, response);
    // Who may see an answer may keep it, and has to ask whether it still holds.
    if (asked === 'GET') response.set('cache-control', 'private, no-cache');
    response.locals['question'] = found.read(checkedQuery(request));
    next();
  };
}

/** What stands behind the question mark, as the description has it: numbers as numbers, defaults filled in. */
export function questionOf<Question>(response: Response): Question {
  return response.locals['question'] as Question;
}

interface Readable extends Placed {
  readonly read: (query: unknown) => unknown;
}

function readable(at: Placed): Readable {
  return { ...at, read: queryReader(at.operation.query ?? {}) };
}

/** As Express reads paths: any case, and a slash at the end or none. */
function patternOf(path: string): RegExp {
  const literal = path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${literal}/?$`, 'i');
}

function otherMethod(there: readonly Placed[], { method, baseUrl, path }: Request, response: Response): void {
  const methods = there.flatMap((each) => (each.method === 'GET' ? ['GET', 'HEAD'] : [each.method]));
  response.set('allow', methods.join(', '));
  if (method === 'OPTIONS') return void response.status(204).end();
  refuse(response, badMethod({ method, path: (baseUrl + path).slice(0, 200), allowed: methods.join(', ') }));
}

/** Express reads what is no UTF-8 as something else, and NUL as any letter. */
function checkedQuery({ originalUrl, query }: Request): Request['query'] {
  const mark = originalUrl.indexOf('?');
  if (mark < 0) return query;
  const text = originalUrl.slice(mark + 1);
  if (!isEncoded(text)) throw badQuery({ reason: 'it is not percent-encoded UTF-8' });
  if (/%00/.test(text)) throw badQuery({ reason: 'it has a NUL character' });
  return query;
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
