import { isAbsolute } from 'node:path';

/** What TLS with a broker needs beyond the certificates that the system trusts; files are absolute paths, in PEM. */
export interface TlsFiles {
  /** Who signed the broker's certificate; where absent, whoever the system trusts. */
  readonly ca?: string;
  /** The certificate of this side, for a broker that asks for one, and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the broker's certificate has to have, where that is not the host of the address. */
  readonly name?: string;
}

const KEYS: readonly string[] = ['ca', 'cert', 'key', 'name'] satisfies readonly (keyof TlsFiles)[];

/** What stands behind the question mark of an address; where that is wrong, what was expected there. */
export function tlsFilesOf(search: URLSearchParams): TlsFiles | string {
  const files: Record<string, string> = {};
  for (const [key, value] of search) {
    if (!KEYS.includes(key) || value === '') return 'ca=, cert=, key= or name= after the question mark';
    if (key !== 'name' && !isAbsolute(value)) return `an absolute path for ${key}`;
    if (key in files) return `${key} once`;
    files[key] = value;
  }
  if ('cert' in files !== 'key' in files) return 'cert and key together';
  return files;
}
