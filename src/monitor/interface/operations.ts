import {
  badLogin,
  badRange,
  fileNotGiven,
  noSuchFile,
  badPath,
  costlyPath,
  noSuchResult,
  noSuchRun,
  notConfirmed,
  tooMany,
  tooManyLogins,
} from '../errors.ts';
import { backfillOperations } from './backfill-operations.ts';
import { bodies } from './bodies.ts';
import { controlOperations } from './control-schemas.ts';
import { failedOperations } from './failed-operations.ts';
import { deliveryOperations } from './delivery-schemas.ts';
import { handoverOperations } from './handover-schemas.ts';
import { jobOperation } from './job-schemas.ts';
import { logOperation } from './log-schemas.ts';
import { recipeOperations } from './recipe-operations.ts';
import type { Operations, Parameters } from './operation.ts';
import { announceOperations } from './announce-schemas.ts';
import { bulkOperations } from './bulk-schemas.ts';
import { rerunOperations } from './rerun-operations.ts';
import { runStates } from './run-schemas.ts';
import { anyObject, listOf, oneOf, refTo, text, told, type Schema } from './schema.ts';

const words: Schema = { type: 'string', maxLength: 200 };
const moment: Schema = { type: 'integer', minimum: 0, maximum: 8.64e15 };

const ofPages: Parameters = {
  cursor: { type: 'string', maxLength: 1_000, description: 'the `next` of the page before' },
  limit: { type: 'integer', minimum: 1, maximum: 500, default: 50, description: 'how many at most' },
};

/** Everything that the monitor answers to programs. Questions are checked against it, and openapi.json is made from it. */
export const operations: Operations = {
  'GET /api/health': { summary: 'Whether all is well; the status is 200 whatever was found', answer: refTo('Health') },
  'GET /api/session': { summary: 'Who one is', answer: refTo('SessionView') },
  'POST /api/session': {
    summary: 'Logs in: a cookie is set',
    body: bodies.login,
    answer: refTo('SessionView'),
    errors: [badLogin, tooManyLogins],
  },
  'DELETE /api/session': { summary: 'Logs out' },
  'GET /api/services': {
    summary: 'The services that send heartbeats, by instance and name',
    needs: 'viewer',
    query: ofPages,
    answer: pageOf('ServiceView'),
  },
  'GET /api/queues': {
    summary: "The broker's queues, by name",
    needs: 'viewer',
    query: ofPages,
    answer: pageOf('QueueView'),
  },
  'GET /api/jobs': jobOperation(ofPages),
  'GET /api/runs': {
    summary:
      'Runs, those that were heard of last first; where few fit, a page with a `next` may hold fewer than `limit`',
    needs: 'viewer',
    query: {
      state: oneOf(runStates),
      beamline: words,
      visit: words,
      from: told(moment, 'announced then or later, in milliseconds since 1970'),
      to: told(moment, 'announced before'),
      addressed: {
        type: 'boolean',
        description: 'of failed runs: `true`, those of which all that failed is addressed; `false`, the others',
      },
      overBudget: { type: 'boolean', description: '`true`: only those with a step over its budget' },
      text: told(words, 'words with which some word of the run begins: id, recipes, beamline, visit, collection, …'),
      ...ofPages,
    },
    answer: refTo('RunPage'),
  },
  'GET /api/runs/{run}': {
    summary: 'All about a run',
    needs: 'viewer',
    answer: refTo('RunDetail'),
    errors: [noSuchRun],
  },
  'GET /api/runs/{run}/recipe': {
    summary: 'What a run follows, and what that was made from',
    needs: 'viewer',
    answer: refTo('RunRecipe'),
    errors: [noSuchRun],
  },
  'GET /api/runs/{run}/results': {
    summary: 'The results of a run, in the order in which they came',
    needs: 'viewer',
    query: ofPages,
    answer: pageOf('ResultEntry'),
    errors: [noSuchRun],
  },
  'GET /api/runs/{run}/results/{n}': {
    summary: 'A result, or what a path leads to in it',
    needs: 'viewer',
    query: { path: { type: 'string', maxLength: 1_000, description: 'a JSONPath (RFC 9535)' } },
    answer: { oneOf: [refTo('NumberedResult'), refTo('SelectedResult')] },
    errors: [badPath, costlyPath, noSuchResult],
  },
  ...deliveryOperations(ofPages),
  'GET /api/runs/{run}/logs': logOperation,
  'GET /api/runs/{run}/files': {
    summary: 'The files that results of a run name',
    needs: 'viewer',
    query: ofPages,
    answer: pageOf('FileEntry'),
    errors: [noSuchRun],
  },
  'GET /api/runs/{run}/files/{n}': {
    summary: 'One of them, whole or in part (`range`)',
    needs: 'viewer',
    answer: text,
    type: 'application/octet-stream',
    errors: [fileNotGiven, noSuchFile, badRange],
  },
  'POST /api/runs/{run}/cancel': {
    summary: 'Nothing more of the run is worked on',
    needs: 'operator',
    body: bodies.cancel,
    answer: refTo('CancelView'),
    errors: [notConfirmed],
  },
  ...rerunOperations,
  ...bulkOperations,
  ...announceOperations,
  ...recipeOperations(ofPages),
  ...controlOperations(ofPages),
  ...handoverOperations,
  ...failedOperations(ofPages),
  'GET /api/announcements': {
    summary: 'How many announcements there were, and what became of them',
    needs: 'viewer',
    answer: refTo('AnnouncementCounts'),
  },
  ...backfillOperations(ofPages),
  'GET /api/schemas/recipe': {
    summary: 'The JSON Schema of recipes, with the services installed here',
    needs: 'viewer',
    answer: anyObject,
    type: 'application/schema+json',
  },
  'GET /api/events': {
    summary: 'What happens, as server-sent events; the data of each is a LiveEvent',
    needs: 'viewer',
    answer: text,
    type: 'text/event-stream',
    errors: [tooMany],
  },
  'GET /api/audit': {
    summary: 'Who did what when, and why, the latest first',
    needs: 'operator',
    query: { who: words, action: words, subject: words, ...ofPages },
    answer: pageOf('AuditEntry'),
  },
  'GET /api/openapi.json': { summary: 'This description', needs: 'viewer', answer: anyObject },
  'GET /metrics': { summary: 'Figures for Prometheus', needs: 'metrics', answer: text, type: 'text/plain' },
};

function pageOf(name: string): Schema {
  return {
    type: 'object',
    required: ['items'],
    properties: { items: listOf(refTo(name)), next: told(text, 'the cursor of the next page; absent on the last') },
  };
}
