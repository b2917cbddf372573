import { useId, useState, type KeyboardEvent, type ReactElement } from 'react';
import { count, percent, plural } from '../words/figures.ts';
import { colourOf } from './colours.ts';
import type { GridScan } from './gridScan.ts';
import { axisTicks } from './scale.ts';
import './heat-map.css';

/** A scan of a single row or column: a bar for each position, the line of half the maximum, and the centre. */
export function LineScan({ scan }: { readonly scan: GridScan }): ReactElement {
  const [cursor, setCursor] = useState<number>();
  const readout = useId();
  const along = scan.rows === 1 ? 'x' : 'y';
  const spots = scan.counts.flat();
  const best = spots.indexOf(scan.max);
  const centre = scan.centre?.[along];
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setCursor(Math.min(spots.length - 1, Math.max(0, (cursor ?? best) + step)));
  };
  const shown = cursor ?? best;
  return (
    <figure className="heat-map line-scan">
      <div className="heat-map-plot">
        <div className="line-values" aria-hidden="true">
          <span>{count(scan.max)}</span>
          <span>{scan.max > 1 ? count(scan.max / 2) : ''}</span>
          <span>0</span>
        </div>
        <div
          className="line-bars"
          role="application"
          aria-label={`Line of ${spots.length} positions. The arrow keys left and right go from position to position.`}
          aria-describedby={readout}
          tabIndex={0}
          onKeyDown={move}
          onFocus={() => setCursor((before) => before ?? best)}
          onBlur={() => setCursor(undefined)}
          onPointerLeave={() => setCursor(undefined)}
        >
          {spots.map((value, position) => {
            const fraction = scan.max === 0 ? 0 : value / scan.max;
            return (
              <div
                key={position}
                className="line-bar"
                data-here={position === cursor}
                onPointerEnter={() => setCursor(position)}
              >
                <div style={{ height: `${fraction * 100}%`, background: `rgb(${colourOf(fraction).join(' ')})` }} />
              </div>
            );
          })}
          {centre !== undefined && (
            <div className="line-centre" style={{ left: `${(centre / spots.length) * 100}%` }} />
          )}
        </div>
        <div className="ticks ticks-bottom" aria-hidden="true">
          {axisTicks(spots.length).map((cell) => (
            <span key={cell} style={{ left: `${((cell - 0.5) / spots.length) * 100}%` }}>
              {cell}
            </span>
          ))}
        </div>
      </div>
      <figcaption>
        <p id={readout} className="heat-map-readout" aria-live="polite">
          position {shown + 1}: {plural(spots[shown] ?? 0, 'spot')}
          {scan.max > 0 && ` (${percent((spots[shown] ?? 0) / scan.max)})`}
          {shown === best && scan.bestImage !== undefined && ` · best image, no. ${count(scan.bestImage)}`}
        </p>
        <ul className="heat-map-legend" aria-hidden="true">
          <li className="legend-centre">centre</li>
          <li className="legend-region">half maximum</li>
        </ul>
      </figcaption>
    </figure>
  );
}
