import { rename } from 'node:fs/promises';
import type { Geometry, Mask } from './frame.ts';
import { bitshuffleLz4, createGroup, createHdf5File, setText, type Group } from './hdf5-creation.ts';
import type { Hdf5Library } from './hdf5.ts';

/** What the master file tells of a data set. */
export interface MasterContent {
  readonly width: number;
  readonly height: number;
  readonly bits: 16 | 32;
  /** How many frames will come. */
  readonly frames: number;
  readonly geometry: Geometry;
  readonly mask: Mask;
  /** s; for the record. */
  readonly frameTime: number;
}

/** Lays a master file down beside its data files: under another name first, so that no reader sees half of it. */
export async function writeMaster(
  hdf5: Hdf5Library,
  path: string,
  dataFiles: readonly string[],
  content: MasterContent,
): Promise<void> {
  const unfinished = `${path}.unfinished`;
  const file = createHdf5File(hdf5, unfinished);
  try {
    const entry = createGroup(file, 'entry', 'NXentry');
    entry.create_dataset({ name: 'definition', data: 'NXmx', dtype: 'S4' });
    const data = createGroup(entry, 'data', 'NXdata');
    for (const [index, dataFile] of dataFiles.entries()) {
      const link = `data_${String(index + 1).padStart(6, '0')}`;
      data.create_external_link(dataFile, '/entry/data/data', link);
    }
    const instrument = createGroup(entry, 'instrument', 'NXinstrument');
    quantity(createGroup(instrument, 'beam', 'NXbeam'), 'incident_wavelength', content.geometry.wavelength, 'angstrom');
    describeDetector(createGroup(instrument, 'detector', 'NXdetector'), content);
  } finally {
    file.close();
  }
  await rename(unfinished, path);
}

function describeDetector(detector: Group, content: MasterContent): void {
  const { geometry, width, height, bits } = content;
  quantity(detector, 'x_pixel_size', geometry.pixelSize[0] / 1000, 'm');
  quantity(detector, 'y_pixel_size', geometry.pixelSize[1] / 1000, 'm');
  quantity(detector, 'detector_distance', geometry.distance / 1000, 'm');
  quantity(detector, 'beam_center_x', geometry.beamCentre[0], 'pixel');
  quantity(detector, 'beam_center_y', geometry.beamCentre[1], 'pixel');
  quantity(detector, 'frame_time', content.frameTime, 's');
  detector.create_dataset({ name: 'bit_depth_image', data: bits });
  detector.create_dataset({ name: 'description', data: 'simulated by Baton', dtype: 'S18' });
  const specific = createGroup(detector, 'detectorSpecific', 'NXcollection');
  specific.create_dataset({ name: 'nimages', data: content.frames });
  specific.create_dataset({ name: 'x_pixels_in_detector', data: width });
  specific.create_dataset({ name: 'y_pixels_in_detector', data: height });
  specific.create_dataset({
    name: 'pixel_mask',
    data: Uint32Array.from(content.mask),
    shape: [height, width],
    chunks: [height, width],
    ...bitshuffleLz4,
  });
}

function quantity(parent: Group, name: string, value: number, unit: string): void {
  setText(parent.create_dataset({ name, data: value, dtype: '<d' }), 'units', unit);
}
