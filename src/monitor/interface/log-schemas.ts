import { logLevels } from '../../services/log-line.ts';
import type { LogLineView, LogPage } from '../api.ts';
import type { Operation } from './operation.ts';
import {
  anyObject,
  count,
  flag,
  integer,
  listOf,
  object,
  oneOf,
  refTo,
  text,
  time,
  told,
  type Schema,
} from './schema.ts';
import { noSuchRun } from '../errors.ts';

const cursor: Schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

/** What is asked of the lines that services wrote about a run. */
export const logOperation: Operation = {
  summary: 'What services logged about a run, in the order in which it came: the latest lines, or those at a cursor',
  needs: 'viewer',
  query: {
    level: oneOf(logLevels, 'lines of this level, and graver ones'),
    step: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'lines of this step' },
    after: told(cursor, 'the `later` of a page: what came after it'),
    before: told(cursor, 'the `earlier` of a page: what came before it'),
    limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 200, description: 'how many at most' },
  },
  answer: refTo('LogPage'),
  errors: [noSuchRun],
};

/** The types of its answer. */
export const logSchemas: Readonly<Record<string, Schema>> = {
  LogPage: object<LogPage>({
    required: {
      items: listOf(refTo('LogLineView')),
      kept: told(count, 'of the run, whatever was asked for: lines that are here'),
      leftOut: told(count, 'lines that were too many on the way here'),
      removed: told(count, 'lines that were here, and were too many or too old'),
      later: told(count, 'the cursor for what comes after this page'),
    },
    optional: {
      more: told(flag, 'something came after this page already'),
      earlier: told(count, 'the cursor for what came before this page; absent when nothing did'),
    },
  }),
  LogLineView: object<LogLineView>({
    required: {
      seq: told(count, 'the order in which they came'),
      step: integer,
      level: oneOf(logLevels),
      time: told(time, "milliseconds since 1970 UTC, by the clock of the service's host"),
      service: text,
      host: told(text, 'host.pid'),
      key: told(text, 'of the message that was worked on'),
      attempt: count,
      text,
    },
    optional: {
      trace: told(text, 'W3C trace id'),
      fields: told(anyObject, 'what was logged beside the text'),
      leftOut: told(count, 'this is no line, but stands for so many that were too many'),
    },
  }),
};
