import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { messageOf } from '../core/errors.ts';
import { copyOf, isObject, type Json, type JsonObject } from '../core/json.ts';
import { schemaProblem, type SchemaProblem } from './schema-problem.ts';
import { textsIn } from './lint/subject.ts';

/** The JSON Schema of a service's parameters, and how those of a step keep to it: as the service itself reads them. */
export class ParameterSchema {
  /** Why it is no schema, where its author made a mistake: then parameters cannot be held to it. */
  readonly mistake: string | undefined;
  readonly #validate: ValidateFunction | undefined;
  readonly #properties: JsonObject;
  readonly #isOpen: boolean;

  constructor(schema: JsonObject) {
    const ajv = new Ajv({ coerceTypes: true, useDefaults: true, allErrors: true, strict: false, verbose: true });
    addFormats.default(ajv);
    try {
      this.#validate = ajv.compile(schema);
    } catch (error) {
      this.mistake = messageOf(error);
    }
    const { properties = {}, additionalProperties, patternProperties } = schema;
    this.#properties = isObject(properties) ? properties : {};
    this.#isOpen = additionalProperties !== undefined || patternProperties !== undefined;
  }

  /** The names of the parameters. */
  get names(): readonly string[] {
    return Object.keys(this.#properties);
  }

  /** What keeps the service from taking these parameters. A placeholder may become anything. */
  problems(parameters: JsonObject): readonly SchemaProblem[] {
    const validate = this.#validate;
    if (!validate) return [];
    const { value, hasPlaceholders } = this.#asRead(parameters);
    if (validate(value)) return [];
    const errors = validate.errors ?? [];
    return errors.filter((error) => !hasPlaceholders || isCertain(error)).map(schemaProblem);
  }

  /** Parameters that the service does not know, and passes over. */
  unknown(parameters: JsonObject): readonly string[] {
    if (this.#isOpen) return [];
    return Object.keys(parameters).filter((name) => !Object.hasOwn(this.#properties, name) && !name.includes('{'));
  }

  /** A copy, for validation changes it. Python's substitution writes `True` and `False`. */
  #asRead(parameters: JsonObject): { readonly value: JsonObject; readonly hasPlaceholders: boolean } {
    const entries = Object.entries(parameters).map(([name, given]) => {
      const property = this.#properties[name];
      const isBoolean = isObject(property) && property['type'] === 'boolean';
      const read: Json = isBoolean && (given === 'True' || given === 'False') ? given === 'True' : copyOf(given);
      return [name, read];
    });
    const hasPlaceholders = [...textsIn(parameters)].some(([text]) => text.includes('{'));
    return { value: Object.fromEntries(entries) as JsonObject, hasPlaceholders };
  }
}

/** True for an error that no filled-in placeholder can heal. */
function isCertain({ keyword, data, schemaPath }: ErrorObject): boolean {
  if (/\/(?:anyOf|oneOf|not|if|then|else)(?:\/|$)/.test(schemaPath)) return false;
  if (keyword === 'required' || keyword === 'dependentRequired') {
    return !Object.keys(data as object).some((key) => key.includes('{'));
  }
  return ![...textsIn(data as JsonObject)].some(([text]) => text.includes('{'));
}
