import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { JsonObject } from '../core/json.ts';

/** Reads a step's parameters by the service's schema: defaults filled in, text taken for numbers and booleans where wanted. */
export class ParameterReader {
  readonly #validate: ValidateFunction;

  constructor(schema: JsonObject) {
    const ajv = new Ajv({ coerceTypes: true, useDefaults: true, allErrors: true, strict: false });
    addFormats.default(ajv);
    this.#validate = ajv.compile(schema);
  }

  /** The parameters, or a sentence that says which are wrong and how. The input is not changed. */
  read(
    parameters: JsonObject,
  ): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string } {
    const value: unknown = structuredClone(parameters);
    if (this.#validate(value)) return { ok: true, value };
    return { ok: false, reason: (this.#validate.errors ?? []).map((error) => sentence(error, parameters)).join('; ') };
  }
}

function sentence(error: ErrorObject, parameters: JsonObject): string {
  const name = error.instancePath.slice(1).replaceAll('/', '.');
  const found = name === '' ? undefined : parameters[name];
  const where = name === '' ? 'The parameters' : `Parameter ${name}`;
  return `${where} ${error.message ?? 'are wrong'}${found === undefined ? '' : `, found ${JSON.stringify(found).slice(0, 80)}`}`;
}
