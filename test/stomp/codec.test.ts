import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatonError } from '../../src/core/errors.ts';
import { Decoder, HEART_BEAT } from '../../src/stomp/decoder.ts';
import { encode } from '../../src/stomp/encode.ts';
import type { Frame } from '../../src/stomp/frame.ts';

const text = (bytes: Buffer): string => bytes.toString('utf8');
const frame = (command: string, headers: Record<string, string>, body: string | Buffer = ''): Frame => ({
  command,
  headers: Object.assign(Object.create(null) as Record<string, string>, headers),
  body: Buffer.from(body),
});

/** What a fresh decoder makes of bytes that come in one piece, without the content-length it derives itself. */
function decode(...chunks: (string | Buffer)[]): (Frame | typeof HEART_BEAT)[] {
  const decoder = new Decoder();
  return chunks.flatMap((chunk) => [...decoder.push(Buffer.from(chunk))]);
}

const headerText = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
const anyFrame: fc.Arbitrary<Frame> = fc
  .record({
    command: fc.constantFrom('SEND', 'MESSAGE', 'ERROR', 'ACK', 'SUBSCRIBE'),
    headers: fc.dictionary(
      fc
        .oneof(headerText, fc.constantFrom('__proto__', 'hasOwnProperty', 'toString', 'constructor'))
        .filter((name) => name !== '' && name !== 'content-length'),
      headerText,
      { noNullPrototype: false },
    ),
    body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  })
  .map(({ command, headers, body }) => frame(command, headers, body));

/** Cuts bytes at the given places (any numbers). */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

describe('what was encoded', () => {
  test('is decoded to the same frames, however the bytes are split and whatever heart-beats stand between them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyFrame, fc.constantFrom('', '\n', '\n\n\n', '\r\n\n'))),
        fc.array(fc.nat(), { maxLength: 50 }),
        (frames, places) => {
          const bytes = Buffer.concat(frames.flatMap(([one, eols]) => [encode(one), Buffer.from(eols)]));
          const decoded = decode(...cut(bytes, places)).filter((one) => one !== HEART_BEAT);
          const expected = frames.map(([one]) =>
            one.body.length === 0
              ? one
              : frame(one.command, { ...one.headers, 'content-length': String(one.body.length) }, one.body),
          );
          expect(decoded).toEqual(expected);
        },
      ),
    );
  });

  test('as text has no content-length, so that ActiveMQ makes a text message of it', () => {
    expect(text(encode(frame('SEND', { destination: '/queue/a' }, '{}'), 'text'))).toBe(
      'SEND\ndestination:/queue/a\n\n{}\0',
    );
  });

  test('has a content-length even as text when the body holds a NUL', () => {
    expect(text(encode(frame('SEND', {}, 'a\0b'), 'text'))).toBe('SEND\ncontent-length:3\n\na\0b\0');
  });

  test('has the content-length of its bytes, whatever its headers claim', () => {
    expect(text(encode(frame('SEND', { 'content-length': '99' }, 'é')))).toBe('SEND\ncontent-length:2\n\né\0');
  });

  test('escapes CR, LF, colon and backslash in names and values', () => {
    expect(text(encode(frame('SEND', { 'a:b': 'c\r\nd\\e' })))).toBe('SEND\na\\cb:c\\r\\nd\\\\e\n\n\0');
  });

  test('escapes nothing in CONNECT, where a passcode may hold a colon and a backslash', () => {
    expect(text(encode(frame('CONNECT', { passcode: 'a:b\\c' })))).toBe('CONNECT\npasscode:a:b\\c\n\n\0');
    expect(decode('CONNECT\npasscode:a:b\\c\n\n\0')).toEqual([frame('CONNECT', { passcode: 'a:b\\c' })]);
  });

  test.each([
    ['a line break in CONNECT', 'CONNECT', { login: 'a\nb' }],
    ['a colon in a name of CONNECT', 'CONNECT', { 'a:b': 'c' }],
    ['a NUL', 'SEND', { a: 'b\0c' }],
    ['half a surrogate pair', 'SEND', { a: '\ud800' }],
    ['an empty name', 'SEND', { '': 'a' }],
  ])('is never a header that has no representation: %s', (_what, command, headers: Record<string, string>) => {
    expect(() => encode(frame(command, headers))).toThrow(expect.objectContaining({ code: 'stomp.invalid' }));
  });
});

describe('decoding', () => {
  test('ends a body without content-length at the first NUL', () => {
    expect(decode('MESSAGE\na:b\n\nbody\0')).toEqual([frame('MESSAGE', { a: 'b' }, 'body')]);
  });

  test('reads a body with content-length over its NULs', () => {
    expect(decode('MESSAGE\ncontent-length:3\n\n\0\0\0\0')).toEqual([
      frame('MESSAGE', { 'content-length': '3' }, '\0\0\0'),
    ]);
  });

  test('takes CR LF for an end of line', () => {
    expect(decode('MESSAGE\r\na:b\r\n\r\n\0')).toEqual([frame('MESSAGE', { a: 'b' })]);
  });

  test('reads frames of any form out of one piece, whichever stand before or behind', () => {
    const forms: [string, Frame][] = [
      ['MESSAGE\na:b\n\nLF\n\n\0', frame('MESSAGE', { a: 'b' }, 'LF\n\n')],
      ['MESSAGE\r\na:b\r\n\r\nCR\n\n\0', frame('MESSAGE', { a: 'b' }, 'CR\n\n')],
      ['MESSAGE\na:b\r\n\nboth\0', frame('MESSAGE', { a: 'b' }, 'both')],
      ['MESSAGE\na:é\n\nwords\0', frame('MESSAGE', { a: 'é' }, 'words')],
    ];
    for (const [first, one] of forms)
      for (const [second, two] of forms)
        expect(decode(`${first}\r\n${second}${first}`)).toEqual([one, HEART_BEAT, two, one]);
  });

  test('keeps spaces around a value, as STOMP 1.2 asks', () => {
    expect(decode('MESSAGE\na: b \n\n\0')).toEqual([frame('MESSAGE', { a: ' b ' })]);
  });

  test('takes the first of repeated headers', () => {
    expect(decode('MESSAGE\na:1\na:2\n\n\0')).toEqual([frame('MESSAGE', { a: '1' })]);
  });

  test('takes each end of line between frames for a heart-beat', () => {
    expect(decode('\n\r', '\nERROR\n\n\0\n')).toEqual([HEART_BEAT, HEART_BEAT, frame('ERROR', {}), HEART_BEAT]);
    expect(decode('\n\n\nERROR\n\n\0')).toEqual([HEART_BEAT, HEART_BEAT, HEART_BEAT, frame('ERROR', {})]);
  });

  test.each([
    ['an unknown escape', 'MESSAGE\na:b\\t\n\n\0'],
    ['a lone backslash', 'MESSAGE\na:b\\\n\n\0'],
    ['a header without a colon', 'MESSAGE\nabc\n\n\0'],
    ['a header without a name', 'MESSAGE\n:abc\n\n\0'],
    ['a NUL among the headers', 'MESSAGE\na:b\0'],
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['a content-length that is no number', 'MESSAGE\ncontent-length:1e3\n\n\0'],
    ['a body longer than its content-length', 'MESSAGE\ncontent-length:1\n\nab\0'],
    ['a header that is not UTF-8', Buffer.from('MESSAGE\na:\xff\n\n\0', 'latin1')],
  ])('refuses %s', (_what, bytes) => {
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'stomp.malformed' }));
  });

  test('delivers the frames before the malformed one, then refuses that and everything after', () => {
    const decoder = new Decoder();
    const seen: unknown[] = [];
    expect(() => {
      for (const one of decoder.push(Buffer.from('ERROR\n\n\0!\n'))) seen.push(one);
    }).toThrow(/malformed|command/);
    expect(seen).toEqual([frame('ERROR', {})]);
    expect(() => [...decoder.push(Buffer.from('ERROR\n\n\0'))]).toThrow(/command/);
  });

  test('of bytes changed anywhere throws nothing but the errors of the codec', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 10 }),
        (frames, changes, places) => {
          const bytes = Buffer.concat(frames.map((one) => encode(one)));
          for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
          try {
            decode(...cut(bytes, places));
          } catch (error) {
            expect(error).toBeInstanceOf(BatonError);
            expect((error as BatonError).code).toMatch(/^stomp\.(malformed|limit)$/);
          }
        },
      ),
    );
  });
});

describe('limits', () => {
  const limits = { lineBytes: 10, headers: 2, bodyBytes: 5 };
  test.each([
    ['lineBytes', 'MESSAGE\n0123456789:\n'],
    ['lineBytes', 'MESSAGE\n01234567890'],
    ['headers', 'MESSAGE\na:1\na:2\na:3\n'],
    ['bodyBytes', 'MESSAGE\n\n123456'],
  ])('%s: what exceeds it is refused, by name, before it is complete', (name, bytes) => {
    const pushByByte = (): void => {
      const decoder = new Decoder(limits);
      for (const byte of Buffer.from(bytes))
        for (const one of decoder.push(Buffer.of(byte))) expect(one).toBeUndefined();
    };
    expect(pushByByte).toThrow(
      expect.objectContaining({ code: 'stomp.limit', fields: expect.objectContaining({ limit: name }) as unknown }),
    );
  });

  test('bodyBytes: an announced length that exceeds it is refused before the body comes', () => {
    const decoder = new Decoder({ bodyBytes: 5 });
    expect(() => [...decoder.push(Buffer.from('MESSAGE\ncontent-length:6\n\n'))]).toThrow(/bodyBytes/);
  });

  test('an announced length alone takes no memory', () => {
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 100 }, () => new Decoder());
    for (const decoder of decoders)
      expect([...decoder.push(Buffer.from('SEND\ncontent-length:99000000\n\n1'))]).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  test('a body that comes byte by byte takes at most twice its size', () => {
    const decoder = new Decoder();
    const one = Buffer.of(65);
    const before = process.memoryUsage();
    expect([...decoder.push(Buffer.from('SEND\n\n'))]).toEqual([]);
    for (let sent = 0; sent < 1_000_000; sent += 1) for (const done of decoder.push(one)) expect(done).toBeUndefined();
    const [decoded] = [...decoder.push(Buffer.of(0))];
    expect((decoded as Frame).body.length).toBe(1_000_000);
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(20_000_000);
  });
});
