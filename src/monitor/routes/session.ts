import { Router, type Request, type Response } from 'express';
import type { SessionView } from '../api.ts';
import { Attempts } from '../attempts.ts';
import { bodyReader } from '../body.ts';
import { giveSession, sessionSecret, takeSession } from '../cookie.ts';
import { badLogin, tooManyLogins } from '../errors.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import { placeOf } from '../networks.ts';
import type { Site } from '../site.ts';

interface Login {
  readonly name: string;
  readonly password: string;
}

const readLogin = bodyReader<Login>(bodies.login);

/** `/api/session`: `GET` tells who one is, `POST` logs in, `DELETE` logs out. */
export function sessionRoutes(site: Site): Router {
  const attempts = new Attempts(site.clock);
  const router = Router();
  router.get('/', (request, response) => tellWho(site, request, response));
  router.post('/', ...jsonBody(), async (request, response) => {
    const { name, password } = readLogin(request.body);
    await checkPassword(site, attempts, { name, password }, request, response);
    // Never the one that was shown: somebody else may have planted it.
    endSession(site, request);
    const { access, sessionHours } = site;
    giveSession(request, response, access.sessions.begin(name, placeOf(request.ip ?? '')), sessionHours);
    const user = access.users.list().find((each) => each.name === name);
    if (!user) throw badLogin({});
    site.log.info({ user: name, address: request.ip }, 'somebody logged in');
    const { role } = user;
    response.json({ user: { name, role, way: 'session' }, passwords: true } satisfies SessionView);
  });
  router.delete('/', (request, response) => {
    endSession(site, request);
    takeSession(request, response);
    response.status(204).end();
  });
  return router;
}

function tellWho({ doorkeeper, access }: Site, request: Request, response: Response): void {
  const user = doorkeeper.who(request);
  const answer: SessionView = { ...(user && { user }), passwords: access.users.exist };
  response.set('cache-control', 'no-store').json(answer);
}

/** Throws `monitor.bad-login`, `monitor.too-many-logins` and `access.busy`. */
async function checkPassword(
  { access, log }: Site,
  attempts: Attempts,
  { name, password }: Login,
  request: Request,
  response: Response,
): Promise<void> {
  const place = placeOf(request.ip ?? '');
  const isKnown = access.sessions.isKnown(name, place);
  const seconds = attempts.begin(name, place, isKnown);
  if (seconds > 0) {
    response.set('retry-after', String(seconds));
    throw tooManyLogins({ seconds });
  }
  const isRight = await access.users.isPassword(name, password).catch((error: unknown) => {
    attempts.takeBack(name, place, isKnown);
    throw error;
  });
  if (!isRight) {
    log.warn({ user: name, address: request.ip }, 'a login failed');
    throw badLogin({});
  }
  attempts.takeBack(name, place, isKnown);
}

function endSession({ access }: Site, request: Request): void {
  const secret = sessionSecret(request);
  if (secret !== undefined) access.sessions.end(secret);
}
