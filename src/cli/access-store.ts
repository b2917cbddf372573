import { join } from 'node:path';
import { openAccess, type Access } from '../access/access.ts';
import type { Deed } from '../access/audit.ts';
import { configOf, type CommonOptions } from './options.ts';
import { storeFolder } from './store-folder.ts';
import { userName } from './user.ts';

/** The store of users and tokens that the options select. Throws `access.unusable`. */
export async function accessOf(options: CommonOptions): Promise<Access> {
  return openAccess(join(await storeFolder(await configOf(options)), 'access'));
}

/** Does it, with an entry in the audit. */
export async function audited<Result>(
  { audit }: Access,
  what: Pick<Deed, 'action' | 'subject'>,
  outcome: string,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  return await audit.of(
    { who: userName(), way: 'command line', ...what },
    async () => await work(),
    () => outcome,
  );
}
