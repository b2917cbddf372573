import type { AuditEntry } from '../../access/audit.ts';
import { roles } from '../../access/roles.ts';
import type {
  CancelView,
  ErrorAnswer,
  Health,
  HealthCheck,
  LiveEvent,
  QueueView,
  ServiceView,
  SessionView,
  UserView,
} from '../api.ts';
import { controlSchemas } from './control-schemas.ts';
import { failedSchemas } from './failed-schemas.ts';
import { backfillSchemas } from './backfill-schemas.ts';
import { deliverySchemas } from './delivery-schemas.ts';
import { handoverSchemas } from './handover-schemas.ts';
import { jobSchemas } from './job-schemas.ts';
import { logSchemas } from './log-schemas.ts';
import { recipeSchemas } from './recipe-schemas.ts';
import { announceSchemas } from './announce-schemas.ts';
import { bulkSchemas } from './bulk-schemas.ts';
import { rerunSchemas } from './rerun-schemas.ts';
import { runSchemas } from './run-schemas.ts';
import {
  anyObject,
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

const healthStates = oneOf(['pass', 'notice', 'warning', 'error']);

/** Everything that is answered, by the names of its types. */
export const schemas: Readonly<Record<string, Schema>> = {
  ...runSchemas,
  ...deliverySchemas,
  ...logSchemas,
  ...jobSchemas,
  ...backfillSchemas,
  ...failedSchemas,
  ...controlSchemas,
  ...handoverSchemas,
  ...recipeSchemas,
  ...rerunSchemas,
  ...bulkSchemas,
  ...announceSchemas,
  Health: object<Health>({
    required: { state: healthStates, version: text, checks: listOf(refTo('HealthCheck')) },
    optional: {},
  }),
  HealthCheck: object<HealthCheck>({
    required: { check: text, state: healthStates, message: text, since: time },
    optional: { advice: told(text, 'what to do'), see: told(text, 'where the page shows it: a path of the page') },
  }),
  ServiceView: object<ServiceView>({
    required: {
      host: told(text, 'host.pid: one instance'),
      service: text,
      serviceClass: text,
      status: told(
        integer,
        '0 new, 1 starting, 2 idle, 3 timer, 4 processing, 5 shutdown, 6 end, 7 error; others may come',
      ),
      statusText: text,
      utilization: { type: 'object', additionalProperties: number, description: 'fractions of time by status' },
      lastSeen: time,
      lost: told(flag, 'no heartbeat for 17 s, and no goodbye'),
      extra: anyObject,
    },
    optional: {
      version: text,
      controls: told(listOf(text), 'what it can be told; absent where it is no service of Baton’s'),
      paused: refTo('PauseView'),
    },
  }),
  QueueView: object<QueueView>({
    required: {
      name: text,
      waiting: count,
      inFlight: count,
      consumers: count,
      enqueued: count,
      dequeued: count,
      inRate: told(number, 'messages a second'),
      outRate: number,
    },
    optional: {},
  }),
  SessionView: object<SessionView>({
    required: { passwords: told(flag, 'there is somebody who could log in with a password') },
    optional: { user: refTo('UserView') },
  }),
  UserView: object<UserView>({
    required: { name: text, role: oneOf(roles), way: oneOf(['session', 'token', 'proxy', 'host']) },
    optional: {},
  }),
  CancelView: object<CancelView>({
    required: { run: text, state: oneOf(['cancelled', 'ended', 'unknown']) },
    optional: { ended: text },
  }),
  AuditEntry: object<AuditEntry>({
    required: {
      seq: integer,
      time,
      who: text,
      way: oneOf(['session', 'token', 'proxy', 'host', 'command line', 'broker']),
      action: text,
      subject: text,
    },
    optional: {
      role: oneOf(roles),
      address: text,
      reason: text,
      outcome: told(text, 'absent while it is under way, and where the monitor ended meanwhile'),
    },
  }),
  ErrorAnswer: object<ErrorAnswer>({
    required: {
      error: object<ErrorAnswer['error']>({
        required: { code: told(text, 'stable'), message: text, next: told(text, 'what to do') },
        optional: {},
      }),
    },
    optional: {},
  }),
  LiveEvent: {
    description: 'the data of an event of /api/events, whose name is its type',
    oneOf: [
      event('snapshot', {
        time,
        health: refTo('Health'),
        services: listOf(refTo('ServiceView')),
        queues: listOf(refTo('QueueView')),
        jobs: refTo('JobTotals'),
        runs: listOf(refTo('RunSummary')),
        announcements: refTo('AnnouncementCounts'),
        failed: refTo('FailedCounts'),
      }),
      event('service', { service: refTo('ServiceView') }),
      event('queues', { queues: listOf(refTo('QueueView')) }),
      event('jobs', { jobs: refTo('JobTotals') }),
      event('run', { run: refTo('RunSummary') }),
      event('result', { run: text, result: refTo('ResultView') }),
      event('failed', { failed: refTo('FailedCounts') }),
      event('health', { health: refTo('Health') }),
      event('backfill', { backfill: refTo('BackfillView') }),
      event('logs', { runs: listOf(text), others: flag }),
      event('announcements', { announcements: refTo('AnnouncementCounts') }),
    ],
  },
};

function event<Type extends LiveEvent['type']>(
  type: Type,
  required: Omit<Fields<Extract<LiveEvent, { type: Type }>>['required'], 'type'>,
): Schema {
  const fields = { required: { type: { const: type }, ...required }, optional: {} };
  return object(fields as unknown as Fields<Extract<LiveEvent, { type: Type }>>);
}
