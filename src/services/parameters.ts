import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { copyOf, isObject, type Json, type JsonObject } from '../core/json.ts';

/** Reads a step's parameters by the service's schema: defaults filled in, text taken for numbers and booleans where wanted. */
export class ParameterReader {
  readonly #validate: ValidateFunction;
  readonly #booleans: readonly string[];

  constructor(schema: JsonObject) {
    const ajv = new Ajv({ coerceTypes: true, useDefaults: true, allErrors: true, strict: false });
    addFormats.default(ajv);
    this.#validate = ajv.compile(schema);
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    this.#booleans = Object.keys(properties).filter((name) => typeOf(properties[name]) === 'boolean');
  }

  /** The parameters, or a sentence that says which are wrong and how. The input is not changed. */
  read(
    parameters: JsonObject,
  ): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string } {
    const value = { ...copyOf(parameters), ...this.#pythonBooleans(parameters) };
    if (this.#validate(value)) return { ok: true, value };
    return { ok: false, reason: (this.#validate.errors ?? []).map((error) => sentence(error, parameters)).join('; ') };
  }

  /** Python substitutes `True` and `False`. */
  #pythonBooleans(parameters: JsonObject): JsonObject {
    const written = this.#booleans.filter((name) => parameters[name] === 'True' || parameters[name] === 'False');
    return Object.fromEntries(written.map((name) => [name, parameters[name] === 'True']));
  }
}

function typeOf(property: Json | undefined): Json | undefined {
  return isObject(property) ? property['type'] : undefined;
}

function sentence(error: ErrorObject, parameters: JsonObject): string {
  const name = error.instancePath.slice(1).replaceAll('/', '.');
  const found = name === '' ? undefined : parameters[name];
  const where = name === '' ? 'The parameters' : `Parameter ${name}`;
  return `${where} ${error.message ?? 'are wrong'}${found === undefined ? '' : `, found ${JSON.stringify(found).slice(0, 80)}`}`;
}
