import { isObject, type Json } from '../../src/core/json.ts';

/** Something that was told of a program. */
export interface Told {
  readonly run: string;
  readonly channel: string;
  /** Of the message that told it. */
  readonly key: string;
  readonly kind: string;
  /** Of an update: which. */
  readonly n: number;
  /** `success`, or the code of a failure; empty where it tells of no end. */
  readonly end: string;
}

/** What a message says of its program. */
export function toldOf(payload: Json): Pick<Told, 'kind' | 'n' | 'end'> {
  const { kind, n, error, outcome } = isObject(payload) ? payload : {};
  const code = isObject(error) ? error['code'] : undefined;
  return {
    kind: typeof kind === 'string' ? kind : '?',
    n: typeof n === 'number' ? n : 0,
    end: typeof code === 'string' ? code : typeof outcome === 'string' ? outcome : '',
  };
}
