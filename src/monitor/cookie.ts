import type { Request, Response } from 'express';

/**
 * The name of the session's cookie. Over TLS it begins with `__Host-`: browsers then take it from this very host over TLS
 * only, so that no neighbour under the same domain can plant one (RFC 6265bis, "Cookie Name Prefixes").
 */
function nameOf({ secure }: Request): string {
  return secure ? '__Host-baton' : 'baton';
}

/** The secret of the session, where the browser sent one. */
export function sessionSecret(request: Request): string | undefined {
  const before = `${nameOf(request)}=`;
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(before))?.slice(before.length);
}

/** Gives the browser the secret of a session: no script reads it, and no request from another site carries it. */
export function giveSession(request: Request, response: Response, secret: string, hours: number): void {
  response.cookie(nameOf(request), secret, { ...attributes(request), maxAge: hours * 3_600_000 });
}

export function takeSession(request: Request, response: Response): void {
  response.clearCookie(nameOf(request), attributes(request));
}

function attributes({ secure }: Request): object {
  return { httpOnly: true, sameSite: 'strict', secure, path: '/' };
}
