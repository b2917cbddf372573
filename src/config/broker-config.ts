import { resolve } from 'node:path';
import { didYouMean } from '../core/nearest.ts';
import { parseBrokerAddress } from '../stomp/address.ts';
import type { BrokerTls, BrokerUser, Config, ConfiguredLimits } from './config.ts';
import { readPasscode } from './secret.ts';

/** `broker` of the configuration file as written: everything may be absent. */
export interface BrokerFile {
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly login?: string;
  readonly passcodeFile?: string;
  readonly users?: Readonly<Record<string, BrokerUser>>;
  readonly tls?: BrokerTls;
  readonly limits?: ConfiguredLimits;
}

/** What the command line says in place of the file. */
export interface BrokerOverrides {
  readonly broker?: string | undefined;
  readonly stompPort?: number | undefined;
}

/** The broker of a site. Paths are of the folder. Throws `stomp.address` and `config.secret-unusable`. */
export async function brokerConfig(
  read: BrokerFile,
  overrides: BrokerOverrides,
  folder: string,
): Promise<Config['broker']> {
  const url = overrides.broker ?? read.url;
  if (url !== undefined) parseBrokerAddress(url);
  const { login, users, tls, limits = {} } = read;
  const passcodeFile = read.passcodeFile ?? users?.[login ?? '']?.passcodeFile;
  const passcode =
    passcodeFile === undefined ? '' : await readPasscode('broker.passcodeFile', resolve(folder, passcodeFile));
  return {
    ...(url === undefined ? {} : { url }),
    host: read.host ?? '127.0.0.1',
    port: overrides.stompPort ?? read.port ?? 61613,
    ...(login === undefined ? {} : { user: { login, passcode } }),
    ...(users && { users: Object.fromEntries(Object.entries(users).map((entry) => located(entry, folder))) }),
    ...(tls && { tls: absolute(tls, folder) }),
    limits,
  };
}

/** What is wrong with it that its schema does not say. */
export function brokerProblems({ url, login, passcodeFile, users, tls, limits }: BrokerFile): readonly string[] {
  const problems: string[] = [];
  for (const [key, value] of Object.entries({ users, tls, limits })) {
    if (url !== undefined && value)
      problems.push(`broker.${key} is for the embedded broker, and broker.url names another`);
  }
  if (users && login === undefined)
    problems.push('broker.users needs broker.login: as which of them Baton itself connects');
  if (passcodeFile !== undefined && login === undefined) problems.push('broker.passcodeFile needs broker.login');
  if (login === undefined) return problems;
  const known = Object.keys(users ?? {});
  if (users && !known.includes(login))
    problems.push(`broker.login is ${JSON.stringify(login)}, which is none of broker.users${didYouMean(login, known)}`);
  if (!users && passcodeFile === undefined) problems.push('broker.login needs broker.passcodeFile');
  return problems;
}

function located([login, { passcodeFile, ...user }]: [string, BrokerUser], folder: string): [string, BrokerUser] {
  return [login, { ...user, passcodeFile: resolve(folder, passcodeFile) }];
}

function absolute({ key, cert, ca, name }: BrokerTls, folder: string): BrokerTls {
  return {
    key: resolve(folder, key),
    cert: resolve(folder, cert),
    ...(ca === undefined ? {} : { ca: resolve(folder, ca) }),
    ...(name === undefined ? {} : { name }),
  };
}
