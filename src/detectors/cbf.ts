import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { messageOf } from '../core/errors.ts';
import { decodeByteOffset } from './byte-offset.ts';
import { absent, unreadable } from './errors.ts';
import type { Frame, Geometry } from './frame.ts';

/** What a PILATUS CBF file holds. */
export interface CbfImage {
  readonly frame: Frame;
  readonly geometry: Geometry | undefined;
}

/**
 * Reads a CBF file as PILATUS detectors write it (one byte-offset compressed image, signed 32-bit, header convention
 * PILATUS_1.2), or the same packed with gzip when its name ends in `.gz`. Pixels below 0 have no measurement.
 */
export async function readCbf(file: string): Promise<CbfImage> {
  const bytes = unpack(file, await contents(file));
  const start = bytes.indexOf(binaryMarker);
  if (start < 0) throw unreadable({ file, expected: 'a CBF image', found: 'no binary section' });
  const header = parseHeader(file, bytes.toString('latin1', 0, start));
  const data = bytes.subarray(start + binaryMarker.length);
  if (data.length < header.size) {
    const found = `only ${data.length}: the file is cut short`;
    throw unreadable({ file, expected: `${header.size} bytes of image`, found });
  }
  const pixels = new Int32Array(header.width * header.height);
  if (!decodeByteOffset(data.subarray(0, header.size), pixels)) {
    throw unreadable({
      file,
      expected: `${pixels.length} byte-offset pixels`,
      found: 'another number in the image data',
    });
  }
  return { frame: { width: header.width, height: header.height, pixels, limit: Infinity }, geometry: header.geometry };
}

/** CBF 1.5, "binary section": form feed, ctrl-Z, ctrl-D, 0xd5 stand before the data. */
const binaryMarker = Buffer.from([0x0c, 0x1a, 0x04, 0xd5]);

/** No frame unpacks to more: a small file that claims to is broken or hostile. A PILATUS 6M takes 7 MB. */
const longestFile = 256 * 1024 * 1024;

async function contents(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw absent({ file, what: 'The CBF file' }, { cause });
    throw unreadable({ file, expected: 'a CBF file', found: messageOf(cause) }, { cause });
  }
}

function unpack(file: string, bytes: Buffer): Buffer {
  if (!file.toLowerCase().endsWith('.gz')) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: longestFile });
  } catch (cause) {
    throw unreadable({ file, expected: 'a gzip-packed CBF file', found: messageOf(cause) }, { cause });
  }
}

interface CbfHeader {
  readonly width: number;
  readonly height: number;
  /** Bytes of image data. */
  readonly size: number;
  readonly geometry: Geometry | undefined;
}

function parseHeader(file: string, text: string): CbfHeader {
  const expect = (pattern: RegExp, expected: string): void => {
    if (!pattern.test(text)) throw unreadable({ file, expected, found: 'a header that says otherwise' });
  };
  const whole = (name: string): number => {
    const value = Number(new RegExp(`^${name}: *(\\d{1,10})\\r?$`, 'm').exec(text)?.[1]);
    if (value > 0) return value;
    throw unreadable({ file, expected: `${name} in the header`, found: 'none' });
  };
  expect(/conversions="x-CBF_BYTE_OFFSET"/, 'byte-offset compression');
  expect(/X-Binary-Element-Type: "signed 32-bit integer"/, 'signed 32-bit pixels');
  const width = whole('X-Binary-Size-Fastest-Dimension');
  const height = whole('X-Binary-Size-Second-Dimension');
  const size = whole('X-Binary-Size');
  // A pixel takes at least one byte: what claims to be larger is refused before memory is taken for it.
  if (width * height > size) {
    throw unreadable({ file, expected: `${width} × ${height} pixels`, found: `${size} bytes for them` });
  }
  return { width, height, size, geometry: parseGeometry(text) };
}

function parseGeometry(text: string): Geometry | undefined {
  const [, pixelX, pixelY] = /# Pixel_size ([\d.e+-]+) m x ([\d.e+-]+) m/.exec(text) ?? [];
  const [, distance] = /# Detector_distance ([\d.e+-]+) m/.exec(text) ?? [];
  const [, beamX, beamY] = /# Beam_xy \(([\d.e+-]+), ([\d.e+-]+)\) pixels/.exec(text) ?? [];
  const [, wavelength] = /# Wavelength ([\d.e+-]+) A/.exec(text) ?? [];
  const geometry: Geometry = {
    pixelSize: [Number(pixelX) * 1000, Number(pixelY) * 1000],
    distance: Number(distance) * 1000,
    beamCentre: [Number(beamX), Number(beamY)],
    wavelength: Number(wavelength),
  };
  const positive = [...geometry.pixelSize, geometry.distance, geometry.wavelength].every((value) => value > 0);
  return positive && geometry.beamCentre.every(Number.isFinite) ? geometry : undefined;
}
