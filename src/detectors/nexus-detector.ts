import { unreadable } from './errors.ts';
import type { Geometry, Mask } from './frame.ts';
import type { Hdf5File } from './hdf5-file.ts';

const detector = '/entry/instrument/detector';

/** The geometry that a NeXus file states; undefined when a part of it is missing or makes no sense. */
export function nexusGeometry(file: Hdf5File): Geometry | undefined {
  const geometry: Geometry = {
    pixelSize: [millimetres(file, `${detector}/x_pixel_size`), millimetres(file, `${detector}/y_pixel_size`)],
    distance: millimetres(file, `${detector}/detector_distance`, `${detector}/distance`),
    beamCentre: [
      file.number(`${detector}/beam_center_x`) ?? Number.NaN,
      file.number(`${detector}/beam_center_y`) ?? Number.NaN,
    ],
    wavelength: wavelength(file),
  };
  const positive = [...geometry.pixelSize, geometry.distance, geometry.wavelength].every((value) => value > 0);
  return positive && geometry.beamCentre.every(Number.isFinite) ? geometry : undefined;
}

/** The detector's own mask: pixels that it marks for any reason never count. */
export function nexusMask(file: Hdf5File): Mask | undefined {
  for (const path of [`${detector}/pixel_mask`, `${detector}/detectorSpecific/pixel_mask`]) {
    const extent = file.extent(path);
    if (!extent?.integer || extent.shape.length !== 2) continue;
    const [height = 0, width = 0] = extent.shape;
    const bytes = new Uint8Array(width * height * extent.size);
    const failure = file.read(path, [0, 0], [height, width], bytes);
    if (failure !== undefined) throw unreadable({ file: `${file.path}:${path}`, expected: 'a mask', found: failure });
    return marked(bytes, extent.size);
  }
  return undefined;
}

/** A one for each value that is not zero, of so many bytes each. */
function marked(bytes: Uint8Array, size: number): Mask {
  const mask = new Uint8Array(bytes.length / size);
  for (let at = 0, pixel = 0; pixel < mask.length; pixel++) {
    let any = 0;
    for (let byte = 0; byte < size; byte++) any |= bytes[at++] as number;
    if (any !== 0) mask[pixel] = 1;
  }
  return mask;
}

/** How many bits of a pixel the detector filled: with fewer than are stored, all ones of those mark what is no count. */
export function nexusBits(file: Hdf5File): number | undefined {
  const bits = file.number(`${detector}/bit_depth_image`) ?? file.number(`${detector}/bit_depth_readout`);
  return bits !== undefined && bits > 0 ? bits : undefined;
}

function millimetres(file: Hdf5File, ...paths: readonly string[]): number {
  const units: Readonly<Record<string, number>> = { m: 1000, cm: 10, mm: 1, um: 1e-3, µm: 1e-3, micron: 1e-3 };
  return quantity(file, units, 1000, paths);
}

function wavelength(file: Hdf5File): number {
  const units: Readonly<Record<string, number>> = { m: 1e10, nm: 10, angstrom: 1, Angstrom: 1, Å: 1, A: 1 };
  const paths = ['/entry/instrument/beam', '/entry/sample/beam'].map((beam) => `${beam}/incident_wavelength`);
  return quantity(file, units, 1, paths);
}

/** The number at the first of the paths that has one, in our unit; a unit that is not known makes it no number. */
function quantity(
  file: Hdf5File,
  units: Readonly<Record<string, number>>,
  usual: number,
  paths: readonly string[],
): number {
  for (const path of paths) {
    const value = file.number(path);
    if (value === undefined) continue;
    const unit = file.attribute(path, 'units');
    return value * (unit === undefined ? usual : (units[unit] ?? Number.NaN));
  }
  return Number.NaN;
}
