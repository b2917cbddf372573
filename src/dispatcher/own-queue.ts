import { isReserved } from '../recipes/destination.ts';
import { names } from '../services/names.ts';

/** True for a name, without prefix, that announcers may not have answers or refused announcements sent to: those would be read as something else. */
export function isOwnQueue(name: string): boolean {
  const announcements: readonly string[] = names.announcements;
  return isReserved(name) || announcements.includes(name);
}
