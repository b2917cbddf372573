import { describe, expect, test } from 'vitest';
import { sendable, validate } from '../../src/stomp/validate.ts';

const message = (headers: Record<string, string>) => ({ destination: '/queue/a', headers, body: '' });

describe('a message is written only when', () => {
  test.each([
    ['persistent', 'yes'],
    ['persistent', 'True'],
    ['priority', 'high'],
    ['priority', ''],
    ['priority', '10'],
    ['priority', '4.0'],
    ['expires', 'never'],
    ['expires', '-5'],
    ['expires', '99999999999999999999'],
    ['timestamp', 'now'],
    ['AMQ_SCHEDULED_DELAY', '-1'],
    ['AMQ_SCHEDULED_DELAY', ' 5'],
    ['AMQ_SCHEDULED_PERIOD', 'x'],
    ['AMQ_SCHEDULED_REPEAT', '-1'],
    ['AMQ_SCHEDULED_CRON', '* * * * *'],
    ['JMSXGroupSeq', '99999999999'],
    ['JMSXDeliveryCount', 'x'],
    ['JMSPriority', 'x'],
    ['JMSDeliveryMode', 'x'],
    ['JMSExpiration', 'x'],
    ['JMSTimestamp', 'x'],
    ['reply-to', '/queue/'],
    ['reply-to', '/remote-temp-queue/'],
    ['JMSReplyTo', '/topic/ '],
    ['amq-msg-type', 'map'],
    ['transaction', 't1'],
    ['receipt', 'r1'],
    ['a', 'x'.repeat(10_001)],
    ['a', ':'.repeat(6_000)],
    ['a'.repeat(6_000), 'é'.repeat(3_000)],
  ])('its header %s is not %j', (name, value) => {
    expect(() => validate(message({ [name]: value }))).toThrow(expect.objectContaining({ code: 'stomp.invalid' }));
  });

  test.each([
    '',
    'a',
    '/queue/',
    '/queue/ ',
    '/queue/a,/queue/',
    '/queue/a?b=c',
    '/topic/',
    '/elsewhere/a',
    `/queue/${'a'.repeat(10_000)}`,
  ])('its destination is not %j', (destination) => {
    expect(() => validate({ destination, body: '' })).toThrow(expect.objectContaining({ code: 'stomp.invalid' }));
  });

  test('its body is not larger than brokers take', () => {
    expect(() => validate({ destination: '/queue/a', body: Buffer.alloc(100 * 1024 * 1024 + 1) })).toThrow(/body of/);
  });
});

test('there are not more headers than brokers take', () => {
  const many = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`h${String(index)}`, '']));
  expect(() => validate(message(many))).toThrow(/601 headers/);
});

test('of any headers that came, those are left that a message may have, with room for more', () => {
  const some = { mine: 'yes', priority: 'high', a: 'x'.repeat(20_000), 'correlation-id': 'c' };
  expect(sendable(some)).toEqual({ mine: 'yes', 'correlation-id': 'c' });
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`h${String(index)}`, '']));
  expect(() => validate(message({ ...sendable(many), 'baton-error-code': 'x' }))).not.toThrow();
});

test('a message with headers of every kind may be written', () => {
  const headers = {
    priority: '9',
    expires: '1795220683394',
    AMQ_SCHEDULED_DELAY: '0',
    JMSXGroupID: 'run:1\n',
    JMSXGroupSeq: '-1',
    'reply-to': '/remote-temp-queue/ID:host-1:2',
    'correlation-id': '',
    ['__proto__']: 'x',
    cause: 'x'.repeat(9_900),
  };
  for (const destination of ['/queue/a.b c', '/topic/a', '/temp-queue/a', '/remote-temp-queue/ID:host-1:2']) {
    expect(() => validate({ destination, headers, body: 'x' })).not.toThrow();
  }
});
