/** The bytes of a CBF file as PILATUS detectors write it; `header` replaces parts of the text. */
export function cbfFile(
  width: number,
  height: number,
  pixels: Int32Array,
  header: (text: string) => string = (text) => text,
): Buffer {
  const data = encodeByteOffset(pixels);
  const text = [
    '###CBF: VERSION 1.5, CBFlib v0.7.8 - PILATUS detectors',
    '_array_data.header_convention "PILATUS_1.2"',
    '_array_data.header_contents',
    '# Detector: PILATUS3 6M, S/N 60-0119',
    '# Pixel_size 172e-6 m x 172e-6 m',
    '# Wavelength 0.96859 A',
    '# Detector_distance 0.35100 m',
    '# Beam_xy (1261.61, 1306.96) pixels',
    '_array_data.data',
    '--CIF-BINARY-FORMAT-SECTION--',
    'Content-Type: application/octet-stream;',
    '     conversions="x-CBF_BYTE_OFFSET"',
    `X-Binary-Size: ${data.length}`,
    'X-Binary-Element-Type: "signed 32-bit integer"',
    `X-Binary-Number-of-Elements: ${width * height}`,
    `X-Binary-Size-Fastest-Dimension: ${width}`,
    `X-Binary-Size-Second-Dimension: ${height}`,
    '',
    '',
  ].join('\r\n');
  const marker = Buffer.from([0x0c, 0x1a, 0x04, 0xd5]);
  return Buffer.concat([Buffer.from(header(text), 'latin1'), marker, data, Buffer.alloc(64)]);
}

/** Packs pixels as CBF does. */
export function encodeByteOffset(pixels: Int32Array): Buffer {
  const bytes = Buffer.alloc(pixels.length * 15);
  let at = 0;
  let last = 0;
  for (const value of pixels) {
    const step = value - last;
    last = value;
    if (Math.abs(step) < 0x80) {
      at = bytes.writeInt8(step, at);
      continue;
    }
    at = bytes.writeInt8(-0x80, at);
    if (Math.abs(step) < 0x8000) {
      at = bytes.writeInt16LE(step, at);
      continue;
    }
    at = bytes.writeInt16LE(-0x8000, at);
    if (Math.abs(step) < 0x80000000) {
      at = bytes.writeInt32LE(step, at);
      continue;
    }
    at = bytes.writeInt32LE(-0x80000000, at);
    at = bytes.writeBigInt64LE(BigInt(step), at);
  }
  return bytes.subarray(0, at);
}
