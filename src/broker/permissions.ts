import { matches, type Destination } from './destination.ts';

/** Somebody who may connect. */
export interface User {
  readonly login: string;
  readonly passcode: string;
  /** What is permitted, each adding to the others; everything when absent. */
  readonly may?: readonly Permission[];
}

/** What a user may do with the destinations of a pattern. */
export interface Permission {
  /** As clients write it: `/queue/NAME` or `/topic/NAME`, where `*` is one part between dots and `>` all that follow. */
  readonly destination: string;
  /** SUBSCRIBE. */
  readonly read?: boolean;
  /** SEND. */
  readonly write?: boolean;
}

export type Access = 'read' | 'write';

/**
 * Whether a user may subscribe or send to a destination. A pattern has to be permitted as a whole. Temporary queues are
 * free: each belongs to one connection, and others know of it only what its owner told them.
 */
export function isPermitted({ may }: User, access: Access, { kind, name }: Destination): boolean {
  if (may === undefined || kind === 'temporary' || kind === 'remote') return true;
  const start = `/${kind}/`;
  const patterns = may.filter((permission) => permission[access] === true && permission.destination.startsWith(start));
  return patterns.some(({ destination }) => covers(destination.slice(start.length), name));
}

/** True when all that the name stands for, which may be a pattern too, is in the pattern. */
function covers(pattern: string, name: string): boolean {
  return matches(pattern, name) && (openEndOf(name) === Infinity || openEndOf(pattern) <= openEndOf(name));
}

/** Where a pattern begins to stand for all that follows. */
function openEndOf(pattern: string): number {
  const end = pattern.split('.').indexOf('>');
  return end < 0 ? Infinity : end;
}
