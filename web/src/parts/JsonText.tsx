import type { ReactElement } from 'react';
import type { Json } from '../server/types.ts';
import { pretty } from '../words/pretty.ts';
import './facts.css';

/** JSON to read and to copy. */
export function JsonText({ value, label }: { readonly value: Json; readonly label: string }): ReactElement {
  return (
    <pre className="json" tabIndex={0} role="group" aria-label={label}>
      {pretty(value)}
    </pre>
  );
}
