import type { Layout, Place, Route } from './layout.ts';

/** The measures of a step's box, in units of the drawing. */
export const box = { width: 184, height: 56 } as const;

/** A point of the drawing; for a box its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Arrow {
  readonly key: string;
  readonly from: number;
  readonly error: boolean;
  readonly path: string;
  readonly label: string;
  /** Where the label stands: its middle. */
  readonly labelAt: Point;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** How much smaller it has to be drawn to fit, 1 at most. */
  readonly scale: number;
  readonly boxes: ReadonlyMap<number, Point>;
  readonly arrows: readonly Arrow[];
}

const margin = 12;
const alongGap = { right: 76, down: 40 } as const;
const acrossGap = { right: 22, down: 18 } as const;
/** How far beside the middle of a box error links begin and end: two links between the same steps are two lines. */
const port = 14;

/** Smaller than this, text cannot be read: then the picture is scrolled instead. */
const smallest = 0.7;
/** People read from left to right: that way is taken unless the picture would become smaller than this. */
const smallRightwards = 0.85;

/** A layout in a frame of some width: from left to right where that fits, else whichever way fits better. */
export function drawingOf(layout: Layout, width: number): Drawing {
  const rightwards = draw(layout, width, true);
  if (rightwards.scale >= smallRightwards) return rightwards;
  const downwards = draw(layout, width, false);
  return downwards.width < rightwards.width ? downwards : rightwards;
}

function draw(layout: Layout, frame: number, right: boolean): Drawing {
  const centre = right ? centreRightwards : centreDownwards;
  const far = centre({ layer: layout.layers - 1, across: layout.breadth });
  const [width, height] = [far.x + box.width / 2 + margin, far.y + box.height / 2 + margin];
  const corner = (place: Place): Point => {
    const { x, y } = centre(place);
    return { x: x - box.width / 2, y: y - box.height / 2 };
  };
  return {
    width,
    height,
    scale: Math.max(smallest, Math.min(1, frame / width)),
    boxes: new Map([...layout.steps].map(([id, place]) => [id, corner(place)])),
    arrows: layout.routes.map((route) => arrow(route, centre, right)),
  };
}

type Centre = (place: Place) => Point;

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
  const half = right ? { x: box.width / 2, y: 0 } : { x: 0, y: box.height / 2 };
  const beside = !link.error ? { x: 0, y: 0 } : right ? { x: 0, y: port } : { x: port, y: 0 };
  const points = places.map(centre).map(({ x, y }) => ({ x: x + beside.x, y: y + beside.y }));
  // A link passes a layer as straight as a box is long, so that it clears its neighbours; it begins and ends at the edges.
  const stops = points
    .flatMap(({ x, y }) => [
      { x: x - half.x, y: y - half.y },
      { x: x + half.x, y: y + half.y },
    ])
    .slice(1, -1);
  const [start = { x: 0, y: 0 }, next = start] = stops;
  return {
    key: `${link.from} ${link.to} ${link.error ? 'error' : 'output'}`,
    from: link.from,
    error: link.error,
    path: `M${start.x} ${start.y}${stops
      .slice(1)
      .map((to, index) => curve(stops[index] ?? start, to, right))
      .join('')}`,
    label: link.channels.join(', '),
    labelAt: { x: (start.x + next.x) / 2, y: (start.y + next.y) / 2 + (right && start.y === next.y ? -6 : 3) },
  };
}

function curve(from: Point, to: Point, right: boolean): string {
  if (right) {
    const middle = (from.x + to.x) / 2;
    return `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
  }
  const middle = (from.y + to.y) / 2;
  return `C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
}
