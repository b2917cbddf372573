import type { ReactElement } from 'react';
import { count } from '../words/figures.ts';
import { colourOf } from './colours.ts';

const steps = Array.from({ length: 32 }, (_, index) => 1 - (index + 0.5) / 32);

/** What the colours mean: from no spots at the bottom to the maximum at the top; a pointer shows the value under the cursor. */
export function ColourBar({ max, at }: { readonly max: number; readonly at: number | undefined }): ReactElement {
  return (
    <div className="colour-bar" aria-hidden="true">
      <div className="colour-bar-colours">
        {steps.map((fraction) => (
          <div key={fraction} style={{ background: `rgb(${colourOf(fraction).join(' ')})` }} />
        ))}
        {at !== undefined && <div className="colour-bar-at" style={{ bottom: `${(at / max) * 100}%` }} />}
      </div>
      <div className="colour-bar-values">
        <span>{count(max)}</span>
        {max > 1 && <span>{count(max / 2)}</span>}
        <span>0</span>
      </div>
    </div>
  );
}
