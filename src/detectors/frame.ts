/** The numbers of a frame, row by row from the top left; signed where the detector marks bad pixels with negative values. */
export type Pixels = Uint8Array | Uint16Array | Uint32Array | Int16Array | Int32Array;

/** One frame as the detector recorded it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly pixels: Pixels;
  /** Values from here up are no counts: EIGER writes 2^bits - 1 where it has none. Infinity where there is no such value. */
  readonly limit: number;
}

/** Where a frame's pixels lie in space, for a flat detector that stands perpendicular to the beam. */
export interface Geometry {
  /** Width and height of a pixel, mm. */
  readonly pixelSize: readonly [number, number];
  /** From the sample to the detector, mm. */
  readonly distance: number;
  /** Where the beam meets the detector, in pixels from the top left corner of the first pixel (whose centre is 0.5, 0.5). */
  readonly beamCentre: readonly [number, number];
  /** Å. */
  readonly wavelength: number;
}

/** A one for each pixel of a frame that never counts, row by row. */
export type Mask = Uint8Array;

/** The frames of one data set, which may still be growing. */
export interface FrameSource extends AsyncDisposable {
  /** Undefined where the files do not say enough. */
  readonly geometry: Geometry | undefined;
  /** The detector's own mask; undefined where it has none. */
  mask(): Promise<Mask | undefined>;
  /** How many frames can be read by now; asks the files anew each time. */
  frameCount(): Promise<number>;
  /** The frame of that index (from 0). Throws `detectors.absent` while it is not there, `detectors.unreadable` when it is damaged. */
  read(index: number): Promise<Frame>;
}
