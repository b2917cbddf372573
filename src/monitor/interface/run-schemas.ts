import {
  finalOutcomes,
  type Cause,
  type ProgramAccount,
  type RecipeSource,
  type SentOutput,
} from '../../services/record.ts';
import type {
  AnnouncementCounts,
  DeliveryView,
  FileEntry,
  NumberedResult,
  ReplyView,
  ResultEntry,
  ResultView,
  RunDetail,
  RunPage,
  RunRecipe,
  RunSummary,
  SelectedResult,
  StepView,
} from '../api.ts';
import {
  anyObject,
  anything,
  count,
  flag,
  integer,
  listOf,
  number,
  object,
  oneOf,
  refTo,
  text,
  time,
  told,
  type Fields,
  type Schema,
} from './schema.ts';

export const runStates = ['running', 'finished', 'failed', 'cancelled'] as const;

const summary: Fields<RunSummary> = {
  required: {
    id: text,
    state: oneOf(runStates),
    inferred: told(flag, 'it passes through services that leave no records'),
    recipes: listOf(text),
    announced: time,
    sent: told(count, 'messages, over all steps'),
    waiting: count,
    failed: told(count, 'dead, or over an error link'),
    overBudget: told(count, 'steps that had not finished within their budget'),
  },
  optional: {
    ended: time,
    beamline: text,
    visit: text,
    collection: text,
    runNumber: text,
    event: text,
    user: text,
    isCancelling: told(flag, 'it is running, and is to be cancelled'),
    rerunOf: told(text, 'the run that this one repeats'),
  },
};

const cause = object<Cause>({ required: { code: text, message: text }, optional: {} });

const output = object<SentOutput>({
  required: { step: integer, channel: text, key: text, bytes: count },
  optional: { payload: anything, hash: text },
});

const program = object<ProgramAccount>({
  required: {
    ...{ name: text, backend: text, host: text },
    waited: told(number, 'seconds until there was room for it'),
    seconds: told(number, 'how long it ran'),
  },
  optional: {
    ...{
      exitCode: integer,
      signal: text,
      exceeded: told(text, 'the limit for which it was ended'),
      cpuSeconds: number,
    },
    peakMemory: told(number, 'bytes'),
    isLost: told(flag, 'whoever ran it was not heard of any more'),
  },
});

const source = object<RecipeSource>({
  required: { name: text, hash: text, bytes: count },
  optional: { text: told(text, 'as it was on disk; absent where it is too large to be kept'), parameters: anyObject },
});

const budget = (used: 'always' | 'sometimes'): Schema => ({
  type: 'object',
  required: used === 'always' ? ['seconds', 'used'] : ['seconds', 'over'],
  properties: { seconds: number, used: number, ...(used === 'always' ? {} : { over: flag }) },
});

/** Runs, and what belongs to them, by the names of their types. */
export const runSchemas: Readonly<Record<string, Schema>> = {
  RunSummary: object<RunSummary>(summary),
  RunPage: object<RunPage>({
    required: { items: listOf(refTo('RunSummary')) },
    optional: {
      next: told(text, 'the cursor of the next page; absent on the last'),
      removed: told(
        { type: 'object', required: ['runs', 'before'], properties: { runs: count, before: time } },
        'runs that are not kept any more, all of which had ended before or then; absent where there are none',
      ),
    },
  }),
  RunDetail: object<RunDetail>({
    required: {
      ...summary.required,
      parameters: told(anyObject, 'of the announcement'),
      reruns: listOf(text, 'ids of runs that repeat it, the latest 100'),
      steps: listOf(refTo('StepView')),
      deliveries: listOf(refTo('DeliveryView'), 'the latest first, at most 200'),
      results: listOf(refTo('ResultView'), 'the latest first, at most 200'),
      replies: listOf(refTo('ReplyView')),
    },
    optional: {
      ...summary.optional,
      recipe: told(anyObject, 'as the run follows it'),
      recipeHash: text,
      sourceHash: text,
      traceparent: text,
      cancellation: {
        type: 'object',
        required: ['time'],
        properties: { time, user: text, reason: text },
      },
    },
  }),
  StepView: object<StepView>(
    {
      required: {
        step: integer,
        sent: count,
        // More may have been settled than was heard to be sent, until the record of that comes.
        waiting: integer,
        done: count,
        joined: count,
        skipped: count,
        duplicate: count,
        late: count,
        errorLink: count,
        dead: count,
        cancelled: count,
        retries: count,
        deferrals: count,
      },
      optional: { service: text, queue: text, inferred: flag, budget: budget('sometimes') },
    },
    'sent = done + joined + skipped + duplicate + late + errorLink + dead + cancelled + waiting',
  ),
  DeliveryView: object<DeliveryView>({
    required: {
      id: text,
      key: text,
      step: integer,
      service: text,
      host: text,
      attempt: count,
      deferral: count,
      outcome: oneOf([...finalOutcomes, 'later', 'retry']),
      sent: time,
      received: time,
      started: time,
      finished: time,
      outputs: listOf(output),
    },
    optional: { cause, budget: budget('always'), program },
  }),
  ResultView: object<ResultView>({ required: { time, step: integer, result: anything }, optional: {} }),
  FileEntry: object<FileEntry>({
    required: {
      ...{ n: count, name: text, path: text, step: integer },
      isGiven: told(flag, 'it lies where the site gives out files'),
    },
    optional: {},
  }),
  ResultEntry: object<ResultEntry>({ required: { n: count, time, step: integer, bytes: count }, optional: {} }),
  NumberedResult: object<NumberedResult>({
    required: { n: count, time, step: integer, result: anything },
    optional: {},
  }),
  SelectedResult: object<SelectedResult>({
    required: {
      ...{ n: count, time, step: integer, path: text },
      matches: listOf(
        object<SelectedResult['matches'][number]>({
          required: { at: told(text, 'its normalized path'), value: anything },
          optional: {},
        }),
      ),
    },
    optional: {},
  }),
  ReplyView: object<ReplyView>({
    required: { status: text, to: text, outcome: oneOf(['sent', 'late', 'undeliverable']), time },
    optional: { reason: text },
  }),
  RunRecipe: object<RunRecipe>({
    required: { run: text, state: oneOf(runStates), parameters: anyObject },
    optional: { recipe: anyObject, recipeHash: text, sourceHash: text, sources: listOf(source) },
  }),
  AnnouncementCounts: object<AnnouncementCounts>(
    { required: { announced: count, accepted: count, refused: count, duplicate: count }, optional: {} },
    'announced = accepted + refused + duplicate',
  ),
};
