import type { JsonObject } from '../core/json.ts';
import { logLevels } from '../services/log-line.ts';
import { brokerSchema } from './broker-schema.ts';
import { pageSchema } from './page-schema.ts';
import { reprocessingSchema } from './reprocessing.ts';
import { computeSchema, programsSchema } from './programs-schema.ts';
import { alertsSchema, healthSchema } from './health-schema.ts';
import { standardKeep } from '../ledger/retention/keep.ts';
import { standardShifts } from '../monitor/shift/shifts.ts';
import { closed } from './schema-parts.ts';
import { standardFields, standardProcesses, standardRunLog } from './standard.ts';

function fieldNames(standard: readonly string[]): JsonObject {
  return { type: 'array', items: { type: 'string' }, minItems: 1, default: standard };
}

/** JSON Schema of `baton.yaml`. */
export const configSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'baton.yaml',
  ...closed({
    broker: brokerSchema,
    store: { type: 'string', default: 'baton-data', description: 'folder for everything that Baton keeps' },
    page: pageSchema,
    recipes: {
      type: 'string',
      description: 'folder with recipes and rules.yaml; absent: the recipes that ship with Baton',
    },
    announcements: closed({
      rememberDays: {
        type: 'integer',
        minimum: 1,
        default: 365,
        description: 'days for which a run id that was announced before is a duplicate',
      },
      customRecipes: {
        type: 'boolean',
        default: false,
        description: 'whether an announcement may bring its own recipe',
      },
      fields: {
        description: 'which parameters of an announcement tell what it is about, in order of preference',
        ...closed({
          beamline: fieldNames(standardFields.beamline),
          visit: fieldNames(standardFields.visit),
          collection: fieldNames(standardFields.collection),
          runNumber: fieldNames(standardFields.runNumber),
        }),
      },
    }),
    ledger: closed({
      quietAfter: {
        type: 'number',
        minimum: 1,
        default: 3600,
        description:
          'seconds of silence that end a run through services without records (Zocalo’s); longer than they ever work on one message',
      },
      keep: closed({
        payloadDays: {
          type: ['number', 'null'],
          minimum: 1,
          default: standardKeep.payloadDays,
          description:
            'days from a run’s end for which the payloads of its messages are kept; `null`: as long as the run',
        },
        runDays: {
          type: ['number', 'null'],
          minimum: 7,
          default: standardKeep.runDays,
          description:
            'days from its end for which a run is kept, unless it has dead letters that nobody has dealt with; `null`: for ever',
        },
        megabytes: {
          type: ['number', 'null'],
          minimum: 10,
          default: standardKeep.megabytes,
          description:
            'MB of the ledger; above that the runs that ended first go, whatever their age; `null`: no limit',
        },
      }),
    }),
    reprocessing: reprocessingSchema,
    runLog: {
      description: 'what handlers log about runs, for the run page; how much of it is kept',
      ...closed({
        level: {
          enum: [...logLevels, 'silent'],
          default: standardRunLog.level,
          description: 'from which level on lines are told with their run, whatever `log` writes',
        },
        linesPerRun: {
          type: 'integer',
          minimum: 1,
          maximum: 1_000_000,
          default: standardRunLog.linesPerRun,
          description: 'lines kept of one run; then its oldest go, those below a warning first',
        },
        megabytes: {
          type: 'number',
          minimum: 1,
          default: standardRunLog.megabytes,
          description: 'MB of lines kept of all runs; then the oldest go',
        },
        days: {
          type: 'number',
          minimum: 1,
          default: standardRunLog.days,
          description: 'days for which lines are kept',
        },
      }),
    },
    modules: {
      type: 'array',
      items: { type: 'string' },
      description: 'modules (.ts or .js) that export services of the site, made with defineService',
    },
    processes: {
      type: 'object',
      description:
        'service processes: name to the services that share it; where absent and there are `programs`, one for `command`, too',
      default: standardProcesses,
      additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 },
    },
    services: {
      type: 'object',
      description: 'settings of one service, by its name',
      additionalProperties: closed({
        queue: { type: 'string', description: 'the queue it consumes in place of its own' },
        concurrency: { type: 'integer', minimum: 1, description: 'messages worked on at the same time in one process' },
        settings: { type: 'object', description: 'whatever the service itself understands' },
      }),
    },
    programs: programsSchema,
    compute: computeSchema,
    shifts: closed({
      starts: {
        type: 'array',
        items: { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' },
        minItems: 1,
        maxItems: 24,
        uniqueItems: true,
        default: standardShifts.starts,
        description: 'times of day at which shifts begin, for the hand-over',
      },
      timeZone: {
        type: 'string',
        description: 'of these times, as `Europe/London`; that of the host where absent',
      },
    }),
    health: healthSchema,
    alerts: alertsSchema,
    log: {
      enum: ['debug', 'info', 'warn', 'error', 'silent'],
      default: 'info',
      description: 'how much is logged, as JSON lines on standard error',
    },
  }),
};
