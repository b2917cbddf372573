import type { ReactElement } from 'react';

/** Baton's sign. */
export function Sign(): ReactElement {
  return (
    <svg className="sign" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M7 25 22.5 9.5" />
      <circle cx="22.5" cy="9.5" r="4.2" />
    </svg>
  );
}
