import { describe, expect, test } from 'vitest';
import { addressText, parseBrokerAddress } from '../../src/stomp/address.ts';

describe('the address of a broker', () => {
  test.each([
    ['stomp://localhost', { host: 'localhost', port: 61613, prefix: '' }],
    ['stomp://h:1/', { host: 'h', port: 1, prefix: '' }],
    ['stomp://h/zocalo', { host: 'h', port: 61613, prefix: 'zocalo' }],
    ['stomp://h/zocalo.', { host: 'h', port: 61613, prefix: 'zocalo' }],
    ['stomp://[::1]:2', { host: '::1', port: 2, prefix: '' }],
    ['stomp://me:p%40ss%3A@h', { host: 'h', port: 61613, prefix: '', login: 'me', passcode: 'p@ss:' }],
  ])('%s is read', (text, address) => {
    expect(parseBrokerAddress(text)).toEqual(address);
  });

  test.each([
    '',
    'h:61613',
    'http://h',
    'stomp://',
    'stomp://h/a/b',
    'stomp://h/a b',
    'stomp://h?x=1',
    'stomp://h:99999',
    'stomp://%zz@h',
  ])('%j is refused', (text) => {
    expect(() => parseBrokerAddress(text)).toThrow(expect.objectContaining({ code: 'stomp.address' }));
  });

  test('is told without its passcode, even when it is refused', () => {
    expect(addressText(parseBrokerAddress('stomp://me:secret@[::1]:5/a'))).toBe('stomp://me@[::1]:5/a');
    expect(() => parseBrokerAddress('tcp://me:secret@h')).toThrow(/^(?!.*secret).*$/);
  });
});
