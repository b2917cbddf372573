import { useMemo, type ReactElement } from 'react';
import type { Cell, GridScan, Point } from './gridScan.ts';
import { halfMaximum, outline } from './region.ts';

interface OverlayProps {
  readonly scan: GridScan;
  /** The shape of one box, in any unit. */
  readonly box: Point;
  readonly cursor: Cell | undefined;
}

/** What lies over the colours: the region of half the maximum, the best image, the centre, and the reader's place. Each line has a dark one under it, so that it is seen on every colour. */
export function Overlay({ scan, box, cursor }: OverlayProps): ReactElement {
  const lines = useMemo(() => {
    const { region, islands } = halfMaximum(scan);
    return { region: outline(region), islands: outline(islands) };
  }, [scan]);
  return (
    <svg viewBox={`0 0 ${scan.columns * box.x} ${scan.rows * box.y}`} preserveAspectRatio="none" aria-hidden="true">
      <g transform={`scale(${box.x} ${box.y})`}>
        <Line className="half-maximum" path={lines.region} />
        <Line className="half-maximum islands" path={lines.islands} />
        {scan.best !== undefined && scan.max > 0 && <Line className="best" path={corners(scan.best)} />}
        {scan.centre !== undefined && <Line className="centre" path={cross(scan.centre, box)} />}
        {cursor !== undefined && <rect className="cursor" x={cursor.column} y={cursor.row} width="1" height="1" />}
      </g>
    </svg>
  );
}

function Line({ className, path }: { readonly className: string; readonly path: string }): ReactElement {
  return (
    <g className={className}>
      <path className="under" d={path} />
      <path d={path} />
    </g>
  );
}

/** The four corners of a box. */
function corners({ column, row }: Cell): string {
  const [left, top, right, bottom, arm] = [column + 0.08, row + 0.08, column + 0.92, row + 0.92, 0.24];
  return [
    `M${left} ${top + arm}V${top}H${left + arm}`,
    `M${right - arm} ${top}H${right}V${top + arm}`,
    `M${right} ${bottom - arm}V${bottom}H${right - arm}`,
    `M${left + arm} ${bottom}H${left}V${bottom - arm}`,
  ].join('');
}

/** A cross with a gap in its middle and a ring around it, round on the screen whatever the shape of a box. */
function cross({ x, y }: Point, box: Point): string {
  const size = Math.min(box.x, box.y);
  const [rx, ry] = [(0.42 * size) / box.x, (0.42 * size) / box.y];
  const arms = [
    `M${x - 2.4 * rx} ${y}H${x - 0.35 * rx}`,
    `M${x + 0.35 * rx} ${y}H${x + 2.4 * rx}`,
    `M${x} ${y - 2.4 * ry}V${y - 0.35 * ry}`,
    `M${x} ${y + 0.35 * ry}V${y + 2.4 * ry}`,
  ];
  return `${arms.join('')}M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`;
}
