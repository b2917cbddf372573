import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { standardSessions } from '../access/access.ts';
import type { UserRole } from '../access/roles.ts';
import type { SessionLimits } from '../access/sessions.ts';
import { isLoopback } from '../core/loopback.ts';
import { parseBrokerAddress } from '../stomp/address.ts';

/** Where the status page listens, and who may see it. Paths are absolute. */
export interface PageConfig {
  readonly host: string;
  readonly port: number;
  /** Given: HTTPS, and nothing else. */
  readonly tls?: PageTls;
  /** What who is on the host may do without a login; see `unclaimed` where absent. */
  readonly local?: UserRole | 'none';
  /** The same while there are no users and no proxy. */
  readonly unclaimed: UserRole;
  readonly proxy?: ProxyConfig;
  readonly sessions: SessionLimits;
  /** Whether administrators may save recipes on the page. */
  readonly editRecipes: boolean;
  /** Folders below which files that results name are given out. */
  readonly files: readonly string[];
}

/** PEM files of the page. */
export interface PageTls {
  readonly key: string;
  readonly cert: string;
  /** Who signed the certificate, where the system does not know. */
  readonly ca?: string;
  /** The name in the certificate, where that is not the host. */
  readonly name?: string;
}

/** A proxy that tells who asks. */
export interface ProxyConfig {
  /** Addresses, and networks as `10.0.0.0/24`. */
  readonly addresses: readonly string[];
  readonly userHeader: string;
  readonly groupsHeader?: string;
  readonly roles: Readonly<Partial<Record<UserRole, readonly string[]>>>;
}

/** `page` of the configuration file as written: everything may be absent. */
export interface PageFile extends Partial<Omit<PageConfig, 'sessions' | 'unclaimed'>> {
  readonly clearText?: boolean;
  readonly sessions?: Partial<SessionLimits>;
}

/** The page of a site. Paths are of the folder. */
export function pageConfig(read: PageFile, httpPort: number | undefined, broker: Login, folder: string): PageConfig {
  const { host = '127.0.0.1', port = 8080, tls, local, proxy } = read;
  return {
    host,
    port: httpPort ?? port,
    ...(tls && { tls: absolute(tls, folder) }),
    ...(local === undefined ? {} : { local }),
    // Who may write to the broker may do everything: a lesser role on the page would protect nothing.
    unclaimed: asksForLogin(broker) ? 'viewer' : 'admin',
    ...(proxy && { proxy }),
    sessions: { ...standardSessions, ...read.sessions },
    editRecipes: read.editRecipes ?? false,
    files: (read.files ?? []).map((root) => resolve(folder, root)),
  };
}

/** What is wrong with it that its schema does not say. */
export function pageProblems({
  host = '127.0.0.1',
  tls,
  clearText = false,
  local,
  proxy,
}: PageFile): readonly string[] {
  const problems: string[] = [];
  if (!isLoopback(host) && !tls && !clearText)
    problems.push(
      `page.host is ${JSON.stringify(host)}, and passwords would go there in clear: give page.tls its key and cert, or say page.clearText: true where nobody can listen in on the way`,
    );
  if (!isLoopback(host) && local !== undefined && local !== 'none')
    problems.push(`page.local is for a page on loopback, and page.host is ${JSON.stringify(host)}`);
  for (const address of proxy?.addresses ?? [])
    if (!isNetwork(address)) problems.push(`page.proxy.addresses has ${JSON.stringify(address)}, which is no address`);
  return problems;
}

/** What tells whether the broker asks for a login. */
interface Login {
  readonly url?: string;
  readonly user?: object;
  readonly users?: object;
}

function asksForLogin({ url, user, users }: Login): boolean {
  return (
    (url !== undefined && parseBrokerAddress(url).login !== undefined) || user !== undefined || users !== undefined
  );
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function absolute({ key, cert, ca, ...rest }: PageTls, folder: string): PageTls {
  const located = { key: resolve(folder, key), cert: resolve(folder, cert) };
  return { ...rest, ...located, ...(ca === undefined ? {} : { ca: resolve(folder, ca) }) };
}
