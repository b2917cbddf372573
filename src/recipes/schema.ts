import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { ParameterSchema } from './parameter-schema.ts';

/** What the schema of recipes takes from a service: its queue, its channels, and the JSON Schema of its parameters. */
export interface DescribedService {
  readonly name: string;
  readonly description: string;
  readonly queue: string;
  readonly parameters: JsonObject;
  readonly channels: Readonly<Record<string, string>>;
}

/**
 * The JSON Schema (draft 2020-12) of a recipe, for editors: completes and checks while one types. The parameters and
 * channels of a step whose queue belongs to one of the services are checked, too.
 */
export function recipeSchema(services: readonly DescribedService[] = []): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Baton recipe',
    description: 'Steps under their numbers, where to start, and where failures go.',
    type: 'object',
    required: ['start'],
    properties: {
      start,
      error: { ...targets, description: 'Steps that are told of failures of steps without "error".' },
    },
    patternProperties: { '^-?[1-9][0-9]*$': { $ref: '#/$defs/step' } },
    additionalProperties: false,
    $defs: { targets, links, step: step(services), ...Object.fromEntries(services.map(definition)) },
  };
}

const stepNumber: JsonObject = { type: 'integer', not: { const: 0 } };

const targets: JsonObject = { anyOf: [stepNumber, { type: 'array', items: stepNumber }] };

const links: JsonObject = {
  anyOf: [
    { $ref: '#/$defs/targets' },
    { type: 'object', additionalProperties: { anyOf: [{ $ref: '#/$defs/targets' }, { type: 'null' }] } },
  ],
};

const start: JsonObject = {
  description: 'The first messages: [step, payload] each.',
  type: 'array',
  minItems: 1,
  items: {
    type: 'array',
    minItems: 2,
    maxItems: 2,
    prefixItems: [stepNumber, { description: 'The payload, any JSON.' }],
  },
};

const placeholder: JsonObject = { type: 'string', pattern: '\\{.+\\}' };

/** Text that is read as a number, or as true and false. */
const numberText: JsonObject = { type: 'string', pattern: '^\\s*[+-]?\\.?\\d[\\d.eE+-]*\\s*$' };
const booleanText: JsonObject = { type: 'string', pattern: '^(?:[Tt]rue|[Ff]alse)$' };

function step(services: readonly DescribedService[]): JsonObject {
  return {
    type: 'object',
    properties: stepProperties(services),
    // An empty allOf is no schema.
    ...(services.length === 0 ? {} : { allOf: services.map(check) }),
  };
}

function stepProperties(services: readonly DescribedService[]): JsonObject {
  return {
    service: { type: 'string', description: 'What the step is called on screens.' },
    queue: {
      type: ['string', 'null'],
      description: 'The queue its messages go to.',
      examples: services.map(({ queue }) => queue),
    },
    topic: { type: ['string', 'null'], description: 'A topic its messages go to.' },
    parameters: {
      type: 'object',
      description: 'Settings of the service; {name} is filled in from the announcement.',
    },
    output: { $ref: '#/$defs/links', description: 'Where results go: a step, several, or by channel.' },
    error: {
      anyOf: [{ $ref: '#/$defs/links' }, { type: 'null' }],
      description: 'Where a failure goes, as {error, payload}, after the last attempt.',
    },
    'transport-delay': seconds('Wait before a message to this step is delivered.', 0),
    retry,
    timeout: seconds('How long one attempt may take.'),
    budget: seconds(
      'By when, counted from the announcement, the step should have finished. Later it is marked over budget, and goes on.',
    ),
    join,
    group: {
      anyOf: [field, { const: true }],
      description: 'Keeps messages in order that have the same value in this field, or (true) all of a run.',
    },
    when: {
      description: 'Conditions by field of the payload, or on the payload itself; when not met, the branch ends.',
    },
    exchange: { description: 'For other systems; not used.' },
    wrapper: { type: 'object', description: 'For a wrapped program: {task_information}.' },
    job_parameters: { type: 'object', description: 'For a wrapped program.' },
    comment: { description: 'For readers.' },
  };
}

function check(service: DescribedService, index: number): JsonObject {
  return {
    if: { required: ['queue'], properties: { queue: { const: service.queue } } },
    then: { $ref: `#/$defs/${definitionName(service, index)}` },
  };
}

function seconds(description: string, minimum?: number): JsonObject {
  const bound: JsonObject = minimum === undefined ? { exclusiveMinimum: 0 } : { minimum };
  return { anyOf: [{ type: 'number', ...bound }, numberText, placeholder], description: `${description} In seconds.` };
}

const count: JsonObject = { anyOf: [{ type: 'integer', minimum: 1 }, numberText, placeholder] };

const field: JsonObject = {
  type: 'string',
  pattern: '^[^.\\[\\]]+(\\[[^\\]]+\\])*$',
  description: 'name or name[key]',
};

const retry: JsonObject = {
  type: 'object',
  description: 'How often a failed attempt is repeated; what is not said, the service decides.',
  properties: {
    attempts: { ...count, description: 'Attempts in all, the first included.' },
    delay: seconds('Wait after the first attempt.', 0),
    factor: {
      anyOf: [{ type: 'number', minimum: 0 }, numberText, placeholder],
      description: 'By which each wait is longer.',
    },
    maxDelay: seconds('Longest wait.', 0),
  },
  additionalProperties: false,
};

const join: JsonObject = {
  type: 'object',
  description: 'Waits for several messages of a run and handles them together.',
  required: ['count'],
  properties: {
    count: { ...count, description: 'How many messages make it complete.' },
    timeout: seconds('How long to wait from the first message on; then what is there goes over the error links.'),
    by: { ...field, description: 'The field of the payload that tells the joins of one run apart.' },
    order: { ...field, description: 'The field of the payload by which the messages are put in order.' },
  },
  additionalProperties: false,
};

function definition(service: DescribedService, index: number): [string, JsonObject] {
  const { name, description, parameters, channels } = service;
  return [
    definitionName(service, index),
    {
      title: name,
      description,
      properties: {
        // One that is no schema would make the whole one none; the linter tells of it.
        parameters:
          new ParameterSchema(parameters).mistake === undefined
            ? withPlaceholders(embedded(parameters, `#/$defs/${definitionName(service, index)}/properties/parameters`))
            : { type: 'object' },
        output: { type: ['integer', 'array', 'object'], ...outputs(channels) },
      },
    },
  ];
}

/** The channels by name; one declared as `select-n` stands for `select-1`, `select-2` and so on. */
function outputs(channels: DescribedService['channels']): JsonObject {
  const described = Object.entries(channels).map(([channel, meaning]): [string, JsonObject] => [
    channel,
    { $ref: '#/$defs/targets', description: meaning },
  ]);
  const isNumbered = ([channel]: readonly [string, JsonObject]): boolean => channel.endsWith('-n');
  const numbered = described
    .filter(isNumbered)
    .map(([channel, schema]) => [`^${channel.slice(0, -1)}[1-9][0-9]*$`, schema]);
  return {
    properties: Object.fromEntries(described.filter((each) => !isNumbered(each))),
    patternProperties: Object.fromEntries([...numbered, ['\\{.+\\}', { $ref: '#/$defs/targets' }]]) as JsonObject,
    ...(described.length === 0 ? {} : { additionalProperties: false }),
  };
}

/** Names may hold what a JSON pointer cannot. */
function definitionName({ name }: DescribedService, index: number): string {
  return `${name.replace(/[^\w-]+/g, '-')}-${index + 1}`;
}

/** A schema of its own as a part of this one: what it refers to in itself stands below `root` now. */
function embedded(schema: JsonObject, root: string): JsonObject {
  const { $schema: _dialect, $id: _id, ...rest } = schema;
  return referring(rest, root) as JsonObject;
}

function referring(value: Json, root: string): Json {
  if (Array.isArray(value)) return value.map((inner: Json) => referring(inner, root));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    key === '$ref' && typeof inner === 'string' && inner.startsWith('#')
      ? root + inner.slice(1)
      : referring(inner, root),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

/** Before substitution any value may be a placeholder, and so may its parts, and names of parameters. */
function withPlaceholders(parameters: JsonObject): JsonObject {
  const { properties, patternProperties } = parameters;
  if (!isObject(properties)) return parameters;
  return {
    ...parameters,
    properties: eachOrPlaceholder(properties),
    patternProperties: { ...(isObject(patternProperties) ? patternProperties : {}), '\\{.+\\}': true },
  };
}

function eachOrPlaceholder(schemas: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, orPlaceholder(schema)]));
}

function orPlaceholder(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const { items, prefixItems, properties, description, ...rest } = schema;
  const inner: JsonObject = {
    ...rest,
    ...(items === undefined ? {} : { items: orPlaceholder(items) }),
    ...(Array.isArray(prefixItems) ? { prefixItems: prefixItems.map((item: Json) => orPlaceholder(item)) } : {}),
    ...(isObject(properties) ? { properties: eachOrPlaceholder(properties) } : {}),
  };
  // Outside of the alternatives, where editors look for it.
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [inner, ...asText(inner['type']), placeholder],
  };
}

/** The texts that a service reads as what it wants. */
function asText(type: Json | undefined): readonly JsonObject[] {
  if (type === 'number' || type === 'integer') return [numberText];
  return type === 'boolean' ? [booleanText] : [];
}

/** The keys of a step that mean something to Baton or to Zocalo; any other is kept, too. */
export const stepKeys: readonly string[] = Object.keys(stepProperties([]));
