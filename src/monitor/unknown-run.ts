import type { BatonError } from '../core/errors.ts';
import type { Queries } from '../ledger/queries.ts';
import { noSuchRun } from './errors.ts';

/** What is answered where the ledger has no such run: it never had, or has no more. */
export function unknownRun(queries: Pick<Queries, 'removed'>, run: string): BatonError {
  return noSuchRun({ run: run.slice(0, 200), removed: queries.removed(run)?.time });
}
