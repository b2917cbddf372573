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
  const place = error?.instancePath.slice(1) ?? '';
  if (error?.keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    const meant = place === '' ? didYouMean(name, known) : '';
    return `${place || 'it'} has an unknown key ${JSON.stringify(name.slice(0, 100))}${meant}`;
  }
  const allowed = error?.keyword === 'enum' ? `: ${(error.params['allowedValues'] as unknown[]).join(', ')}` : '';
  return `${place || 'it'} ${error?.message ?? 'is wrong'}${allowed}`;
}
