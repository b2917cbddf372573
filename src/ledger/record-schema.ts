import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isObject, type Json } from '../core/json.ts';
import { brief } from '../recipes/problem.ts';
import type { LedgerRecord } from '../services/record.ts';
import { tallyOf } from './states.ts';

/** The ledger's note to itself that a run was last heard of at `heard` and may have ended: see quiet.ts. */
export interface QuietRecord {
  readonly kind: 'quiet';
  readonly run: string;
  readonly heard: number;
}

/** The ledger's note to itself that the budget of a step is over: see budget-watch.ts. */
export interface DueRecord {
  readonly kind: 'due';
  readonly run: string;
  readonly step: number;
  /** Queues from which no records come, and in which the broker holds messages. */
  readonly held: readonly string[];
}

/** Everything that comes on the queue `baton.ledger`. */
export type Entry = LedgerRecord | QuietRecord | DueRecord;

/** The entry, or a sentence that says which field is wrong, what was expected and what came. */
export function readEntry(value: Json): Entry | string {
  const kind = isObject(value) ? value['kind'] : undefined;
  const validate = typeof kind === 'string' ? validators.get(kind) : undefined;
  if (!validate) return `kind: expected one of ${[...validators.keys()].join(', ')}, got ${brief(kind)}`;
  return validate(value) ? value : sentence(validate.errors?.[0], value);
}

const id = { type: 'string', minLength: 1, maxLength: 1000 };
const text = { type: 'string' };
const number = { type: 'number', minimum: -9e15, maximum: 9e15 };
const amount = { type: 'number', minimum: 0 };
const count = { type: 'integer', minimum: 0, maximum: 1e9 };
const step = { type: 'integer', minimum: -1e9, maximum: 1e9 };
const anything = {};
const steps = { type: 'object', propertyNames: { pattern: '^-?\\d{1,9}$' }, additionalProperties: count };
const cause = object({ code: text, message: text });
const budget = object({ seconds: { type: 'number', exclusiveMinimum: 0 }, used: { type: 'number', minimum: 0 } });
const source = object({ name: text, hash: text, bytes: count }, { text, parameters: { type: 'object' } });
const output = object({ step, channel: text, key: text, bytes: count }, { payload: anything, hash: text });

const program = object(
  { name: text, backend: text, host: text, waited: amount, seconds: amount },
  {
    exitCode: { type: 'integer' },
    signal: text,
    exceeded: text,
    isLost: { type: 'boolean' },
    cpuSeconds: amount,
    peakMemory: amount,
  },
);

const stepRecord = object(
  {
    kind: text,
    id,
    run: id,
    key: id,
    step,
    queue: text,
    service: text,
    host: text,
    attempt: count,
    deferral: count,
    outcome: { enum: Object.keys(tallyOf) },
    path: { type: 'array', items: step, maxItems: 10_000 },
    sent: number,
    received: number,
    started: number,
    finished: number,
    sends: steps,
    outputs: { type: 'array', items: output },
  },
  { cause, results: { type: 'array' }, result: anything, messageId: text, reinjected: count, budget, program },
);

const told = object(
  { step, channel: text, key: id, delay: { type: 'number', minimum: 0 }, payload: anything },
  { queue: id, topic: id, group: text },
);

const progressRecord = object({
  kind: text,
  id,
  run: id,
  step,
  queue: text,
  service: text,
  time: number,
  sent: number,
  envelope: object({
    environment: { type: 'object' },
    recipe: { type: 'object' },
    path: { type: 'array', items: step, maxItems: 10_000 },
  }),
  messages: { type: 'array', items: told, maxItems: 1_000 },
});

const announcementRecord = {
  ...object(
    {
      kind: text,
      id,
      messageId: text,
      outcome: { enum: ['accepted', 'refused', 'duplicate', 'later'] },
      run: text,
      queue: text,
      host: text,
      received: number,
      settled: number,
      recipes: { type: 'array', items: text },
      parameters: { type: 'object' },
      sends: steps,
    },
    {
      reason: text,
      beamline: text,
      visit: text,
      collection: text,
      runNumber: text,
      event: text,
      user: text,
      recipeHash: text,
      recipe: { type: 'object' },
      sourceHash: text,
      sources: { type: 'array', items: source },
      rerunOf: id,
      replyTo: text,
      correlationId: text,
      replyBy: number,
      lane: text,
      traceparent: text,
      started: { type: 'array', items: output },
    },
  ),
  // What was refused may have been no run at all.
  if: { properties: { outcome: { const: 'accepted' } } },
  then: { properties: { run: id } },
};

const replyRecord = object(
  {
    kind: text,
    id,
    run: text,
    status: text,
    to: text,
    outcome: { enum: ['sent', 'late', 'undeliverable'] },
    time: number,
  },
  { reason: text },
);

const cancellationRecord = object(
  { kind: text, id, run: id },
  { reason: text, user: text, audited: { type: 'boolean' } },
);

const joinRecord = object({
  kind: text,
  id,
  run: text,
  state: { enum: ['asked', 'closing', 'closed', 'open'] },
  members: { type: 'array', items: text },
});

const reinjectionRecord = object({ kind: text, id, run: id, step, time: number }, { user: text });

/** Fields that a later release adds are let through: an older ledger does without them. */
function object(required: Readonly<Record<string, object>>, optional: Readonly<Record<string, object>> = {}): object {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

const ajv = new Ajv({ strict: true });
const validators = new Map<string, ValidateFunction<Entry>>([
  ['step', ajv.compile<Entry>(stepRecord)],
  ['progress', ajv.compile<Entry>(progressRecord)],
  ['announcement', ajv.compile<Entry>(announcementRecord)],
  ['reply', ajv.compile<Entry>(replyRecord)],
  ['reinjection', ajv.compile<Entry>(reinjectionRecord)],
  ['cancellation', ajv.compile<Entry>(cancellationRecord)],
  ['join', ajv.compile<Entry>(joinRecord)],
  ['due', ajv.compile<Entry>(object({ kind: text, run: id, step, held: { type: 'array', items: text } }))],
  ['quiet', ajv.compile<Entry>(object({ kind: text, run: id, heard: number }))],
]);

function sentence(error: ErrorObject | undefined, value: Json): string {
  const path = error?.instancePath.split('/').slice(1) ?? [];
  const found = path.reduce<Json | undefined>((inner, key) => (inner as Readonly<Record<string, Json>>)[key], value);
  const allowed = error?.keyword === 'enum' ? `: ${(error.params['allowedValues'] as string[]).join(', ')}` : '';
  return `${path.join('.') || 'the record'} ${error?.message ?? 'is not valid'}${allowed}, got ${brief(found)}`;
}
