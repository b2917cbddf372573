import { describe, expect, test } from 'vitest';
import { Client } from '../../src/stomp/client.ts';
import { ScriptedBroker } from './scripted-broker.ts';
import { withCode, hurried, clientOf, connected } from './sessions.ts';

describe('sending', () => {
  test('while there is no connection waits for the next one', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker);
    const sent = client.send({ destination: '/queue/a', body: 'early' });
    const starting = client.start();
    const peer = await broker.logIn();
    const frame = await peer.read('SEND');
    expect(frame.body.toString()).toBe('early');
    peer.receipt(frame);
    await Promise.all([sent, starting]);
  });

  test('to a broker that does not read waits in order, and what was not written is refused by the stop', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker, { clock: hurried });
    const { client, peer } = session;
    peer.socket.pause();
    const body = Buffer.alloc(1_000_000, 65);
    const codes: string[] = [];
    const all = Promise.all(
      Array.from({ length: 50 }, () =>
        client.send({ destination: '/queue/a', body }).catch((error: unknown) => {
          codes.push((error as { code: string }).code);
        }),
      ),
    );
    await client.stop();
    await all;
    const written = codes.filter((code) => code === 'stomp.unknown').length;
    expect(codes.length).toBe(50);
    expect(written).toBeGreaterThan(0);
    expect(codes.filter((code) => code === 'stomp.stopped').length).toBe(50 - written);
    // The buffers of both sockets hold some megabytes; none of the rest may pile up in this process.
    expect(written).toBeLessThan(20);
  });

  test('more than the broker reads at once arrives whole and in order', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const numbers = Array.from({ length: 300 }, (_, number) => String(number));
    const all = Promise.all(
      numbers.map((number) =>
        client.send({ destination: '/queue/a', headers: { number }, body: Buffer.alloc(50_000) }),
      ),
    );
    const arrived: (string | undefined)[] = [];
    while (arrived.length < numbers.length) {
      const frame = await peer.read('SEND');
      arrived.push(frame.headers['number']);
      peer.receipt(frame);
    }
    await all;
    expect(arrived).toEqual(numbers);
  });
});

describe('stopping', () => {
  test('waits for the answers to what was written before', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    peer.saysGoodbye = false;
    const sent = client.send({ destination: '/queue/a', body: '' });
    const stopping = client.stop();
    const frame = await peer.read('SEND');
    const goodbye = await peer.read('DISCONNECT');
    peer.receipt(frame);
    peer.receipt(goodbye);
    await Promise.all([sent, stopping, peer.closed]);
    await client.stop();
  });

  test('before the start, or in the middle of it, leaves nothing open', async () => {
    await using broker = await ScriptedBroker.listen();
    const early = clientOf(broker);
    await early.stop();
    await expect(early.start()).rejects.toEqual(withCode('stomp.stopped'));

    const client = clientOf(broker);
    const starting = expect(client.start()).rejects.toEqual(withCode('stomp.stopped'));
    const peer = await broker.accept();
    await peer.read('CONNECT');
    await client.stop();
    await Promise.all([starting, peer.closed]);
    await expect(client.subscribe({ destination: '/queue/a', ack: 'auto' }, () => undefined)).rejects.toEqual(
      withCode('stomp.stopped'),
    );
  });

  test('follows from the abort of its signal', async () => {
    await using broker = await ScriptedBroker.listen();
    const abort = new AbortController();
    await using session = await connected(broker, { signal: abort.signal });
    const { client, peer } = session;
    abort.abort();
    await Promise.all([peer.closed, client.stop()]);
  });

  test('ends a subscription that no broker has taken', async () => {
    await using broker = await ScriptedBroker.listen();
    const client = clientOf(broker);
    const subscribing = expect(
      client.subscribe({ destination: '/queue/a', ack: 'auto' }, () => undefined),
    ).rejects.toEqual(withCode('stomp.stopped'));
    await client.stop();
    await subscribing;
  });
});

test('names of queues and topics stand in the namespace of the address', () => {
  const address = { host: 'h', port: 1, prefix: '' };
  expect(new Client({ address, name: 'test' }).queue('a.b')).toBe('/queue/a.b');
  const client = new Client({ address: { ...address, prefix: 'zocalo' }, name: 'test' });
  expect([client.queue('a'), client.topic('b')]).toEqual(['/queue/zocalo.a', '/topic/zocalo.b']);
});
