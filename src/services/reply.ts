import type { Outgoing } from '../stomp/client.ts';
import { names } from './names.ts';

/** An answer on its way to an announcer. */
export interface Reply {
  readonly run: string;
  readonly status: 'accepted' | 'refused' | 'duplicate' | 'result' | 'finished' | 'failed';
  /** Identifies the answer: sent once. */
  readonly key: string;
  readonly to: string;
  readonly correlationId?: string | undefined;
  /** Milliseconds since 1970, after which the announcer no longer wants it. */
  readonly replyBy?: number | undefined;
  readonly body: object;
}

/** The message to the replier. Nothing foreign is addressed inside a step's transaction: a reply queue that vanished would roll it back. */
export function replyMessage(reply: Reply, queue: (name: string) => string): Outgoing {
  return {
    destination: queue(names.replies),
    headers: {
      'baton-key': reply.key,
      'baton-run': reply.run,
      'baton-status': reply.status,
      'baton-reply-to': reply.to,
      ...(reply.correlationId === undefined ? {} : { 'baton-correlation-id': reply.correlationId }),
      ...(reply.replyBy === undefined ? {} : { 'baton-reply-by': String(reply.replyBy) }),
    },
    body: JSON.stringify({ status: reply.status, run: reply.run, ...reply.body }),
  };
}
