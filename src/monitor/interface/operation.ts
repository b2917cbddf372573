import type { Role } from '../../access/roles.ts';
import type { ErrorDefinition } from '../../core/errors.ts';
import type { Schema } from './schema.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Names and schemas of parameters, or of a body's keys. */
export type Parameters = Readonly<Record<string, Schema>>;

/** What can be asked for or done at a path. */
export interface Operation {
  readonly summary: string;
  /** The least role that may; absent: anybody. */
  readonly needs?: Role;
  /** What may stand behind the question mark; nothing else may. */
  readonly query?: Parameters;
  /** The keys of the body, all of which have to be there. */
  readonly body?: Parameters;
  /** Absent: there is nothing to answer (204). */
  readonly answer?: Schema;
  /** The media type of the answer; JSON where absent. */
  readonly type?: string;
  /** What it refuses beside what every route does. */
  readonly errors?: readonly ErrorDefinition<never>[];
}

/** Operations by method and path; `{name}` is one segment of it. */
export type Operations = Readonly<Record<`${Method} /${string}`, Operation>>;

/** An operation, and where it is. */
export interface Placed {
  readonly method: Method;
  readonly path: string;
  readonly operation: Operation;
}

export function placed(operations: Operations): readonly Placed[] {
  return Object.entries(operations).map(([name, operation]) => {
    const [method = '', path = ''] = name.split(' ');
    return { method: method as Method, path, operation };
  });
}
