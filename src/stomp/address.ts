import { badAddress } from './errors.ts';

/** Where a broker listens, and as whom to log in there. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly login?: string;
  readonly passcode?: string;
  /** The namespace: `''`, or what stands before every queue and topic name (`zocalo` makes `/queue/zocalo.NAME`). */
  readonly prefix: string;
}

/** Reads `stomp://login:passcode@host:port/prefix`, where all but the host may be absent. Throws `stomp.address`. */
export function parseBrokerAddress(text: string): BrokerAddress {
  const url = URL.parse(text);
  const refuse = (expected: string): Error => badAddress({ address: withoutPasscode(text), expected });
  if (!url) throw refuse('stomp://login:passcode@host:port/prefix');
  if (url.protocol !== 'stomp:') throw refuse('the scheme stomp://');
  if (url.hostname === '') throw refuse('a host');
  if (url.search !== '' || url.hash !== '') throw refuse('nothing after the prefix');
  const prefix = url.pathname.replace(/^\/|\/$/g, '');
  if (!/^[\w.-]*$/.test(prefix)) throw refuse('a prefix of letters, digits, dots, dashes and underscores');
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch (cause) {
      throw badAddress({ address: withoutPasscode(text), expected: 'login and passcode percent-encoded' }, { cause });
    }
  };
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 61613 : Number(url.port),
    ...(url.username !== '' && { login: decode(url.username) }),
    ...(url.password !== '' && { passcode: decode(url.password) }),
    prefix: prefix.replace(/\.$/, ''),
  };
}

/** The address as text for people, without the passcode. */
export function addressText({ host, port, login, prefix }: BrokerAddress): string {
  const user = login === undefined ? '' : `${encodeURIComponent(login)}@`;
  const path = prefix === '' ? '' : `/${prefix}`;
  return `stomp://${user}${host.includes(':') ? `[${host}]` : host}:${String(port)}${path}`;
}

function withoutPasscode(text: string): string {
  return text.replace(/:[^:@/]*@/, ':…@');
}
