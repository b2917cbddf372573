import type {
  BurntBudget,
  ShiftFailures,
  HandoverBackfill,
  HandoverView,
  HealthHappening,
  LongWait,
  MissingNumbers,
  NewVersion,
  RemarkView,
  ServiceHappening,
} from '../api.ts';
import { bodies } from './bodies.ts';
import type { Operations } from './operation.ts';
import {
  anyObject,
  count,
  flag,
  listOf,
  number,
  object,
  oneOf,
  refTo,
  text,
  time,
  told,
  type Schema,
} from './schema.ts';

const healthStates = oneOf(['pass', 'notice', 'warning', 'error']);

/** As far as dates go. */
const moment: Schema = { type: 'integer', minimum: 0, maximum: 8.64e15 };

/** What is answered about shifts. */
export const handoverSchemas: Readonly<Record<string, Schema>> = {
  RemarkView: object<RemarkView>({ required: { seq: count, time, who: text, text }, optional: {} }),
  HandoverView: object<HandoverView>({
    required: {
      ...{ from: time, to: time, now: time },
      timeZone: text,
      shifts: listOf(object<HandoverView['shifts'][number]>({ required: { from: time, to: time }, optional: {} })),
      announcements: object<HandoverView['announcements']>({
        required: {
          announced: count,
          accepted: count,
          refused: count,
          duplicate: count,
          waiting: told(count, 'in the queues of announcements now; 0 for a shift that is over'),
          balances: told(flag, 'announced = accepted + refused + duplicate'),
        },
        optional: {},
      }),
      runs: object<HandoverView['runs']>({
        required: {
          finished: count,
          running: count,
          failed: told(count, 'with something that nobody has addressed'),
          addressed: told(count, 'failed, and all of it addressed'),
          cancelled: count,
          balances: told(flag, 'accepted = finished + running + failed + addressed + cancelled'),
        },
        optional: {},
      }),
      failures: object<ShiftFailures>({
        required: { came: count, addressed: count, open: told(count, 'now, whenever they came') },
        optional: {},
      }),
      missing: listOf(
        object<MissingNumbers>({
          required: { count, numbers: told(text, '`4, 6-8`') },
          optional: { beamline: text, visit: text },
        }),
      ),
      waits: listOf(
        object<LongWait>({ required: { run: text, step: count, service: text, seconds: number }, optional: {} }),
      ),
      budgets: listOf(
        object<BurntBudget>({
          required: { run: text, step: count, seconds: number },
          optional: { service: text, used: number },
        }),
      ),
      recipes: listOf(
        object<NewVersion>({ required: { time, name: text, hash: text, run: text }, optional: { before: text } }),
      ),
      services: listOf(
        object<ServiceHappening>({
          required: { time, service: text, what: oneOf(['started', 'back', 'lost', 'ended']) },
          optional: { version: text, before: told(text, 'the version before on that host') },
        }),
      ),
      health: listOf(
        object<HealthHappening>({
          required: { time, check: text, state: healthStates, before: healthStates, message: text },
          optional: {},
        }),
      ),
      backfills: listOf(
        object<HandoverBackfill>({
          required: { id: text, state: text, created: time, creator: text, reason: text, counts: anyObject },
          optional: {},
        }),
      ),
      remarks: listOf(refTo('RemarkView')),
    },
    optional: { audit: told(listOf(refTo('AuditEntry')), 'for operators') },
  }),
};

/** What a shift hands over. */
export const handoverOperations: Operations = {
  'GET /api/handover': {
    summary:
      'What a shift hands over: its accounts, what changed, and remarks; of the present shift where nothing is said',
    needs: 'viewer',
    query: {
      from: told(moment, 'where it begins, in milliseconds since 1970'),
      to: told(moment, 'where it ends; at most 32 days later'),
    },
    answer: refTo('HandoverView'),
  },
  'POST /api/handover/remarks': {
    summary: 'Writes something down for the next shift',
    needs: 'operator',
    body: bodies.remark,
    answer: refTo('RemarkView'),
  },
};
