import { describe, expect, test } from 'vitest';
import { ScriptedBroker } from './scripted-broker.ts';
import { withCode, clientOf, connected, subscribed } from './sessions.ts';

describe('a subscription', () => {
  test('says how many deliveries it takes ahead, and its condition', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const request = {
      destination: '/queue/a',
      ack: 'auto',
      prefetch: 7,
      selector: 'a > 1',
      headers: { b: 'c' },
    } as const;
    const subscribing = client.subscribe(request, () => undefined);
    const frame = await peer.read('SUBSCRIBE');
    expect(frame.headers).toMatchObject({ ack: 'auto', 'activemq.prefetchSize': '7', selector: 'a > 1', b: 'c' });
    peer.receipt(frame);
    await subscribing;
  });

  test('comes back with the connection, under an id never used before', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await subscribed(broker);
    const { peer, id } = session;
    peer.socket.destroy();
    const next = await broker.logIn();
    expect(await next.subscribed()).not.toBe(id);
  });

  test('asked for before there is a connection is made with it', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker);
    const subscribing = client.subscribe({ destination: '/queue/a', ack: 'auto' }, () => undefined);
    const starting = client.start();
    const peer = await broker.logIn();
    await peer.subscribed();
    await Promise.all([subscribing, starting]);
  });

  test('whose connection ends before the answer is asked for again', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const subscribing = client.subscribe({ destination: '/queue/a', ack: 'auto' }, () => undefined);
    await peer.read('SUBSCRIBE');
    peer.socket.destroy();
    await (await broker.logIn()).subscribed();
    await subscribing;
  });

  test('whose listener throws loses no other delivery; the error is reported as uncaught', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    using uncaught = catchUncaught();
    const second = Promise.withResolvers<string>();
    const subscribing = client.subscribe({ destination: '/queue/a', ack: 'auto' }, ({ messageId }) => {
      if (messageId === 'm1') throw new Error('a mistake in the listener');
      second.resolve(messageId);
    });
    const id = await peer.subscribed();
    await subscribing;
    peer.socket.cork();
    peer.message(id, 'm1');
    peer.message(id, 'm2');
    peer.socket.uncork();
    expect(await second.promise).toBe('m2');
    expect(await uncaught.first).toMatchObject({ message: 'a mistake in the listener' });
  });

  test('that is refused rejects, and is not asked for again', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const refusal = expect(
      client.subscribe({ destination: '/queue/a', ack: 'auto', selector: '((' }, () => undefined),
    ).rejects.toEqual(withCode('stomp.refused'));
    const { headers } = await peer.read('SUBSCRIBE');
    peer.write(`ERROR\nreceipt-id:${headers['receipt'] ?? ''}\nmessage:((\n\n\0`);
    await refusal;
    const next = await broker.logIn();
    const done = client.send({ destination: '/queue/a', body: '' });
    next.receipt(await next.read('SEND'));
    await done;
  });
});

/** Takes the place of the test runner's own listeners for as long as it lives. */
function catchUncaught(): Disposable & { readonly first: Promise<unknown> } {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const { promise, resolve } = Promise.withResolvers<unknown>();
  process.on('uncaughtException', resolve);
  return {
    first: promise,
    [Symbol.dispose]: () => {
      process.removeAllListeners('uncaughtException');
      for (const listener of others) process.on('uncaughtException', listener);
    },
  };
}
