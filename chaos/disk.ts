import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Set in a process whose mounts are its own, and end with it. */
const ownMounts = 'BATON_CHAOS_OWN_MOUNTS';

/** How a process gets mounts of its own: as root, or as root of a user namespace of its own. */
const ways = [['--mount'], ['--user', '--map-root-user', '--mount']] as const;

/**
 * A program, with arguments, that runs another one where it can mount a small disk; undefined where the system permits
 * nobody to. In a process that was started so it is undefined, too.
 */
export function withOwnMounts(): readonly string[] | undefined {
  if (hasOwnMounts()) return undefined;
  const way = ways.find(
    (flags) => spawnSync('unshare', [...flags, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0,
  );
  return way && ['unshare', ...way, 'env', `${ownMounts}=1`];
}

/** True where a small disk can be mounted. */
export function hasOwnMounts(): boolean {
  return process.env[ownMounts] === '1';
}

/** A disk of its own, so small that it can be filled. It ends with the last process that has its mounts. */
export class Disk implements Disposable {
  readonly #folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#ballast = join(folder, 'ballast');
  }

  /** Mounts it at the folder. */
  static async mount(folder: string, megabytes: number): Promise<Disk> {
    await mkdir(folder, { recursive: true });
    const { status, stderr } = spawnSync('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${String(megabytes)}m`,
      'baton-chaos',
      folder,
    ]);
    if (status !== 0) throw new Error(`No disk could be mounted at ${folder}: ${stderr.toString('utf8').trim()}`);
    return new Disk(folder);
  }

  /** Leaves room for nothing: what others free meanwhile they may use. */
  fill(): void {
    const file = openSync(this.#ballast, 'a');
    try {
      for (const bytes of [1 << 20, 1 << 12]) fillWith(file, Buffer.alloc(bytes));
    } finally {
      closeSync(file);
    }
  }

  clear(): void {
    rmSync(this.#ballast, { force: true });
  }

  /** Copies all that is on it to a folder that outlives it. */
  copyTo(folder: string): void {
    this.clear();
    cpSync(this.#folder, folder, { recursive: true });
  }

  [Symbol.dispose](): void {
    spawnSync('umount', ['--lazy', this.#folder]);
  }
}

function fillWith(file: number, block: Buffer): void {
  try {
    while (writeSync(file, block) === block.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
