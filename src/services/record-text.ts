import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { bytesOf } from '../stomp/encode.ts';
import { RecordPrinter } from './record-printer.ts';
import type { RecordBatch } from './record.ts';

/** From so many bytes on it is packed: less is not worth the time, and can be read by who looks into the queue. */
const packedFrom = 4_096;
/** Bytes: far above what a transaction tells. */
const unpackedAtMost = 100 * 1024 * 1024;
/** The first bytes of each frame (RFC 8878, 3.1.1). JSON text cannot begin so. */
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * The body of a record message: JSON, packed with Zstandard when it is long. Records of one batch have much in common: a
 * quarter is left of them, for 3 µs a record, and broker, disk and network carry so much less. Bytes in any case: a text,
 * ActiveMQ would turn over twice. Throws what JSON.stringify throws for what JSON has no form for.
 */
export function printRecords({ records }: RecordBatch): Buffer {
  const pieces = ['{"records":['];
  const printer = new RecordPrinter(pieces);
  for (const [index, record] of records.entries()) {
    if (index > 0) pieces.push(',');
    printer.print(record);
  }
  pieces.push(']}');
  const text = bytesOf(pieces);
  return text.length < packedFrom ? text : zstdCompressSync(text, fast);
}

/** The JSON text of a record message. Throws when it is packed, and damaged or longer than `most` bytes once unpacked. */
export function recordText(body: Buffer, most = unpackedAtMost): Buffer {
  const isPacked = magic.equals(body.subarray(0, magic.length));
  return isPacked ? zstdDecompressSync(body, { maxOutputLength: most }) : body;
}

/** A record message that could not be entered, for people, cut to so many bytes: its text, or base64 where it cannot be unpacked. */
export function shownRecords(body: Buffer, most: number): string {
  try {
    return recordText(body).subarray(0, most).toString('utf8');
  } catch {
    return body.subarray(0, most).toString('base64');
  }
}
