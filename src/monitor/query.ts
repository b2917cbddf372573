import { Ajv, type ErrorObject } from 'ajv';
import { didYouMean } from '../core/nearest.ts';
import { badQuery } from './errors.ts';

/** Makes the reader of a route's query: it returns the parameters as the schemas have them, or throws `monitor.bad-query`. */
export function queryReader(properties: Readonly<Record<string, object>>): (query: unknown) => unknown {
  const ajv = new Ajv({ coerceTypes: true, useDefaults: true, verbose: true });
  const validate = ajv.compile({ type: 'object', additionalProperties: false, properties });
  return (query) => {
    const given: unknown = { ...(query as object) };
    if (validate(given)) return given;
    throw badQuery({ reason: sentence(validate.errors?.[0], Object.keys(properties)) });
  };
}

function sentence(error: ErrorObject | undefined, known: readonly string[]): string {
  if (error?.keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    const there = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
    return `there is no parameter ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, known)}; ${there}`;
  }
  const name = error?.instancePath.slice(1) ?? '';
  if (Array.isArray(error?.data)) return `${name} is given ${String(error.data.length)} times, expected once`;
  const allowed = error?.keyword === 'enum' ? (error.params['allowedValues'] as string[]) : [];
  const values = allowed.length === 0 ? '' : `: ${allowed.join(', ')}`;
  const meant = typeof error?.data === 'string' ? didYouMean(error.data, allowed) : '';
  return `${name} ${error?.message ?? 'is wrong'}${values}, got ${JSON.stringify(error?.data).slice(0, 100)}${meant}`;
}
