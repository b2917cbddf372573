import type { Geometry, Mask } from '../detectors/frame.ts';
import { poisson, randomFrom } from './random.ts';

/** The detector of a rehearsal: its pixels, its gaps between modules, and where it stands. */
export interface Detector {
  readonly width: number;
  readonly height: number;
  readonly geometry: Geometry;
  readonly mask: Mask;
}

/** Pixels of an EIGER module, and of the gap to the next. */
const module = { width: 1030, height: 514, gapX: 10, gapY: 37 };

/** A detector of that many pixels, with the module gaps of an EIGER, 200 mm behind the sample. */
export function simulatedDetector(width: number, height: number): Detector {
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const isRowGap = y % (module.height + module.gapY) >= module.height;
    for (let x = 0; x < width; x += 1) {
      if (isRowGap || x % (module.width + module.gapX) >= module.width) mask[y * width + x] = 1;
    }
  }
  const geometry: Geometry = {
    pixelSize: [0.075, 0.075],
    distance: 200,
    beamCentre: [width / 2, height / 2],
    wavelength: 0.9763,
  };
  return { width, height, geometry, mask };
}

/** A Bragg spot of a crystal: where it falls on the detector, and how it looks when the beam meets the crystal. */
export interface BraggSpot {
  /** In pixels from the top left corner. */
  readonly x: number;
  readonly y: number;
  /** Its width, as the standard deviation of a Gaussian. */
  readonly sigma: number;
  /** Counts in its middle. */
  readonly peak: number;
}

/**
 * The spots of one crystal, at most so many: in the inner part of the detector more often than at its edge, of realistic
 * size and strength, and each by itself, off the gaps. A small detector has room for fewer.
 */
export function braggSpots({ width, height, mask }: Detector, most: number, random: () => number): BraggSpot[] {
  const spots: BraggSpot[] = [];
  for (let tries = 0; tries < 50 * most && spots.length < most; tries += 1) {
    const radius = (0.06 + 0.42 * Math.sqrt(random())) * Math.min(width, height);
    const angle = 2 * Math.PI * random();
    const [x, y] = [width / 2 + radius * Math.cos(angle), height / 2 + radius * Math.sin(angle)];
    const spot = { x, y, sigma: 0.9 + 0.4 * random(), peak: 40 + 160 * random() };
    const isAlone = spots.every((other) => Math.max(Math.abs(other.x - x), Math.abs(other.y - y)) > 3 * reach);
    if (isAlone && pixelsAround(spot, width).every((pixel) => mask[pixel] === 0)) spots.push(spot);
  }
  return spots;
}

/** Different backgrounds that a scan alternates between, each also turned around: making a new one for every frame would be too slow. */
const backgrounds = 3;
/** Counts a pixel in the middle of the detector, and far out. */
const scattering = { middle: 2.5, outside: 0.2 };

/** Makes the images of one scan: background that falls with resolution, and Bragg spots. */
export class ImageMaker {
  readonly #detector: Detector;
  readonly #random: () => number;
  readonly #backgrounds: readonly Uint16Array[];
  readonly #image: Uint16Array;

  constructor(detector: Detector, seed: number) {
    this.#detector = detector;
    this.#random = randomFrom(seed);
    const made = Array.from({ length: backgrounds }, () => background(detector, this.#random));
    this.#backgrounds = made.flatMap((image) => [image, image.toReversed()]);
    this.#image = new Uint16Array(detector.width * detector.height);
  }

  /** The image of a frame with those spots. It is overwritten by the next call. */
  image(spots: readonly BraggSpot[]): Uint16Array {
    const { width, mask } = this.#detector;
    const chosen = this.#backgrounds[Math.floor(this.#random() * this.#backgrounds.length)];
    if (chosen) this.#image.set(chosen);
    for (const spot of spots) this.#add(spot, width);
    for (let pixel = 0; pixel < mask.length; pixel += 1) if (mask[pixel] === 1) this.#image[pixel] = noValue;
    return this.#image;
  }

  #add(spot: BraggSpot, width: number): void {
    for (const pixel of pixelsAround(spot, width)) {
      const distance = ((pixel % width) + 0.5 - spot.x) ** 2 + (Math.floor(pixel / width) + 0.5 - spot.y) ** 2;
      const mean = spot.peak * Math.exp(-distance / (2 * spot.sigma ** 2));
      this.#image[pixel] = (this.#image[pixel] ?? 0) + poisson(mean, this.#random);
    }
  }
}

function pixelsAround({ x, y }: BraggSpot, width: number): number[] {
  const side = 2 * reach + 1;
  const corner = (Math.floor(y) - reach) * width + Math.floor(x) - reach;
  return Array.from({ length: side * side }, (_, at) => corner + Math.floor(at / side) * width + (at % side));
}

/** Pixels around the middle of a spot that it reaches: its place is inside the detector by more than that. */
const reach = 4;
/** What an EIGER writes where it has no value. */
const noValue = 65_535;

function background({ width, height }: Detector, random: () => number): Uint16Array {
  const image = new Uint16Array(width * height);
  const scale = Math.min(width, height) / 2;
  // Means in steps: a table of many draws each is fast, and as good as drawing for every pixel anew.
  const tables = Array.from({ length: 64 }, (_, step) => draws(meanAt(step / 32), random));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const distance = Math.hypot(x - width / 2, y - height / 2) / scale;
      const table = tables[Math.min(63, Math.floor(distance * 32))];
      if (table) image[y * width + x] = table[Math.floor(random() * table.length)] ?? 0;
    }
  }
  return image;
}

/** The expected counts at a distance from the middle, where 1 is the edge. */
function meanAt(distance: number): number {
  return scattering.outside + (scattering.middle - scattering.outside) * Math.exp(-3 * distance * distance);
}

function draws(mean: number, random: () => number): Uint16Array {
  return Uint16Array.from({ length: 4096 }, () => poisson(mean, random));
}
