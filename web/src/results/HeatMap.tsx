import {
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
} from 'react';
import { count, percent, plural } from '../words/figures.ts';
import { colourOf } from './colours.ts';
import { ColourBar } from './ColourBar.tsx';
import type { Cell, GridScan } from './gridScan.ts';
import { Overlay } from './Overlay.tsx';
import { axisTicks, frameOf } from './scale.ts';
import './heat-map.css';

/** Spots per position of a grid scan, with its centre, its region of half the maximum and its best image; each position can be read by pointer and by arrow keys. */
export function HeatMap({ scan }: { readonly scan: GridScan }): ReactElement {
  const [cursor, setCursor] = useState<Cell>();
  const readout = useId();
  const frame = frameOf(scan);
  const move = (event: KeyboardEvent): void => {
    const next = moved(event.key, cursor ?? scan.best ?? { column: 0, row: 0 }, scan);
    if (next === undefined) return;
    event.preventDefault();
    setCursor(next);
  };
  const point = (event: PointerEvent<HTMLElement>): void => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const part = (at: number, from: number, length: number, cells: number): number =>
      Math.min(cells - 1, Math.max(0, Math.floor(((at - from) / length) * cells)));
    setCursor({
      column: part(event.clientX, bounds.left, bounds.width, scan.columns),
      row: part(event.clientY, bounds.top, bounds.height, scan.rows),
    });
  };

  return (
    <figure className="heat-map" style={{ maxWidth: `${frame.maxWidth}rem` }}>
      <div className="heat-map-plot">
        <Ticks cells={scan.rows} side="left" />
        <div
          className="heat-map-cells"
          role="application"
          aria-label={`Heat map of ${scan.columns} × ${scan.rows} positions. The arrow keys go from position to position.`}
          aria-describedby={readout}
          tabIndex={0}
          style={{ aspectRatio: String(frame.aspect) }}
          onKeyDown={move}
          onFocus={() => setCursor((before) => before ?? scan.best)}
          onBlur={() => setCursor(undefined)}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => setCursor(undefined)}
        >
          <Cells scan={scan} />
          <Overlay scan={scan} box={frame.box} cursor={cursor} />
        </div>
        <Ticks cells={scan.columns} side="bottom" />
        {scan.max > 0 && <ColourBar max={scan.max} at={cursor && spotsAt(scan, cursor)} />}
      </div>
      <figcaption>
        <p id={readout} className="heat-map-readout" aria-live="polite">
          {reading(scan, cursor ?? scan.best)}
        </p>
        {scan.max > 0 && (
          <ul className="heat-map-legend" aria-hidden="true">
            <li className="legend-centre">centre</li>
            <li className="legend-region">half maximum</li>
            <li className="legend-best">best image</li>
          </ul>
        )}
        {!frame.toScale && <p className="soft">Boxes are not drawn to scale.</p>}
      </figcaption>
    </figure>
  );
}

/** One canvas pixel a position; CSS makes it as large as there is room. */
function Cells({ scan }: { readonly scan: GridScan }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pixels = useMemo(() => {
    const colours = scan.counts.flat().flatMap((spots) => [...colourOf(scan.max === 0 ? 0 : spots / scan.max), 255]);
    return new ImageData(new Uint8ClampedArray(colours), scan.columns, scan.rows);
  }, [scan]);
  useEffect(() => canvas.current?.getContext('2d')?.putImageData(pixels, 0, 0), [pixels]);
  return <canvas ref={canvas} width={scan.columns} height={scan.rows} aria-hidden="true" />;
}

function Ticks({ cells, side }: { readonly cells: number; readonly side: 'left' | 'bottom' }): ReactElement {
  return (
    <div className={`ticks ticks-${side}`} aria-hidden="true">
      {axisTicks(cells).map((cell) => (
        <span key={cell} style={{ [side === 'left' ? 'top' : 'left']: `${((cell - 0.5) / cells) * 100}%` }}>
          {cell}
        </span>
      ))}
    </div>
  );
}

function moved(key: string, { column, row }: Cell, { columns, rows }: GridScan): Cell | undefined {
  switch (key) {
    case 'ArrowLeft':
      return { column: Math.max(0, column - 1), row };
    case 'ArrowRight':
      return { column: Math.min(columns - 1, column + 1), row };
    case 'ArrowUp':
      return { column, row: Math.max(0, row - 1) };
    case 'ArrowDown':
      return { column, row: Math.min(rows - 1, row + 1) };
    case 'Home':
      return { column: 0, row };
    case 'End':
      return { column: columns - 1, row };
    default:
      return undefined;
  }
}

function spotsAt(scan: GridScan, { column, row }: Cell): number {
  return scan.counts[row]?.[column] ?? 0;
}

function reading(scan: GridScan, cell: Cell | undefined): string {
  if (cell === undefined || scan.max === 0) return `${plural(scan.columns * scan.rows, 'position')}, no spots`;
  const spots = spotsAt(scan, cell);
  const isBest = cell.column === scan.best?.column && cell.row === scan.best.row;
  const best = isBest ? (scan.bestImage === undefined ? ' · best' : ` · best image, no. ${count(scan.bestImage)}`) : '';
  return `column ${cell.column + 1}, row ${cell.row + 1}: ${plural(spots, 'spot')} (${percent(spots / scan.max)})${best}`;
}
