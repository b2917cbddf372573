import type { ReactElement } from 'react';
import type { RequestFailure } from '../server/request.ts';

/** What was asked for and did not come: what was wrong, and what to do. */
export function Failure({ failure }: { readonly failure: RequestFailure }): ReactElement {
  return (
    <div className="failure" role="alert">
      <strong>{failure.message}</strong>
      {failure.next}
    </div>
  );
}
