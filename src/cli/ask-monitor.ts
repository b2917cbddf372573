import { randomBytes } from 'node:crypto';
import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { hasAccess, openAccess } from '../access/access.ts';
import type { UserRole } from '../access/roles.ts';
import { commandTokens } from '../access/tokens.ts';
import type { Config } from '../config/config.ts';
import { readPasscode, readSecret } from '../config/secret.ts';
import { messageOf } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import type { Page } from '../monitor/api.ts';
import { loginNeeded } from '../monitor/errors.ts';
import { monitorRefused, noMonitor } from './errors.ts';
import { configOf, type CommonOptions } from './options.ts';
import { userName } from './user.ts';

/** A monitor, and what a command shows it. */
export interface MonitorPlace {
  /** Without a slash at its end. */
  readonly address: string;
  readonly token?: string;
  /** File of who signed its certificate, where the system does not know. */
  readonly ca?: string;
  /** The name in its certificate, where that is not in the address. */
  readonly name?: string;
  /** The folder of its store of users and tokens, where this command may read it. */
  readonly access?: string;
}

/** The options of commands that ask the monitor. */
export interface MonitorOptions extends CommonOptions {
  readonly monitor?: string;
  readonly tokenFile?: string;
}

/** Adds the options that name the monitor. */
export function withMonitor(command: Command, why = ''): Command {
  return command
    .option('--monitor <url>', `address of the status page${why}`)
    .addOption(
      new Option(
        '--token-file <file>',
        'file with the token that the status page asks for, in its first line; in its place BATON_TOKEN may hold the token',
      ).env('BATON_TOKEN_FILE'),
    );
}

/** The monitor that the options name, or that of the configuration. */
export async function monitorOf(options: MonitorOptions): Promise<MonitorPlace> {
  const token = await tokenOf(options);
  const shown = token === undefined ? {} : { token };
  if (options.monitor !== undefined) return { address: options.monitor.replace(/\/$/, ''), ...shown };
  return { ...monitorAt(await configOf(options)), ...shown };
}

/** The monitor of the configuration. */
export function monitorAt(config: Config): MonitorPlace {
  const { ca, name } = config.page.tls ?? {};
  const tls = { ...(ca === undefined ? {} : { ca }), ...(name === undefined ? {} : { name }) };
  return { address: monitorAddress(config), access: join(config.store, 'access'), ...tls };
}

/** Where this configuration's status page is. */
export function monitorAddress({ page: { host, port, tls } }: Config): string {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `${tls ? 'https' : 'http'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

async function tokenOf({ tokenFile }: MonitorOptions): Promise<string | undefined> {
  if (tokenFile !== undefined) return await readPasscode('--token-file', tokenFile);
  return process.env['BATON_TOKEN'] || undefined;
}

/** Asks the monitor; `path` begins with `/api/`. What needs more words has a body; what does something, a greater role than to look. Throws `cli.no-monitor` and `cli.monitor-refused`. */
export async function askMonitor<Answer>(
  place: MonitorPlace,
  path: string,
  body?: object,
  role: UserRole = 'viewer',
): Promise<Answer> {
  const answer = await ask(place, path, body);
  if (answer.status !== 401 || place.token !== undefined) return read<Answer>(place, answer);
  return await withOwnToken(place, role, async (token) =>
    read<Answer>(place, token ? await ask({ ...place, token }, path, body) : answer),
  );
}

/** Asks for a whole list, page by page; throws as `askMonitor` does. */
export async function askForAll<Item>(place: MonitorPlace, path: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: Page<Item> = await askMonitor(place, `${path}?limit=500${from}`);
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

interface Answered {
  readonly status: number;
  readonly words: string;
  readonly body: unknown;
}

/**
 * Whoever may write the store of users and tokens needs no login: a token is made that is good for a minute, and revoked
 * after the question.
 */
async function withOwnToken<Result>(
  { access: folder }: MonitorPlace,
  role: UserRole,
  work: (token: string | undefined) => Promise<Result>,
): Promise<Result> {
  if (folder === undefined || !hasAccess(folder)) return await work(undefined);
  using access = ownAccess(folder);
  if (!access) return await work(undefined);
  access.tokens.forgetExpired(commandTokens);
  const name = commandTokens + randomBytes(8).toString('hex');
  const expires = Date.now() + 60_000;
  const token = access.tokens.create({ name, role, creator: userName(), expires });
  try {
    return await work(token);
  } finally {
    access.tokens.revoke(name);
  }
}

/** The store, unless it belongs to another account: then a token has to be given. */
function ownAccess(folder: string): ReturnType<typeof openAccess> | undefined {
  try {
    return openAccess(folder);
  } catch {
    return undefined;
  }
}

async function ask({ address, token, ca, name }: MonitorPlace, path: string, body?: object): Promise<Answered> {
  const sent = body && JSON.stringify(body);
  const options = {
    method: sent === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(sent === undefined ? {} : bodyHeaders(sent)),
    },
    signal: AbortSignal.timeout(10_000),
    agent: false,
    ...(ca === undefined ? {} : { ca: await readSecret('page.tls.ca', ca) }),
    ...(name === undefined ? {} : { servername: name }),
  };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const url = new URL(address + path);
      const request = url.protocol === 'https:' ? requestSecurely : requestPlain;
      request(url, options, resolve).on('error', reject).end(sent);
    });
    const text = (await response.setEncoding('utf8').toArray()).join('');
    return { status: response.statusCode ?? 0, words: response.statusMessage ?? '', body: parsed(text) };
  } catch (error) {
    throw noMonitor({ address, reason: messageOf(error) }, { cause: error });
  }
}

/** The last says that no page of another site is behind it. */
function bodyHeaders(text: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    'baton-request': 'command line',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read<Answer>({ address }: MonitorPlace, { status, words, body }: Answered): Answer {
  if (status >= 200 && status < 300 && body !== undefined) return body as Answer;
  const told = isObject(body) && isObject(body['error']) ? body['error'] : {};
  throw monitorRefused({
    message:
      typeof told['message'] === 'string'
        ? told['message']
        : `${address} does not answer as a monitor: ${status} ${words}.`,
    needsToken: told['code'] === loginNeeded.code,
  });
}
