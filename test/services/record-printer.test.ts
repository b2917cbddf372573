import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payloadText, RecordPrinter } from '../../src/services/record-printer.ts';
import type { LedgerRecord, StepRecord } from '../../src/services/record.ts';
import { announced, settled } from '../ledger/records.ts';

const text = fc.string({ unit: 'binary', maxLength: 30 });
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -0, 1, 1e21, Infinity, NaN));
const output = fc.record(
  { step: number, channel: text, key: text, bytes: number, payload: fc.jsonValue(), hash: text },
  { requiredKeys: ['step', 'channel', 'key', 'bytes'] },
);
/** Whatever a record may hold, with few values for what many records share. */
const changes = fc.record(
  {
    ...{ id: text, key: text, messageId: text, run: fc.constantFrom('r', '"\n'), queue: fc.constantFrom('q', '') },
    ...{ service: fc.constantFrom('s', 'é\ud800'), host: text, step: fc.constantFrom(1, 2, Infinity) },
    ...{ attempt: fc.nat(2), deferral: fc.nat(2), reinjected: fc.constantFrom(undefined, 1) },
    outcome: fc.constantFrom('done', 'dead', 'later'),
    ...{ path: fc.array(number), sent: number, received: number, started: number, finished: number },
    ...{ sends: fc.dictionary(text, number), outputs: fc.array(output, { maxLength: 3 }) },
    ...{ cause: fc.record({ code: text, message: text }), budget: fc.record({ seconds: number, used: number }) },
    ...{
      results: fc.array(fc.jsonValue()),
      result: fc.oneof(
        fc.jsonValue(),
        fc.constant(() => undefined),
      ),
    },
    program: fc.record({ name: text, seconds: number }),
  },
  { requiredKeys: [] },
);

function printed(...records: readonly LedgerRecord[]): unknown {
  const pieces: string[] = [];
  const printer = new RecordPrinter(pieces);
  return records.map((record) => {
    pieces.length = 0;
    printer.print(record);
    return JSON.parse(pieces.join('')) as unknown;
  });
}

describe('the printer of records', () => {
  it('prints what JSON.stringify prints, whatever was printed before', () => {
    fc.assert(
      fc.property(fc.array(fc.option(changes, { freq: 5 }), { maxLength: 5 }), (all) => {
        const records = all.map((one, n) =>
          one === null ? announced('r') : ({ ...settled('r', 1, 'done', { n }), ...one } as StepRecord),
        );
        expect(printed(...records)).toEqual(JSON.parse(JSON.stringify(records)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes the text of a payload that was printed before', () => {
    const sent = { step: 2, channel: '', key: 'k', bytes: 9, payload: { a: 1 }, [payloadText]: '{"a":  1}' };
    const pieces: string[] = [];
    new RecordPrinter(pieces).print(settled('r', 1, 'done', { outputs: [sent] }));
    expect(pieces).toContain(sent[payloadText]);
  });
});
