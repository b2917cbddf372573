import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordBatch } from '../../src/services/record.ts';
import { printRecords, recordText, shownRecords } from '../../src/services/record-text.ts';
import { settled } from '../ledger/records.ts';

const limit = 1_000_000;

function batchOf(count: number, payload: unknown): RecordBatch {
  const records = Array.from({ length: count }, (_, step) => {
    const output = { step: 2, channel: '', key: `k${step}`, payload, bytes: 1 };
    return settled('r', step, 'done', { outputs: [output] as never });
  });
  return { records };
}

describe('the body of a record message', () => {
  it('is read as it was printed, packed or not', () => {
    const payloads = fc.oneof(fc.json(), fc.string({ unit: 'binary', maxLength: 3_000 }));
    fc.assert(
      fc.property(fc.nat({ max: 40 }), payloads, (count, payload) => {
        const batch = batchOf(count, payload);
        expect(JSON.parse(recordText(printRecords(batch), limit).toString())).toEqual(
          JSON.parse(JSON.stringify(batch)),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('is plain text as long as it is short', () => {
    expect(JSON.parse(printRecords(batchOf(1, 'x')).toString())).toEqual(batchOf(1, 'x'));
  });

  it('is a small part of its text when it has many records', () => {
    const batch = batchOf(50, { image: 17, spots: 290, resolution: 1.83 });
    expect(printRecords(batch).length).toBeLessThan(JSON.stringify(batch).length / 4);
  });

  it('is refused when anything of it is missing', () => {
    const body = printRecords(batchOf(50, 'payload'));
    fc.assert(
      fc.property(fc.integer({ min: 4, max: body.length - 1 }), (length) => {
        expect(() => recordText(body.subarray(0, length), limit)).toThrow(/unexpected end|Src size/i);
      }),
    );
  });

  it('is refused when it unpacks to more than is read, before it has', () => {
    const bomb = zstdCompressSync(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(30_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => recordText(bomb, limit)).toThrow(/1000000/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  it('is shown as text, and in base64 where it cannot be unpacked', () => {
    const body = printRecords(batchOf(50, 'payload'));
    expect(shownRecords(body, 11)).toBe('{"records":');
    expect(shownRecords(body.subarray(0, 300), 9)).toBe(body.subarray(0, 9).toString('base64'));
    expect(shownRecords(Buffer.from('nonsense'), Infinity)).toBe('nonsense');
  });
});
