import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../src/stomp/client.ts';
import { ScriptedBroker } from './scripted-broker.ts';
import { connected, withCode } from './sessions.ts';

describe('browsing', () => {
  test('ends with the broker, and unsubscribes', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const browsing = bodiesOf(client.browse('/queue/a'));
    const frame = await peer.read('SUBSCRIBE');
    expect(frame.headers).toMatchObject({ browser: 'true', ack: 'auto' });
    const id = frame.headers['id'] ?? '';
    peer.receipt(frame);
    peer.message(id, 'm1', 'one');
    peer.message(id, 'm2', 'two');
    peer.write(`MESSAGE\nsubscription:${id}\nbrowser:end\n\n\0`);
    peer.receipt(await peer.read('UNSUBSCRIBE'));
    expect(await browsing).toEqual(['one', 'two']);
  });

  test('that begins while a connection is ending begins on the next one', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const browsing = bodiesOf(client.browse('/queue/a'));
    const { headers } = await peer.read('SUBSCRIBE');
    peer.message(headers['id'] ?? '', 'm1', 'one');
    peer.socket.end();
    const next = await broker.logIn();
    const id = await next.subscribed();
    next.message(id, 'm1', 'one');
    next.write(`MESSAGE\nsubscription:${id}\nbrowser:end\n\n\0`);
    next.receipt(await next.read('UNSUBSCRIBE'));
    expect(await browsing).toEqual(['one']);
  });

  test('throws when the connection is lost, rather than to begin anew', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const browsing = expect(bodiesOf(client.browse('/queue/a'))).rejects.toEqual(withCode('stomp.lost'));
    peer.message(await peer.subscribed(), 'm1');
    peer.socket.end();
    await browsing;
    const next = await broker.logIn();
    const done = client.send({ destination: '/queue/a', body: '' });
    next.receipt(await next.read('SEND'));
    await done;
  });
});

async function bodiesOf(deliveries: AsyncIterable<Delivery>): Promise<string[]> {
  const bodies: string[] = [];
  for await (const { body } of deliveries) bodies.push(body.toString());
  return bodies;
}
