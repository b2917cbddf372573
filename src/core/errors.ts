import type { JsonObject } from './json.ts';

/** What an error of ours is made of: survives where a class does not, between processes and threads. */
export interface ErrorParts {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  readonly fields: JsonObject;
}

/** The one error class: built by a definition from its data, never from prose. `code` stands in docs/errors.md. */
export class BatonError extends Error {
  readonly code: string;
  readonly fields: JsonObject;
  /** What the reader should do about it. */
  readonly next: string;

  constructor(code: string, message: string, next: string, fields: JsonObject, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'BatonError';
    this.code = code;
    this.fields = fields;
    this.next = next;
  }

  /** The error that was taken apart. */
  static of({ code, message, next, fields }: ErrorParts): BatonError {
    return new BatonError(code, message, next, fields);
  }

  /** Takes the error apart. */
  parts(): ErrorParts {
    const { code, message, next, fields } = this;
    return { code, message, next, fields };
  }
}

/** One kind of error: call it with the error's data to build one; `is` recognises one. */
export interface ErrorDefinition<Fields> {
  (fields: Fields, options?: { readonly cause?: unknown }): BatonError;
  readonly code: string;
  /** What to do, as a sentence. */
  readonly next: string;
  is(error: unknown): error is BatonError;
}

/**
 * Defines a kind of error. The code is `folder.what`; the message says what, where and what was expected; `next` says
 * what to do. Definitions stand in the `errors.ts` of their folder, from which docs/errors.md is written.
 */
export function defineError<Fields extends object>(
  code: string,
  message: (fields: Fields) => string,
  next: string,
): ErrorDefinition<Fields> {
  const build = (fields: Fields, options?: { readonly cause?: unknown }): BatonError =>
    new BatonError(code, message(fields), next, { ...fields } as JsonObject, options);
  const is = (error: unknown): error is BatonError => error instanceof BatonError && error.code === code;
  return Object.assign(build, { code, next, is });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'Something was thrown that has no text.';
  }
}
