import { noAnnouncing } from '../announcing/errors.ts';
import type { BulkItem, BulkPreview, BulkResult } from '../bulk/views.ts';
import { bodies } from './bodies.ts';
import type { Operations } from './operation.ts';
import { count, flag, listOf, object, refTo, text, told, type Schema } from './schema.ts';

/** Several runs at once. */
export const bulkOperations: Operations = {
  'POST /api/bulk/preview': {
    summary: 'What would be done with several runs, one by one; nothing is',
    needs: 'operator',
    body: bodies.bulkPreview,
    answer: refTo('BulkPreview'),
    errors: [noAnnouncing],
  },
  'POST /api/bulk': {
    summary: 'Does what the preview has shown; each line of the answer is a BulkResult, as soon as it is known',
    needs: 'operator',
    body: bodies.bulk,
    answer: text,
    type: 'application/x-ndjson',
  },
};

/** Several runs at once, by the names of their types. */
export const bulkSchemas: Readonly<Record<string, Schema>> = {
  BulkPreview: object<BulkPreview>({
    required: {
      items: listOf(refTo('BulkItem')),
      possible: count,
      isCut: told(flag, 'there are more runs: the newest are listed'),
      most: count,
    },
    optional: {},
  }),
  BulkItem: object<BulkItem>({
    required: {
      run: text,
      possible: flag,
      words: told(text, 'what it would mean, or why it cannot be done'),
      plan: told(text, 'names exactly that: what is done is this, or nothing'),
    },
    optional: { summary: refTo('RunSummary') },
  }),
  BulkResult: object<BulkResult>({
    required: { run: text, isDone: flag, words: text },
    optional: { started: told(text, 'the run that was started') },
  }),
};
