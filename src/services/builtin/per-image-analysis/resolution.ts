import type { Geometry, Mask } from '../../../detectors/frame.ts';
import type { Spot } from './spots.ts';

/** The resolution d (Å) at a place on the detector (pixels): Bragg's law with 2θ from the distance to the beam. */
export function resolutionAt(geometry: Geometry, x: number, y: number): number {
  const angle = Math.atan(Math.sqrt(radiusSquared(geometry, x, y)) / geometry.distance);
  return geometry.wavelength / (2 * Math.sin(angle / 2));
}

/**
 * How far the spots reach (Å): method 2 of Zhang, Sauter, van den Bedem, Snell & Deacon, J. Appl. Cryst. 39 (2006)
 * 112–119, section 2.4.4. The spots are counted in shells of equal volume in reciprocal space (about ten spots in each, 5
 * to 40 shells); the limit is where two shells in a row hold fewer than 15 % of the mean of the first two. Null below ten
 * spots, which show no fall.
 */
export function estimateResolution(spots: readonly Spot[], geometry: Geometry): number | null {
  if (spots.length < fewestSpots) return null;
  const volumes = spots.map(({ x, y }) => resolutionAt(geometry, x, y) ** -3).sort((a, b) => a - b);
  const first = volumes[0] ?? 0;
  const last = volumes.at(-1) ?? 0;
  const shells = Math.min(40, Math.max(5, Math.floor(spots.length / 10)));
  const thickness = (last - first) / shells;
  const counts = new Array<number>(shells).fill(0);
  for (const volume of volumes) {
    const shell = Math.min(shells - 1, Math.floor((volume - first) / thickness));
    counts[shell] = (counts[shell] ?? 0) + 1;
  }
  const few = 0.15 * (((counts[0] ?? 0) + (counts[1] ?? 0)) / 2);
  const end = counts.findIndex((count, shell) => count < few && (counts[shell + 1] ?? Infinity) < few);
  return (end < 0 ? last : first + end * thickness) ** (-1 / 3);
}

const fewestSpots = 10;

/** The mask with all pixels outside a range of resolution (Å) masked as well. */
export function maskResolution(
  width: number,
  height: number,
  mask: Mask | undefined,
  geometry: Geometry,
  range: { readonly d_min?: number; readonly d_max?: number },
): Mask {
  const nearest = range.d_max === undefined ? 0 : radiusOf(geometry, range.d_max) ** 2;
  const farthest = range.d_min === undefined ? Infinity : radiusOf(geometry, range.d_min) ** 2;
  const result = new Uint8Array(width * height);
  for (let y = 0, index = 0; y < height; y++) {
    for (let x = 0; x < width; x++, index++) {
      const radius = radiusSquared(geometry, x + 0.5, y + 0.5);
      if (radius < nearest || radius > farthest || mask?.[index]) result[index] = 1;
    }
  }
  return result;
}

/** mm² */
function radiusSquared({ beamCentre, pixelSize }: Geometry, x: number, y: number): number {
  return ((x - beamCentre[0]) * pixelSize[0]) ** 2 + ((y - beamCentre[1]) * pixelSize[1]) ** 2;
}

/** How far from the beam (mm) a resolution lies; infinitely far when it is scattered backwards, or not at all. */
function radiusOf({ distance, wavelength }: Geometry, d: number): number {
  const angle = 2 * Math.asin(wavelength / (2 * d));
  return angle < Math.PI / 2 ? distance * Math.tan(angle) : Infinity;
}
