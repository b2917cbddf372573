import type { Layout, Place, Route } from './layout.ts';

/** The measures of a step's box, in CSS pixels. */
export const box = { width: 184, height: 56 } as const;

/** Where a box stands: its upper left corner. */
export interface BoxPlace {
  readonly x: number;
  readonly y: number;
}

export interface Arrow {
  readonly key: string;
  readonly path: string;
  readonly error: boolean;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<number, BoxPlace>;
  readonly arrows: readonly Arrow[];
}

const margin = 12;
const alongGap = { right: 72, down: 40 } as const;
const acrossGap = { right: 22, down: 18 } as const;

/** A layout in pixels: from left to right where that fits into the width, else from top to bottom. */
export function drawingOf(layout: Layout, width: number): Drawing {
  const right = margin * 2 + layout.layers * box.width + (layout.layers - 1) * alongGap.right <= width;
  const centre = right ? centreRightwards : centreDownwards;
  const far = centre({ layer: layout.layers - 1, across: layout.breadth });
  return {
    width: far.x + box.width / 2 + margin,
    height: far.y + box.height / 2 + margin,
    boxes: new Map(
      [...layout.steps].map(([id, place]) => {
        const { x, y } = centre(place);
        return [id, { x: x - box.width / 2, y: y - box.height / 2 }];
      }),
    ),
    arrows: layout.routes.map((route) => arrow(route, centre, right)),
  };
}

type Centre = (place: Place) => BoxPlace;

const centreRightwards: Centre = ({ layer, across }) => ({
  x: margin + box.width / 2 + layer * (box.width + alongGap.right),
  y: margin + box.height / 2 + across * (box.height + acrossGap.right),
});

const centreDownwards: Centre = ({ layer, across }) => ({
  x: margin + box.width / 2 + across * (box.width + acrossGap.down),
  y: margin + box.height / 2 + layer * (box.height + alongGap.down),
});

/** A link as a curve from the edge of its first box to the edge of its last, through the points where it passes layers. */
function arrow({ link, places }: Route, centre: Centre, right: boolean): Arrow {
  const points = places.map(centre);
  const half = right ? { x: box.width / 2, y: 0 } : { x: 0, y: box.height / 2 };
  const first = points[0] ?? { x: 0, y: 0 };
  const last = points.at(-1) ?? first;
  const start = { x: first.x + half.x, y: first.y + half.y };
  const end = { x: last.x - half.x - (right ? 3 : 0), y: last.y - half.y - (right ? 0 : 3) };
  // A link passes a layer as straight as a box is long, so that it clears its neighbours.
  const through = points.slice(1, -1).flatMap(({ x, y }) => [
    { x: x - half.x, y: y - half.y },
    { x: x + half.x, y: y + half.y },
  ]);
  const stops = [start, ...through, end];
  const curves = stops.slice(1).map((to, index) => curve(stops[index] ?? start, to, right));
  const next = stops[1] ?? end;
  return {
    key: `${link.from} ${link.to} ${link.error ? 'error' : 'output'}`,
    path: `M${start.x} ${start.y}${curves.join('')}`,
    error: link.error,
    label: link.channels.join(', '),
    x: (start.x + next.x) / 2,
    y: (start.y + next.y) / 2 - (right && start.y === next.y ? 5 : -3),
  };
}

function curve(from: BoxPlace, to: BoxPlace, right: boolean): string {
  if (right) {
    const middle = (from.x + to.x) / 2;
    return `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
  }
  const middle = (from.y + to.y) / 2;
  return `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
}
