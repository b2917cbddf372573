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

/** A crystal somewhere inside a grid of columns and rows, about a third of it long, turned by some angle. */
export function randomCrystal(columns: number, rows: number, random: () => number): Crystal {
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
