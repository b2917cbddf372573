/** How spots are found; named as they stand in a recipe. */
export interface AnalysisParameters {
  /** Side of the square window of pixels that each pixel is compared with; odd. */
  readonly window: number;
  /** By how many standard deviations the window must be more dispersed than background. */
  readonly sigma_background: number;
  /** By how many standard deviations a pixel must be above the mean of its window. */
  readonly sigma_strong: number;
  /** Strong pixels of the smallest and the largest spot. */
  readonly min_spot_size: number;
  readonly max_spot_size: number;
  /** Å; pixels at finer or coarser resolution never count. They need the geometry. */
  readonly d_min?: number;
  readonly d_max?: number;
}

/** DIALS' own, for detectors that count photons. */
export const defaultParameters: AnalysisParameters = {
  window: 7,
  sigma_background: 6,
  sigma_strong: 3,
  min_spot_size: 3,
  max_spot_size: 1000,
};
