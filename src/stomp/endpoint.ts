import { type TlsFiles, tlsFilesOf } from './tls-files.ts';

/** Where one broker listens, and as whom to log in there. */
export interface BrokerEndpoint {
  readonly host: string;
  readonly port: number;
  readonly login?: string;
  readonly passcode?: string;
  /** Given, even empty: TLS is spoken, with these files. */
  readonly tls?: TlsFiles;
}

/** ActiveMQ's names of the transports that speak STOMP, and what others call them. */
const PLAIN = /^stomp(?:\+nio)?:$/;
const SECURE = /^(?:stomp(?:\+nio)?\+(?:ssl|tls)|stomps):$/;

/** The ports by custom: those of ActiveMQ's own documents. */
const PORT = { plain: 61613, secure: 61612 };

/** Reads `stomp://login:passcode@host:port/prefix`. Throws what `refuse` makes of what was expected instead. */
export function readEndpoint(
  text: string,
  refuse: (expected: string) => Error,
): BrokerEndpoint & { readonly prefix: string } {
  const url = URL.parse(text);
  if (!url) throw refuse('stomp://login:passcode@host:port/prefix');
  const isSecure = SECURE.test(url.protocol);
  if (!isSecure && !PLAIN.test(url.protocol)) throw refuse('the scheme stomp://, or stomp+ssl:// for TLS');
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(url.hostname)) throw refuse('a host, and a scheme before each of several');
  if (url.hash !== '' || (!isSecure && url.search !== '')) throw refuse('nothing after the prefix');
  const prefix = url.pathname.replace(/^\/|\/$/g, '');
  if (!/^[\w.-]*$/.test(prefix)) throw refuse('a prefix of letters, digits, dots, dashes and underscores');
  const tls = tlsFilesOf(url.searchParams);
  if (typeof tls === 'string') throw refuse(tls);
  const port = isSecure ? PORT.secure : PORT.plain;
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw refuse('login and passcode percent-encoded');
    }
  };
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? port : Number(url.port),
    ...(url.username !== '' && { login: decode(url.username) }),
    ...(url.password !== '' && { passcode: decode(url.password) }),
    ...(isSecure && { tls }),
    prefix: prefix.replace(/\.$/, ''),
  };
}

/** The endpoint as text for people: without passcode and files. */
export function endpointText({ host, port, login, tls }: BrokerEndpoint, prefix: string): string {
  const scheme = tls ? 'stomp+ssl' : 'stomp';
  const user = login === undefined ? '' : `${encodeURIComponent(login)}@`;
  const path = prefix === '' ? '' : `/${prefix}`;
  return `${scheme}://${user}${host.includes(':') ? `[${host}]` : host}:${String(port)}${path}`;
}
