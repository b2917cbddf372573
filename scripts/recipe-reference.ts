import { format, resolveConfig } from 'prettier';
import { isObject, type Json, type JsonObject } from '../src/core/json.ts';
import { recipeSchema } from '../src/recipes/schema.ts';
import { builtinServices } from '../src/services/builtin/builtin.ts';
import { checkout } from './prepare.ts';

/** The text of docs/recipe-reference.md, from the JSON Schema of recipes and of the services that ship. */
export async function recipeReference(): Promise<string> {
  const schema = recipeSchema();
  const step = propertiesOf(objectAt(objectAt(schema, '$defs'), 'step'));
  const text = [
    preface,
    `## At the top\n\nSteps stand under their numbers, from 1; gaps are allowed. Beside them:\n\n${table(propertiesOf(schema))}`,
    `## A step\n\n${table(step)}\n\nAny other key is kept, and can be read by the service.`,
    ...['retry', 'join'].map((name) => `### ${name}\n\n${table(propertiesOf(objectAt(step, name)))}`),
    `## Services\n\n${builtinServices.map(service).join('\n\n')}`,
  ];
  return await format(text.join('\n\n'), { ...(await resolveConfig(checkout)), parser: 'markdown' });
}

const preface = `# Recipe reference

All keys of a recipe, and the parameters of the services that ship. [Recipes](recipes.md) explains what they do, and how an
[editor](recipes.md#in-an-editor) completes and checks them. In place of every value a placeholder may stand, as text:
\`"{name}"\`. This page is written by \`npm run docs\` from the schemas.`;

function service({ name, description, queue, parameters, channels }: (typeof builtinServices)[number]): string {
  const required = Array.isArray(parameters['required']) ? (parameters['required'] as Json[]) : [];
  return [
    `### ${name}\n\n${description}, queue \`${queue}\`.`,
    table(propertiesOf(parameters), required),
    [
      '| channel | carries |',
      '| --- | --- |',
      ...Object.entries(channels).map(([channel, meaning]) => `| \`${channel}\` | ${meaning} |`),
    ].join('\n'),
  ].join('\n\n');
}

function table(properties: JsonObject, required: readonly Json[] = []): string {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const { description = '', default: standard } = isObject(schema) ? schema : {};
    const absent = required.includes(name)
      ? '**required**'
      : standard === undefined
        ? ''
        : `\`${JSON.stringify(standard)}\``;
    return `| \`${name}\` | ${kindOf(schema)} | ${absent} | ${written(description)} |`;
  });
  return ['| key | value | where absent | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** What a value has to be, in a few words. */
function kindOf(schema: Json): string {
  if (!isObject(schema)) return '';
  const { type, enum: choices, anyOf, items, $ref: reference, const: fixed } = schema;
  if (typeof reference === 'string') return reference.endsWith('links') ? 'links' : 'step, or list of steps';
  if (fixed !== undefined) return `\`${JSON.stringify(fixed)}\``;
  if (Array.isArray(choices)) return choices.map((choice: Json) => `\`${JSON.stringify(choice)}\``).join(', ');
  // A placeholder may stand everywhere.
  if (Array.isArray(anyOf))
    return [...new Set((anyOf as Json[]).filter((each) => !isOtherForm(each)).map(kindOf))].join(', or ');
  const kind = [type ?? 'any']
    .flat()
    .map((each) => written(each))
    .filter((each) => each !== 'null')
    .join(', ');
  return `${kinds[kind] ?? kind}${isObject(items) && items['type'] === 'string' ? ' of texts' : ''}${bounds(schema)}`;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  array: 'list',
  boolean: '`true` or `false`',
};

function bounds({ minimum, maximum, exclusiveMinimum }: JsonObject): string {
  const low = minimum === undefined ? '' : `, at least ${written(minimum)}`;
  const above = exclusiveMinimum === undefined ? '' : `, above ${written(exclusiveMinimum)}`;
  return `${low}${above}${maximum === undefined ? '' : `, at most ${written(maximum)}`}`;
}

function written(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Placeholders, text that is read as what is wanted, and nothing: forms that may stand for any value, and need no mention. */
function isOtherForm(schema: Json): boolean {
  if (!isObject(schema) || schema['type'] === 'null') return isObject(schema);
  return schema['type'] === 'string' && schema['pattern'] !== undefined && schema['description'] === undefined;
}

function propertiesOf(schema: JsonObject): JsonObject {
  return objectAt(schema, 'properties');
}

function objectAt(holder: JsonObject, key: string): JsonObject {
  const value = holder[key];
  return isObject(value) ? value : {};
}
