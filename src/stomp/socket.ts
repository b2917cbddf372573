import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions, getCACertificates } from 'node:tls';
import { messageOf } from '../core/errors.ts';
import { addressText, type BrokerAddress } from './address.ts';
import { untrusted } from './errors.ts';
import type { TlsFiles } from './tls-files.ts';

/** What TLS needs, read from its files; undefined for plain TCP. */
export type Credentials = Pick<ConnectionOptions, 'ca' | 'cert' | 'key'> | undefined;

/**
 * Reads what TLS with a broker needs, anew for each connection: a certificate that was renewed needs no restart. Throws
 * `stomp.untrusted` when a file cannot be read.
 */
export async function readCredentials(address: BrokerAddress): Promise<Credentials> {
  const { tls } = address;
  if (!tls) return undefined;
  const read = async (key: keyof TlsFiles): Promise<string | undefined> => {
    const file = tls[key];
    if (file === undefined) return undefined;
    return await readFile(file, 'utf8').catch((cause: unknown) => {
      const reason = `the file that ${key}= names cannot be read: ${messageOf(cause)}`;
      throw untrusted({ broker: addressText(address), reason }, { cause });
    });
  };
  const [ca = trusted(), cert, key] = await Promise.all([read('ca'), read('cert'), read('key')]);
  return { ca, ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

/**
 * Begins to connect. `onOpen` is called once bytes can be written: with TLS, to a broker that has shown who it is. Throws
 * `stomp.untrusted` for credentials that are none.
 */
export function openSocket(address: BrokerAddress, credentials: Credentials, onOpen: () => void): Socket {
  const { host, port, tls } = address;
  if (!credentials) return connect({ host, port, noDelay: true }, onOpen);
  try {
    const name = tls?.name === undefined ? {} : { servername: tls.name };
    return connectSecurely({ host, port, ...name, ...credentials }, onOpen).setNoDelay(true);
  } catch (cause) {
    const reason = `the files named hold no certificates and key in PEM that fit together: ${messageOf(cause)}`;
    throw untrusted({ broker: addressText(address), reason }, { cause });
  }
}

/** Whom the system trusts, and Node. */
function trusted(): string[] {
  return [...getCACertificates('default'), ...getCACertificates('system')];
}
