import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { copyDatabase } from '../broker/backup.ts';
import { messageOf } from '../core/errors.ts';
import { backupFailed } from './errors.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { output } from './output.ts';

/** `baton backup TO`: a copy of the store, made while Baton works, to go on from. */
export function backupCommand(program: Command): void {
  withCommon(program.command('backup').argument('<to>', 'a folder that is not there yet'))
    .description(
      'copy the store to another folder, while Baton works; with --store naming the copy, Baton goes on from it',
    )
    .action(async (to: string, options: CommonOptions) => {
      const { store } = await configOf(options);
      const folder = resolve(to);
      const files = await backUp(store, folder);
      output(options.json === true).result({ store, folder, files }, () => [
        `${store} is copied to ${folder}: ${files.join(', ')}.`,
      ]);
    });
}

/** Folders of the store that hold nothing to go on from. */
const leftOut = ['logs', 'rehearsal'];

/**
 * Copies a store in the order in which messages go: first what waits to be announced, of back-fills too, then the broker,
 * then who receives from it. What is in two of the copies is known, when it comes again, by who has it already; what is in none would be
 * lost. Returns the databases, each as it stood at one moment. Rejects with `cli.backup-failed`.
 */
export async function backUp(store: string, to: string): Promise<readonly string[]> {
  const part = `${to}.part`;
  try {
    if (`${to}/`.startsWith(`${resolve(store)}/`)) throw new Error('it would be copied into itself');
    await rm(part, { recursive: true, force: true });
    await copyFiles(store, part, (file) => isIn('spool', file));
    const databases = (await filesIn(store)).filter((file) => file.endsWith('.sqlite'));
    if (databases.length === 0) throw new Error('there is no store');
    const rank = (file: string): number => (isIn('reprocess', file) ? 0 : isIn('broker', file) ? 1 : 2);
    const inOrder = databases.toSorted((a, b) => rank(a) - rank(b));
    if (inOrder.some((file) => isIn('access', file))) await ownFolder(join(part, 'access'));
    for (const file of inOrder) await copyDatabase(join(store, file), join(part, file));
    await copyFiles(store, part, (file) => !isIn('spool', file));
    await rename(part, to);
    return inOrder;
  } catch (cause) {
    await rm(part, { recursive: true, force: true });
    throw backupFailed({ store, to, reason: messageOf(cause) }, { cause });
  }
}

/** The copy of users and tokens is as closed to others as they are, from the start. */
async function ownFolder(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { mode: 0o700 });
}

/** All that are no databases, and still there. */
async function copyFiles(store: string, to: string, isWanted: (file: string) => boolean): Promise<void> {
  const files = (await filesIn(store)).filter((file) => isWanted(file) && !basename(file).includes('.sqlite'));
  for (const file of files) {
    await cp(join(store, file), join(to, file)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }
}

async function filesIn(store: string): Promise<readonly string[]> {
  const entries = await readdir(store, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(store.length + 1));
  return paths.filter((file) => !leftOut.some((folder) => isIn(folder, file)));
}

function isIn(folder: string, file: string): boolean {
  return file.startsWith(`${folder}/`);
}
