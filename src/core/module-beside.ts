import { extname } from 'node:path';

/**
 * The module of that name beside this one (`import.meta.url`), for what starts modules by their address: processes and
 * threads. In the checkout it is TypeScript, in the package what was compiled of it.
 */
export function moduleBeside(self: string, name: string): URL {
  return new URL(`./${name}${extname(self)}`, self);
}
