import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../core/errors.ts';
import { noAccount } from './errors.ts';

/** An account of the system. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The account of that name, from wherever the system has it (files, LDAP, SSSD). Throws `compute.no-account`. */
export async function accountOf(user: string): Promise<Account> {
  if (process.getuid?.() !== 0) throw noAccount({ user, reason: 'Baton itself does not run as root' });
  // passwd(5): name:password:uid:gid:…
  const entry = await promisify(execFile)('getent', ['passwd', '--', user]).catch((cause: unknown) => {
    throw noAccount({ user, reason: `getent does not know it (${messageOf(cause).trim()})` }, { cause });
  });
  const [, , uid, gid] = entry.stdout.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}
