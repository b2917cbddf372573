import type { JsonObject } from '../core/json.ts';

/** An object with no other keys. */
export function closed(properties: JsonObject): JsonObject {
  return { type: 'object', properties, additionalProperties: false };
}

export const port: JsonObject = { type: 'integer', minimum: 0, maximum: 65535 };
