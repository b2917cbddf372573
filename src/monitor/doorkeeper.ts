import type { Request, RequestHandler, Response } from 'express';
import type { Access } from '../access/access.ts';
import type { Way } from '../access/audit.ts';
import { suffices, userRoles, type Role, type UserRole } from '../access/roles.ts';
import { commandTokens } from '../access/tokens.ts';
import { isLoopback } from '../core/loopback.ts';
import { sessionSecret } from './cookie.ts';
import { badToken, forgedHeader, loginNeeded, noRole, notPermitted } from './errors.ts';
import { isForThisHost } from './guards.ts';
import { networks } from './networks.ts';

/** Who may ask what, beside what the store of users and tokens says. */
export interface Rules {
  /** What who is on the host may do without a login, while the page listens on loopback; absent: `unclaimed`, while there are neither users nor a proxy. */
  readonly local?: UserRole | 'none';
  readonly unclaimed?: UserRole;
  readonly proxy?: TrustedProxy;
}

/** A proxy that has asked for a login, and tells whose it was. */
export interface TrustedProxy {
  readonly addresses: readonly string[];
  readonly userHeader: string;
  readonly groupsHeader?: string;
  /** Groups (users, where there is no header for groups) by role; `*` is everybody. */
  readonly roles: Readonly<Partial<Record<UserRole, readonly string[]>>>;
}

/** Who asks. */
export interface Identity {
  readonly name: string;
  readonly role: Role;
  readonly way: Exclude<Way, 'command line' | 'broker'>;
}

export interface DoorkeeperOptions {
  readonly access: Access;
  /** The address that the page listens on. */
  readonly host: string;
  readonly rules: Rules;
}

/** What a proxy adds to a request: then who is on the other end is not on this host. */
const forwarding = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** Finds out who asks, and lets through who may. */
export class Doorkeeper {
  readonly #access: Access;
  readonly #rules: Rules;
  readonly #isLocal: boolean;
  readonly #proxyHeaders: readonly string[];
  /** Whether the address is that of the proxy. */
  readonly isProxy: (address: string | undefined) => boolean;

  constructor({ access, host, rules }: DoorkeeperOptions) {
    const { proxy } = rules;
    this.#access = access;
    this.#rules = rules;
    this.#isLocal = isLoopback(host);
    this.#proxyHeaders = [proxy?.userHeader, proxy?.groupsHeader].flatMap((name) => name?.toLowerCase() ?? []);
    this.isProxy = networks(proxy?.addresses ?? []);
  }

  /** Lets through who has the role, or a greater one. */
  needs(role: Role): RequestHandler {
    return (request, response, next) => {
      const identity = this.who(request);
      if (!identity) {
        response.set('www-authenticate', 'Bearer realm="Baton"');
        throw loginNeeded({ path: request.originalUrl.slice(0, 200) });
      }
      if (!suffices(identity.role, role)) throw notPermitted({ who: identity.name, has: identity.role, needs: role });
      setIdentity(response, identity);
      next();
    };
  }

  /** Whether who asked may still look: for answers that take long. */
  stillMay(request: Request, role: Role): boolean {
    try {
      const identity = this.who(request);
      return identity !== undefined && suffices(identity.role, role);
    } catch {
      return false;
    }
  }

  /**
   * Who asks; undefined for strangers. Throws `monitor.forged-header`, `monitor.bad-token` and `monitor.no-role`: who shows
   * something that is no good is told so, and counts as nobody else.
   */
  who(request: Request): Identity | undefined {
    return this.#byProxy(request) ?? this.#byToken(request) ?? this.#bySession(request) ?? this.#byHost(request);
  }

  #byProxy({ headers, socket }: Request): Identity | undefined {
    const { proxy } = this.#rules;
    const shown = this.#proxyHeaders.filter((name) => headers[name] !== undefined);
    if (!proxy || shown.length === 0) return undefined;
    if (!this.isProxy(socket.remoteAddress))
      throw forgedHeader({ header: shown[0] ?? '', why: 'this is not the proxy' });
    const name = String(headers[proxy.userHeader.toLowerCase()] ?? '');
    if (name === '') return undefined;
    // Node joins what came twice with a comma: a proxy that adds to what the browser sent would let it say anything.
    if (!/^[^\s,;\p{C}]{1,200}$/u.test(name))
      throw forgedHeader({ header: proxy.userHeader, why: 'its value is no name of a user' });
    const role = roleOf(proxy, name, headers[proxy.groupsHeader?.toLowerCase() ?? '']);
    if (role === undefined) throw noRole({ name });
    return { name, role, way: 'proxy' };
  }

  /** Other schemes are the proxy's own affair, which may hand them on. */
  #byToken({ headers: { authorization = '' } }: Request): Identity | undefined {
    const text = /^Bearer +(\S*) *$/i.exec(authorization)?.[1];
    if (text === undefined) return undefined;
    const token = this.#access.tokens.find(text);
    if (!token) throw badToken({});
    // A command made it for itself: what counts is who ran that.
    const name = token.name.startsWith(commandTokens) ? token.creator : token.name;
    return { name, role: token.role, way: 'token' };
  }

  #bySession(request: Request): Identity | undefined {
    const secret = sessionSecret(request);
    const session = secret === undefined ? undefined : this.#access.sessions.find(secret);
    return session && { name: session.user, role: session.role, way: 'session' };
  }

  #byHost(request: Request): Identity | undefined {
    const isForwarded = forwarding.some((name) => request.headers[name] !== undefined);
    if (!this.#isLocal || isForwarded || !isForThisHost(request)) return undefined;
    const { local, unclaimed = 'admin', proxy } = this.#rules;
    const role = local ?? (proxy || this.#access.users.exist ? 'none' : unclaimed);
    return role === 'none' ? undefined : { name: 'localhost', role, way: 'host' };
  }
}

/** The greatest role that one of the groups has. */
function roleOf(proxy: TrustedProxy, name: string, groups: string | string[] | undefined): UserRole | undefined {
  const listed = String(groups ?? '').split(',');
  const has = new Set(['*', ...(proxy.groupsHeader === undefined ? [name] : listed.map((group) => group.trim()))]);
  return userRoles.findLast((role) => proxy.roles[role]?.some((each) => has.has(each)));
}

function setIdentity(response: Response, identity: Identity): void {
  response.locals['identity'] = identity;
}

/** Who asks, behind a route that `needs` a role. */
export function identityOf(response: Response): Identity {
  return response.locals['identity'] as Identity;
}
