import { defineError } from '../core/errors.ts';

/** The file holds no dead letter. */
export const badFile = defineError(
  'dead-letters.bad-file',
  ({ file, expected }: { readonly file: string; readonly expected: string }) =>
    `${file} holds no dead letter that can be sent again: expected ${expected}.`,
  'Name files that `baton dlq export`, `baton dlq purge` or zocalo.dlq_purge (with ActiveMQ) wrote.',
);

/** The broker does not say how much is in the queue, so that nothing tells when what was there has been taken. */
export const uncounted = defineError(
  'dead-letters.uncounted',
  ({ queue }: { readonly queue: string }) => `The broker does not tell how many messages ${queue} holds.`,
  "Say how many with --limit, or load ActiveMQ's statisticsBrokerPlugin.",
);

/** The broker stayed away in the middle of the work. */
export const away = defineError(
  'dead-letters.away',
  ({ queue, seconds }: { readonly queue: string; readonly seconds: number }) =>
    `The broker has been away for ${String(seconds)} s; what had not left ${queue} is there still.`,
  'Do the same again when the broker is back: it goes on where it was.',
);
