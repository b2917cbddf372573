import { brief } from '../recipes/problem.ts';
import type { Headers } from '../stomp/frame.ts';
import { badRequest } from './errors.ts';
import { isOwnQueue } from './own-queue.ts';

/** Where, under which id, and until when the announcer waits for an answer. */
export interface ReplyAddress {
  /** A destination as the announcer named it. */
  readonly to: string;
  readonly correlationId?: string;
  /** Milliseconds since 1970; a later answer is of no use any more. */
  readonly by?: number;
}

/**
 * Reads `reply-to`, `correlation-id` and `baton-reply-by`. Throws `dispatcher.bad-request` for an address that is none,
 * or that is Baton's own: an answer must not become an announcement or a record.
 */
export function readReplyAddress(headers: Headers, prefix: string): ReplyAddress | undefined {
  const { 'reply-to': to, 'correlation-id': correlationId, 'baton-reply-by': by } = headers;
  if (to === undefined || to === '') return undefined;
  return {
    to: destination(to, prefix),
    ...(correlationId === undefined ? {} : { correlationId: correlation(correlationId) }),
    ...(by === undefined ? {} : { by: deadline(by) }),
  };
}

function destination(to: string, prefix: string): string {
  const [, name] = /^\/(?:remote-)?(?:temp-)?(?:queue|topic)\/([^\s,>*?]{1,500})$/.exec(to) ?? [];
  const expected = 'a destination as /queue/NAME, /topic/NAME or /temp-queue/NAME';
  if (name === undefined) throw badRequest({ where: 'The header "reply-to"', expected, found: brief(to) });
  const own = prefix !== '' && name.startsWith(`${prefix}.`) ? name.slice(prefix.length + 1) : name;
  if (!isOwnQueue(own)) return to;
  throw badRequest({ where: 'The header "reply-to"', expected: "a queue that is not Baton's own", found: brief(to) });
}

/** It comes back in a header of each answer, of which brokers bound the length. */
function correlation(id: string): string {
  if (id.length <= 1000) return id;
  const expected = 'at most 1000 characters';
  throw badRequest({ where: 'The header "correlation-id"', expected, found: brief(id) });
}

function deadline(by: string): number {
  if (/^\d{1,15}$/.test(by)) return Number(by);
  const expected = 'milliseconds since 1970';
  throw badRequest({ where: 'The header "baton-reply-by"', expected, found: brief(by) });
}
