import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { Client } from '../../src/stomp/client.ts';
import { ScriptedBroker } from './scripted-broker.ts';
import { withCode, clientOf, connected, frozen } from './sessions.ts';

describe('logging in', () => {
  test('asks for STOMP 1.2, the host and heart-beats, with the login as it stands in the address', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker, {
      address: { ...broker.address, login: 'me', passcode: 'a:b\\c' },
      heartBeat: { send: 1000, receive: 2000 },
    });
    const starting = client.start();
    const peer = await broker.accept();
    expect((await peer.read('CONNECT')).headers).toEqual({
      'accept-version': '1.2',
      host: '127.0.0.1',
      'heart-beat': '1000,2000',
      'baton-name': 'test',
      login: 'me',
      passcode: 'a:b\\c',
    });
    peer.write('CONNECTED\nversion:1.2\n\n\0');
    await starting;
    expect(client.epoch).toBe(1);
  });

  test('that is refused at first rejects the start, and everything after', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker);
    const starting = expect(client.start()).rejects.toThrow(/refused the login: wrong passcode/);
    const waiting = expect(client.send({ destination: '/queue/a', body: '' })).rejects.toEqual(withCode('stomp.login'));
    const peer = await broker.accept();
    peer.write('ERROR\nmessage:wrong passcode\n\n\0');
    await Promise.all([starting, waiting, peer.closed]);
    await expect(client.send({ destination: '/queue/a', body: '' })).rejects.toEqual(withCode('stomp.login'));
  });

  test('that is refused later, while a broker restarts, is tried again', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const refusal = client.events.once('error');
    const again = client.events.once('connected');
    peer.socket.destroy();
    (await broker.accept()).write('ERROR\nmessage:starting\n\n\0');
    expect((await refusal).error.code).toBe('stomp.login');
    await broker.logIn();
    expect((await again).epoch).toBe(2);
  });

  test.each([
    ['a peer of another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'stomp.malformed'],
    ['a peer of an older version', 'CONNECTED\nversion:1.1\n\n\0', 'stomp.malformed'],
    ['a peer that closes', undefined, 'stomp.unreachable'],
  ])('at %s is told as an error, and tried again', async (_what, answer, code) => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker);
    const failure = client.events.once('error');
    const starting = client.start();
    const peer = await broker.accept();
    if (answer === undefined) peer.socket.end();
    else peer.write(answer);
    expect((await failure).error.code).toBe(code);
    await broker.logIn();
    await starting;
  });

  test('at a peer that says nothing is given up after a time, and tried again', async () => {
    await using broker = await ScriptedBroker.listen();
    let haste = 100;
    const clock: Clock = { now: () => Date.now(), sleep: (ms, signal) => systemClock.sleep(ms / haste, signal) };
    await using client = clientOf(broker, { clock });
    client.events.on('error', () => (haste = 1));
    const failure = client.events.once('error');
    const starting = client.start();
    await (
      await broker.accept()
    ).closed;
    expect((await failure).error.message).toContain('no answer within 10000 ms');
    await broker.logIn();
    await starting;
  });

  test.each([
    ['waits longer and longer for a broker that ends each connection at once', false, [4_000, 4_000]],
    ['waits no longer for a broker that does something on each', true, [1_000, 1_000]],
  ])('%s', async (_what, isOfUse, [least, most]) => {
    await using broker = await ScriptedBroker.listen();
    const waits: number[] = [];
    const clock: Clock = {
      now: () => 0,
      sleep: async (ms, signal) => (ms > 4_000 ? frozen.sleep(ms, signal) : void waits.push(ms)),
    };
    await using client = clientOf(broker, { clock, backoff: { delay: 1, factor: 8, maxDelay: 4 } });
    void client.start();
    for (let connection = 1; connection <= 3; connection += 1) {
      const peer = await broker.logIn();
      if (isOfUse) {
        const sent = client.send({ destination: '/queue/a', body: '' });
        peer.receipt(await peer.read('SEND'));
        await sent;
      }
      peer.socket.destroy();
    }
    await broker.accept();
    expect(waits.at(-1)).toBeGreaterThanOrEqual((least ?? 0) / 2);
    expect(waits.at(-1)).toBeLessThanOrEqual(most ?? 0);
  });

  test('at an address where nobody listens is tried until somebody does', async () => {
    let address;
    {
      await using gone = await ScriptedBroker.listen();
      address = gone.address;
    }
    await using client = new Client({ address, name: 'test', backoff: { delay: 0.001, factor: 1, maxDelay: 1 } });
    const failures = client.events.once('error', ({ error }) => error.code === 'stomp.unreachable');
    const starting = expect(client.start()).rejects.toEqual(withCode('stomp.stopped'));
    await failures;
    await client.stop();
    await starting;
  });
});
