import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBatch } from '../../src/ledger/intake.ts';
import { printRecords } from '../../src/services/record-text.ts';
import { announced, batchOf, replied, settled } from './records.ts';

const reasonsOf = (body: string): readonly string[] =>
  parseBatch(Buffer.from(body)).malformed.map(({ reason }) => reason);
const reasonOf = (record: unknown): string | undefined => reasonsOf(JSON.stringify({ records: [record] }))[0];

describe('reading a record message', () => {
  it('takes every kind of record', () => {
    const records = [announced('r'), settled('r', 1, 'done'), replied('r')];
    expect(parseBatch(batchOf(...records))).toEqual({ entries: records, malformed: [] });
  });

  it('lets fields through that a later release adds', () => {
    const later = { ...settled('r', 1, 'done'), colour: 'blue' };
    expect(parseBatch(batchOf(later)).entries).toEqual([later]);
  });

  it('keeps the good records beside a bad one', () => {
    const body = JSON.stringify({ records: [settled('r', 1, 'done'), { kind: 'step' }, replied('r')] });
    const { entries, malformed } = parseBatch(Buffer.from(body));
    expect(entries.map(({ kind }) => kind)).toEqual(['step', 'reply']);
    expect(malformed).toEqual([expect.objectContaining({ place: 1, body: '{"kind":"step"}' })]);
  });

  it.each([
    ['nothing', '', /there is nothing in it/],
    ['half a body', '{"records":[', /the text ends before the JSON does/],
    ['a list', '[]', /^records: expected a list of records, got nothing$/],
    ['an object for records', '{"records":{}}', /^records: expected a list of records, got an object$/],
    ['a bottomless list', `{"records":${'['.repeat(400)}${']'.repeat(400)}}`, /has 401 levels; at most 300/],
  ])('says what is wrong with %s', (_what, body, reason) => {
    expect(reasonsOf(body)).toEqual([expect.stringMatching(reason)]);
  });

  it('reads what is packed, and keeps what cannot be unpacked', () => {
    const many = Array.from({ length: 50 }, (_, n) => settled('r', 1, 'done', { n }));
    const packed = printRecords({ records: many });
    expect(parseBatch(packed).entries).toEqual(many);
    const damaged = packed.subarray(0, -5);
    expect(parseBatch(damaged).malformed).toEqual([
      { place: -1, reason: expect.stringMatching(/./), body: damaged.toString('base64') },
    ]);
  });

  const step = settled('r', 1, 'done');
  it.each([
    [
      'kind',
      7,
      'kind: expected one of step, progress, announcement, reply, reinjection, cancellation, join, due, quiet, got nothing',
    ],
    [
      'kind',
      { kind: 'stepp' },
      'kind: expected one of step, progress, announcement, reply, reinjection, cancellation, join, due, quiet, got "stepp"',
    ],
    ['run', { ...step, run: '' }, 'run must NOT have fewer than 1 characters, got ""'],
    ['attempt', { ...step, attempt: -1 }, 'attempt must be >= 0, got -1'],
    ['sends', { ...step, sends: { '2': 'x' } }, 'sends.2 must be integer, got "x"'],
    ['path', { ...step, path: [1, null] }, 'path.1 must be integer, got null'],
    [
      'outcome',
      { ...announced('r'), outcome: 'lost' },
      'outcome must be equal to one of the allowed values: accepted, refused, duplicate, later, got "lost"',
    ],
    ['run', { ...announced('r'), run: '' }, 'run must NOT have fewer than 1 characters, got ""'],
  ])('says what is wrong with the field %s, what was expected and what came', (_field, record, reason) => {
    expect(reasonOf(record)).toBe(reason);
  });

  it('keeps no more of a bad body than a person reads', () => {
    const [bad] = parseBatch(Buffer.from(`{"records":"${'x'.repeat(100_000)}"}`)).malformed;
    expect(bad?.body.length).toBe(16_384);
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          parseBatch(Buffer.from(bytes));
        },
      ),
    );
  });
});
