import { sep } from 'node:path';

/** True for the folder itself, and all in it; both as they are written. */
export function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}
