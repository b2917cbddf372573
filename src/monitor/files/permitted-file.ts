import { constants } from 'node:fs';
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { isBelow } from '../../core/below.ts';

/** Whether the path lies below one of the folders, as it is written: no disk is asked. */
export function isPermitted(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path !== root && isBelow(path, root));
}

/**
 * Opens a file that lies below one of the folders, wherever links lead; undefined when there is none, which may have any
 * reason. What was opened is looked at once more: a link may have been changed in between.
 */
export async function openPermitted(path: string, roots: readonly string[]): Promise<FileHandle | undefined> {
  const realRoots = (await Promise.all(roots.map(realOf))).filter((root) => root !== undefined);
  const real = await realOf(path);
  if (real === undefined || !isPermitted(real, realRoots)) return undefined;
  await using opening = new AsyncDisposableStack();
  try {
    // A pipe of that name is not waited for.
    const handle = opening.use(await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
    const opened = await readlink(`/proc/self/fd/${String(handle.fd)}`);
    if (!isPermitted(opened, realRoots) || !(await handle.stat()).isFile()) return undefined;
    opening.move();
    return handle;
  } catch {
    return undefined;
  }
}

async function realOf(path: string): Promise<string | undefined> {
  return await realpath(path).catch(() => undefined);
}
