import picocolors from 'picocolors';

/** Colours, on a terminal only: what a program or a log reads has none, also where `CI` is set. NO_COLOR and FORCE_COLOR are heeded. */
export const colours = picocolors.createColors(
  picocolors.isColorSupported && (process.stdout.isTTY || process.env['FORCE_COLOR'] !== undefined),
);
