import { Ajv, type ErrorObject } from 'ajv';
import { didYouMean } from '../core/nearest.ts';
import { badBody } from './errors.ts';
import { bodySchema } from './interface/openapi.ts';
import type { Parameters } from './interface/operation.ts';

/** Makes the reader of what is sent with a request; it throws `monitor.bad-body`. Nothing of what was sent is repeated: it may be a password. */
export function bodyReader<Body>(properties: Parameters): (body: unknown) => Body {
  const validate = new Ajv().compile<Body>(bodySchema(properties));
  return (body) => {
    if (validate(body)) return body;
    throw badBody({ reason: sentence(validate.errors?.[0], Object.keys(properties)) });
  };
}

function sentence(error: ErrorObject | undefined, known: readonly string[]): string {
  if (error?.keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    return `it has an unknown key ${JSON.stringify(name.slice(0, 100))}${didYouMean(name, known)}`;
  }
  return `${error?.instancePath.slice(1) || 'it'} ${error?.message ?? 'is wrong'}`;
}
