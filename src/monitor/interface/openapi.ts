import type { ErrorDefinition } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { statusOf } from '../answers.ts';
import { placed, type Operations, type Parameters, type Placed } from './operation.ts';
import { refTo, type Schema } from './schema.ts';

export interface Described {
  readonly operations: Operations;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly version: string;
}

/** The description of the interface that programs read: OpenAPI 3.1. */
export function openApi({ operations, schemas, version }: Described): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const each of placed(operations)) (paths[each.path] ??= {})[each.method.toLowerCase()] = operationObject(each);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Baton',
      version,
      description:
        'The interface of the monitor. Fields may be added in later versions: ignore those that you do not know.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }, {}],
    paths,
    components: {
      schemas,
      responses: { Error: { description: 'What was wrong, and what to do', content: json(refTo('ErrorAnswer')) } },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'of `baton token create`' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'baton',
          description: 'of POST /api/session; over TLS its name is __Host-baton',
        },
      },
    },
  };
}

function operationObject({ method, path, operation }: Placed): JsonObject {
  const { summary, needs, query = {}, body, answer, type = 'application/json', errors = [] } = operation;
  return {
    operationId: idOf(method, path),
    summary,
    ...(needs === undefined ? { security: [] } : { description: `For the role ${needs}, and greater ones.` }),
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(body && { requestBody: { required: true, content: json(bodySchema(body)) } }),
    responses: {
      ...(answer
        ? { '200': { description: summary, content: { [type]: { schema: answer } } } }
        : { '204': { description: summary } }),
      ...refusals(errors),
      '4XX': { $ref: '#/components/responses/Error' },
      '5XX': { $ref: '#/components/responses/Error' },
    },
  };
}

/** `getRunsRecipe`. */
function idOf(method: string, path: string): string {
  const parts = path.split(/[/{}.]+/).filter((part) => part !== '' && part !== 'api');
  return method.toLowerCase() + parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');
}

/** What stands in a path. */
const segments: Parameters = {
  run: { type: 'string', minLength: 1 },
  n: { type: 'integer', minimum: 1 },
  backfill: { type: 'string', minLength: 1 },
  group: { type: 'string', minLength: 1 },
  name: { type: 'string', minLength: 1 },
  hash: { type: 'string', minLength: 1 },
};

function pathParameters(path: string): JsonObject[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => ({
    ...{ name, in: 'path', required: true },
    schema: segments[name] ?? {},
  }));
}

function queryParameters(query: Parameters): JsonObject[] {
  return Object.entries(query).map(([name, { description, ...schema }]) => ({
    ...{ name, in: 'query', schema },
    ...(description === undefined ? {} : { description }),
  }));
}

/** The keys of a body: all are there, and no others. */
export function bodySchema(properties: Parameters): Schema {
  return { type: 'object', additionalProperties: false, required: Object.keys(properties), properties };
}

function refusals(errors: readonly ErrorDefinition<never>[]): JsonObject {
  const codes = Map.groupBy(errors, ({ code }) => String(statusOf(code)));
  return Object.fromEntries(
    Array.from(codes, ([status, those]) => [
      status,
      { description: those.map(({ code }) => code).join(', '), content: json(refTo('ErrorAnswer')) },
    ]),
  );
}

function json(schema: Schema): JsonObject {
  return { 'application/json': { schema } };
}
