import { Ajv2020 } from 'ajv/dist/2020.js';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';

/** What is wrong with the value, where fields that are not described are wrong, too. */
export function problemsOf(document: JsonObject, schema: JsonObject, value: unknown): readonly string[] {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, keywords: ['components'] });
  const closed = closedOf({ ...schema, components: document['components'] ?? {} });
  const validate = ajv.compile(closed as JsonObject);
  validate(value);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

/** The schema, in which objects have no fields but those described. */
function closedOf(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => closedOf(item));
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closedOf(each)]));
  return isObject(value['properties']) ? { unevaluatedProperties: false, ...inner } : inner;
}
