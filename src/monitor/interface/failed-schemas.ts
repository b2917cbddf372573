import type {
  Addressed,
  Addressing,
  BegunAction,
  CanaryOutcome,
  FailedCounts,
  FailedPage,
  FailureGroup,
  FailureGroupView,
  FailureLetter,
  FailureView,
  LetterAction,
  LetterPreview,
  LetterView,
} from '../api.ts';
import {
  anything,
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
  type Fields,
  type Schema,
} from './schema.ts';

const next = told(text, 'the cursor of the next page; absent on the last');
const place = (name: 'queue' | 'destination', number: 'count' | 'letters'): Schema => ({
  type: 'object',
  required: [name, number],
  properties: { [name]: text, [number]: count },
});

const counts: Fields<FailedCounts> = {
  required: {
    failures: told(count, 'messages that failed and that nobody has addressed'),
    groups: count,
    runs: told(count, 'runs with any of them'),
    addressedRuns: told(count, 'failed runs of which all are addressed'),
    unseen: listOf(place('queue', 'letters'), 'dead letters that have not been looked at'),
  },
  optional: {},
};

/** What is answered about what failed, by the names of its types. */
export const failedSchemas: Readonly<Record<string, Schema>> = {
  FailedCounts: object<FailedCounts>(counts),
  FailedPage: object<FailedPage>({
    required: { items: listOf(refTo('FailureGroup')), counts: refTo('FailedCounts') },
    optional: { next },
  }),
  FailureGroup: object<FailureGroup>({
    required: {
      id: text,
      code: text,
      pattern: told(text, 'what the messages have in common'),
      message: told(text, 'the first'),
      recipes: listOf(text),
      hosts: listOf(text),
      open: told(count, 'failures that nobody has addressed'),
      runs: told(count, 'of the open ones'),
      letters: told(count, 'of the open ones, in a queue of dead letters, as far as the broker was asked'),
      addressed: count,
      newest: time,
    },
    optional: {
      step: integer,
      service: text,
      queue: told(text, 'where no step tells: the queue of dead letters'),
      version: told(text, 'the hash of what the recipe was made from'),
      oldest: told(time, 'of the open ones'),
    },
  }),
  FailureView: object<FailureView>({
    required: {
      n: count,
      message: text,
      died: time,
      reinjected: told(count, 'how often it had been sent again before'),
      isForeign: told(flag, 'only the broker tells of it'),
    },
    optional: {
      run: text,
      step: integer,
      host: text,
      queue: told(text, 'where the broker has it'),
      addressing: told(count, 'the number of the addressing'),
    },
  }),
  Addressing: object<Addressing>({
    required: { n: count, time, user: text, reason: text, count },
    optional: { undone: { type: 'object', required: ['time', 'user'], properties: { time, user: text } } },
  }),
  LetterAction: object<LetterAction>({
    required: {
      n: count,
      kind: oneOf(['canary', 'release', 'purge']),
      user: text,
      reason: text,
      started: time,
      state: oneOf(['running', 'ended', 'interrupted', 'stopped', 'failed'], 'stopped: by itself, as they died again'),
      wanted: count,
      moved: count,
    },
    optional: {
      ended: time,
      problem: text,
      canary: object<CanaryOutcome>({
        required: { state: oneOf(['waiting', 'trying', 'well', 'failed', 'unknown']) },
        optional: { run: text, message: text, time },
      }),
    },
  }),
  FailureGroupView: object<FailureGroupView>({
    required: {
      group: refTo('FailureGroup'),
      failures: {
        type: 'object',
        required: ['items'],
        properties: { items: listOf(refTo('FailureView'), 'the latest first'), next },
      },
      addressings: listOf(refTo('Addressing'), 'the latest first'),
      actions: listOf(refTo('LetterAction'), 'the latest first'),
    },
    optional: {},
  }),
  LetterPreview: object<LetterPreview>({
    required: {
      open: count,
      runs: count,
      letters: told(count, 'of the group, that were in the broker when it was last looked at'),
      homeless: told(count, 'of those, letters that tell no queue to go back to'),
      from: listOf(place('queue', 'count')),
      to: listOf(place('destination', 'count')),
      upTo: told(count, 'the number of the latest failure'),
    },
    optional: {},
  }),
  LetterView: object<LetterView>({
    required: {
      id: text,
      queue: text,
      headers: { type: 'object', additionalProperties: text },
      bytes: count,
      body: told(anything, 'JSON, text, or {base64}'),
      isWhole: flag,
    },
    optional: {},
  }),
  FailureLetter: object<FailureLetter>({
    required: { failure: refTo('FailureView'), letter: refTo('LetterView') },
    optional: {},
  }),
  Addressed: object<Addressed>({ required: { count }, optional: {} }),
  BegunAction: object<BegunAction>({ required: { action: count }, optional: {} }),
};
