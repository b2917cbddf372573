import { isList, isObject, type Json, type JsonObject } from '../../server/types.ts';
import type { Path } from './cursor.ts';

/** What may stand at a place: schemas, each with all that it refers to looked up. */
export type Schemas = readonly JsonObject[];

/** Looks places up in a JSON Schema: what of it says something about a place of a value. */
export class SchemaMap {
  readonly #root: JsonObject;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** What is said of the place at the path in this value. */
  at(path: Path, value: Json | undefined): Schemas {
    let schemas = this.#all([this.#root], value);
    let inner: Json | undefined = value;
    for (const key of path) {
      inner = childOf(inner, key);
      schemas = this.#all(
        schemas.flatMap((schema) => below(schema, key)),
        inner,
      );
    }
    return schemas;
  }

  /** The schemas themselves, and those that they bring with them for this value. */
  #all(schemas: readonly Json[], value: Json | undefined): Schemas {
    const found = new Set<JsonObject>();
    const open = [...schemas];
    for (const schema of open) {
      if (!isObject(schema) || found.has(schema)) continue;
      found.add(schema);
      const { $ref: ref, anyOf, oneOf, allOf, then } = schema;
      if (typeof ref === 'string') open.push(this.#lookUp(ref) ?? null);
      for (const list of [anyOf, oneOf, allOf]) if (isList(list)) open.push(...list);
      if (then !== undefined && holds(schema['if'], value)) open.push(then);
    }
    return [...found];
  }

  #lookUp(ref: string): Json | undefined {
    const keys = ref.split('/').slice(1);
    return keys.reduce<Json | undefined>(
      (value, key) => childOf(value, key.replaceAll('~1', '/').replaceAll('~0', '~')),
      this.#root,
    );
  }
}

/** What schemas say of a key or a value, for people. */
export function told(schemas: Schemas): string {
  const texts = schemas
    .map(({ description, title }) => description ?? title)
    .filter((text) => typeof text === 'string');
  return [...new Set(texts)].join(' ');
}

function childOf(value: Json | undefined, key: string | number): Json | undefined {
  if (isList(value)) return value[Number(key)];
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function below(schema: JsonObject, key: string | number): readonly Json[] {
  const { properties, patternProperties, additionalProperties, items, prefixItems } = schema;
  if (typeof key === 'number') {
    const own = isList(prefixItems) ? prefixItems[key] : undefined;
    return own !== undefined ? [own] : isObject(items) ? [items] : [];
  }
  const named = isObject(properties) && Object.hasOwn(properties, key) ? [properties[key] ?? null] : [];
  const fitting = Object.entries(isObject(patternProperties) ? patternProperties : {})
    .filter(([pattern]) => fits(pattern, key))
    .map(([, inner]) => inner);
  const others = named.length + fitting.length === 0 && isObject(additionalProperties) ? [additionalProperties] : [];
  return [...named, ...fitting, ...others];
}

function fits(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return false;
  }
}

/** The conditions that the schema of recipes is made with: that there is something, and that it is this. */
function holds(schema: Json | undefined, value: Json | undefined): boolean {
  if (!isObject(schema)) return false;
  const { const: wanted, required, properties } = schema;
  if (wanted !== undefined && wanted !== value) return false;
  if (isList(required) && !required.every((key) => childOf(value, typeof key === 'string' ? key : '') !== undefined))
    return false;
  return Object.entries(isObject(properties) ? properties : {}).every(([key, inner]) => {
    const child = childOf(value, key);
    return child === undefined || holds(inner, child);
  });
}
