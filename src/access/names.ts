import { badName } from './errors.ts';

/** Throws `access.bad-name` for what would be misread in a list, a header or a command line. */
export function checkName(name: string): void {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u.test(name)) throw badName({ name });
}
