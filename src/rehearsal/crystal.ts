/** A crystal in a grid scan: an ellipse, in boxes from the corner of the grid. */
export interface Crystal {
  readonly centre: readonly [x: number, y: number];
  /** Half its length and half its width. */
  readonly radii: readonly [number, number];
  /** Radians, from the x axis. */
  readonly angle: number;
}

/** Points per side at which a box is probed. */
const probes = 12;

/** How much of a box (column x, row y) the crystal covers, 0 to 1. */
export function coverage({ centre, radii, angle }: Crystal, x: number, y: number): number {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let inside = 0;
  for (let row = 0; row < probes; row += 1) {
    for (let column = 0; column < probes; column += 1) {
      const dx = x + (column + 0.5) / probes - centre[0];
      const dy = y + (row + 0.5) / probes - centre[1];
      const along = (dx * cos + dy * sin) / radii[0];
      const across = (dy * cos - dx * sin) / radii[1];
      if (along * along + across * across <= 1) inside += 1;
    }
  }
  return inside / probes ** 2;
}

/**
 * A crystal somewhere inside a grid of columns and rows, about a third of it long, turned by some angle. It lies so that
 * the boxes it covers tell its place: the edges of some crystals fall on half-covered boxes at one end only, and no
 * program that looks at boxes can place those to half a box.
 */
export function randomCrystal(columns: number, rows: number, random: () => number): Crystal {
  let crystal = anyCrystal(columns, rows, random);
  for (let tries = 0; tries < mostTries && !isPlain(crystal, columns, rows); tries += 1) {
    crystal = anyCrystal(columns, rows, random);
  }
  return crystal;
}

/** On the worst grid (2 × 2) more than every second crystal is plain. */
const mostTries = 200;

function anyCrystal(columns: number, rows: number, random: () => number): Crystal {
  const largest = (size: number): number => Math.max(0.6, size / 6);
  const radii = [largest(columns) * (0.8 + 0.4 * random()), largest(rows) * (0.8 + 0.4 * random())] as const;
  // Turned, it must still lie inside: the long radius decides how near to the border its centre may be.
  const reach = Math.max(...radii);
  const within = (size: number): number => {
    const margin = Math.min(reach, size / 2);
    return margin + (size - 2 * margin) * random();
  };
  return { centre: [within(columns), within(rows)], radii, angle: Math.PI * random() };
}

/** True when the boxes that are covered about half as much as the best one, or more, lie around its centre, wherever the line is drawn. */
function isPlain(crystal: Crystal, columns: number, rows: number): boolean {
  const boxes = Array.from({ length: columns * rows }, (_, index) => {
    const [x, y] = [index % columns, Math.floor(index / columns)];
    return { x, y, covered: coverage(crystal, x, y) };
  });
  const most = Math.max(...boxes.map(({ covered }) => covered));
  return [0.36, 0.43, 0.5, 0.57, 0.64].every((share) => {
    const inside = boxes.filter(({ covered }) => covered >= share * most);
    const off = (axis: 'x' | 'y', centre: number): number =>
      Math.abs(inside.reduce((sum, box) => sum + box[axis] + 0.5, 0) / inside.length - centre);
    return off('x', crystal.centre[0]) < 0.3 && off('y', crystal.centre[1]) < 0.3;
  });
}
