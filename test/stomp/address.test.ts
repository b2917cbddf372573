import { describe, expect, test } from 'vitest';
import { addressText, brokersOf, parseBrokerAddress } from '../../src/stomp/address.ts';
import { withCode } from './sessions.ts';

describe('the address of a broker', () => {
  test.each([
    ['stomp://localhost', { host: 'localhost', port: 61613, prefix: '' }],
    ['stomp://h:1/', { host: 'h', port: 1, prefix: '' }],
    ['stomp://h/zocalo', { host: 'h', port: 61613, prefix: 'zocalo' }],
    ['stomp://h/zocalo.', { host: 'h', port: 61613, prefix: 'zocalo' }],
    ['stomp://[::1]:2', { host: '::1', port: 2, prefix: '' }],
    ['stomp://me:p%40ss%3A@h', { host: 'h', port: 61613, prefix: '', login: 'me', passcode: 'p@ss:' }],
    ['stomp+nio://h', { host: 'h', port: 61613, prefix: '' }],
    ['failover:stomp://h', { host: 'h', port: 61613, prefix: '' }],
  ])('%s is read', (text, address) => {
    expect(parseBrokerAddress(text)).toEqual(address);
  });

  test.each([
    '',
    'h:61613',
    'http://h',
    'tcp://h:61616',
    'stomp://',
    'stomp://h/a/b',
    'stomp://h/a b',
    'stomp://h?x=1',
    'stomp://h?ca=/ca.pem',
    'stomp://h:99999',
    'stomp://%zz@h',
    'stomp://a:1,b:2',
    'stomp://a,stomp://',
    'stomp://a/one,stomp://b/two',
    'stomp+ssl://a,stomp://b',
    'failover:(stomp://a,stomp://b)?randomize=true',
    'failover:(stomp://a',
    'stomp+ssl://h?insecure=true',
    'stomp+ssl://h?ca=',
    'stomp+ssl://h?ca=ca.pem',
    'stomp+ssl://h?ca=/a&ca=/b',
    'stomp+ssl://h?cert=/cert.pem',
  ])('%j is refused', (text) => {
    expect(() => parseBrokerAddress(text)).toThrow(withCode('stomp.address'));
  });

  test('is told without its passcode, even when it is refused', () => {
    expect(addressText(parseBrokerAddress('stomp://me:secret@[::1]:5/a'))).toBe('stomp://me@[::1]:5/a');
    expect(addressText(parseBrokerAddress('stomp+ssl://me:secret@h?ca=/ca.pem'))).toBe('stomp+ssl://me@h:61612');
    for (const text of ['tcp://me:secret@h', 'stomp://me:/secret@h', 'stomp://a,stomp://me:secret@h?x'])
      expect(() => parseBrokerAddress(text)).toThrow(/^(?!.*secret).*$/s);
  });
});

describe('the address of a broker that may be in several places', () => {
  const places = [
    { host: 'a', port: 1, prefix: 'site' },
    { host: 'b', port: 61613, prefix: 'site' },
  ];

  test.each([
    'stomp://a:1,stomp://b/site',
    'stomp://a:1/site, stomp://b/site',
    'failover:(stomp://a:1,stomp://b/site)',
    'failover:(stomp+nio://a:1,stomp+nio://b/site)?randomize=false',
    'failover://(stomp://a:1,stomp://b/site)',
    'failover:stomp://a:1,stomp://b/site',
  ])('%s is read', (text) => {
    const address = parseBrokerAddress(text);
    expect(brokersOf(address)).toEqual(places);
    expect(addressText(address)).toBe('stomp://a:1/site,stomp://b:61613/site');
  });

  test('may say once what holds for all: the login, the prefix, and the files of TLS', () => {
    const address = parseBrokerAddress('stomp+ssl://me:a%2Cb@a,stomp+ssl://b?ca=/ca.pem,stomp+ssl://you:x,y@c/site');
    const tls = { ca: '/ca.pem' };
    expect(brokersOf(address)).toEqual([
      { host: 'a', port: 61612, login: 'me', passcode: 'a,b', tls, prefix: 'site' },
      { host: 'b', port: 61612, login: 'me', passcode: 'a,b', tls, prefix: 'site' },
      { host: 'c', port: 61612, login: 'you', passcode: 'x,y', tls, prefix: 'site' },
    ]);
  });
});

describe('the address of a broker that speaks TLS', () => {
  test.each(['stomp+ssl', 'stomp+nio+ssl', 'stomp+tls', 'stomps'])('has the scheme %s', (scheme) => {
    expect(parseBrokerAddress(`${scheme}://h`)).toEqual({ host: 'h', port: 61612, tls: {}, prefix: '' });
  });

  test('names its files, and the name that the certificate has', () => {
    const { tls } = parseBrokerAddress(
      'stomp+ssl://10.0.0.1:5?ca=/a%20b/ca.pem&cert=/c.pem&key=/k.pem&name=broker.example',
    );
    expect(tls).toEqual({ ca: '/a b/ca.pem', cert: '/c.pem', key: '/k.pem', name: 'broker.example' });
  });
});
