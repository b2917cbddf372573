import type { ReactElement, ReactNode } from 'react';
import type { Shape } from '../words/states.ts';

/** The shapes in a square of sixteen units, as lines without a colour: for pictures that are drawn already. */
export const markShapes: Readonly<Record<Shape, ReactNode>> = {
  check: <path d="M3 8.5 6.5 12 13 4.5" />,
  cross: <path d="m4 4 8 8m0-8-8 8" />,
  triangle: (
    <>
      <path d="M8 2.2 14.6 13.6H1.4Z" strokeLinejoin="round" />
      <path d="M8 6.6v3.2m0 1.7v.1" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 7.4v3.8m0-6.4v.1" />
    </>
  ),
  dot: <circle cx="8" cy="8" r="4.5" fill="currentColor" />,
  ring: <circle cx="8" cy="8" r="4.5" />,
  slash: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m4.2 11.8 7.6-7.6" />
    </>
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.6V8l2.3 1.7" />
    </>
  ),
};

/** The shape of a state, drawn in the colour of the text around it. It says nothing to a screen reader: the word beside it does. */
export function Mark({ shape }: { readonly shape: Shape }): ReactElement {
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
      {markShapes[shape]}
    </svg>
  );
}
