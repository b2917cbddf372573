import { Ajv, type ErrorObject } from 'ajv';
import { didYouMean } from '../core/nearest.ts';
import { badQuery } from './errors.ts';

/** Makes the reader of a route's query: it returns the parameters as the schemas have them, or throws `monitor.bad-query`. */
export function queryReader<Query>(properties: Readonly<Record<string, object>>): (query: unknown) => Query {
  const ajv = new Ajv({ coerceTypes: true, useDefaults: true, verbose: true });
  const validate = ajv.compile<Query>({ type: 'object', additionalProperties: false, properties });
  return (query) => {
    const given: unknown = { ...(query as object) };
    if (validate(given)) return given;
    throw badQuery({ reason: sentence(validate.errors?.[0], Object.keys(properties)) });
  };
}

function sentence(error: ErrorObject | undefined, known: readonly string[]): string {
  if (error?.keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    return `there is no parameter ${JSON.stringify(name)}${didYouMean(name, known)}; there are ${known.join(', ')}`;
  }
  const name = error?.instancePath.slice(1) ?? '';
  const allowed = error?.keyword === 'enum' ? `: ${(error.params['allowedValues'] as string[]).join(', ')}` : '';
  return `${name} ${error?.message ?? 'is wrong'}${allowed}, got ${JSON.stringify(error?.data).slice(0, 100)}`;
}
