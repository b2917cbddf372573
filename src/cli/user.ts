import { userInfo } from 'node:os';

/** Who runs this: the name of the account, or its number where it has none, as in many containers. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
