import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { messageOf } from '../core/errors.ts';
import type { Account } from './account.ts';
import type { Job } from './backend.ts';
import { limitFor, type Brand } from './brand.ts';
import { enter } from './container.ts';
import { notStarted, unsupported } from './errors.ts';
import type { JobFolder } from './job-folder.ts';

/** What starts a job: limits, then the account, then the program itself; each becomes the next, so that there is one process. */
export async function launchOf(
  job: Job,
  directory: string,
  folder: JobFolder,
  brand: Brand,
  account?: Account,
): Promise<readonly [string, ...string[]]> {
  const [prlimit] = await Promise.all([tool('prlimit'), check(job, directory)]);
  return [
    prlimit,
    ...limitsOf(job, brand, account),
    '--',
    // Branded now. Had Baton died before, its reaper would not have known of this one: so nobody goes on without Baton.
    '/bin/sh',
    '-c',
    '[ "$PPID" = "$0" ] && exec "$@"',
    String(process.pid),
    ...(account ? await become(account) : []),
    ...(job.container
      ? enter(job.container, { folder: folder.path, directory, home: folder.environmentOf(job).HOME })
      : []),
    ...job.command,
  ];
}

/** Throws `compute.unsupported` where programs cannot be limited. */
export async function checkSupport(): Promise<void> {
  await tool('prlimit');
}

function limitsOf({ limits }: Job, brand: Brand, account: Account | undefined): string[] {
  const { files, fileBytes, processes } = limits;
  return [
    `--rttime=${limitFor(brand)}`,
    '--core=0:0',
    ...(files === undefined ? [] : [`--nofile=${files}:${files}`]),
    ...(fileBytes === undefined ? [] : [`--fsize=${fileBytes}:${fileBytes}`]),
    // The kernel counts all that runs as one account: where that is Baton's own, it would count Baton.
    ...(processes === undefined || !account ? [] : [`--nproc=${processes}:${processes}`]),
  ];
}

/** setpriv(1) finds the groups of the account that it becomes; nothing leads back. */
async function become({ uid, gid }: Account): Promise<string[]> {
  const groups = ['--reuid', String(uid), '--regid', String(gid), '--init-groups'];
  return [await tool('setpriv'), ...groups, '--inh-caps=-all', '--no-new-privs', '--'];
}

async function check({ command: [inside], container }: Job, directory: string): Promise<void> {
  // What is in the image is found by its engine.
  const program = container?.engine ?? inside;
  const executable = access(program, constants.X_OK);
  executable.catch(() => undefined);
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() !== true)
    throw notStarted({ program, reason: `the folder ${directory}, in which it is to work, is not there` });
  try {
    await executable;
  } catch (cause) {
    throw notStarted({ program, reason: messageOf(cause) }, { cause });
  }
}

/** Where a program of util-linux is. Throws `compute.unsupported`. */
async function tool(name: string): Promise<string> {
  for (const path of [`/usr/bin/${name}`, `/bin/${name}`]) {
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw unsupported({ missing: `${name} (of util-linux)` });
}
