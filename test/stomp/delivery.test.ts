import { describe, expect, test } from 'vitest';
import { ScriptedBroker } from './scripted-broker.ts';
import { withCode, subscribed } from './sessions.ts';

describe('a delivery', () => {
  test('has its parts, whatever the split of its bytes', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await subscribed(broker);
    const { peer, id, delivered } = session;
    const bytes = Buffer.from(
      `MESSAGE\r\nsubscription:${id}\nmessage-id:m\\c1\nack:a1\ndestination:/queue/a\nredelivered:true\nname:Zoë\n\nbodyé\0`,
    );
    for (const byte of bytes) peer.write(Buffer.of(byte));
    expect(await delivered).toMatchObject({
      messageId: 'm:1',
      destination: '/queue/a',
      ackId: 'a1',
      redelivered: true,
      epoch: 1,
      headers: { name: 'Zoë' },
      body: Buffer.from('bodyé'),
    });
  });

  test('of an ended connection is stale: nothing is written for it', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await subscribed(broker);
    const { client, peer, id, delivered } = session;
    peer.message(id, 'm1');
    const delivery = await delivered;
    const down = client.events.once('disconnected');
    peer.socket.destroy();
    await down;
    const settle = { ack: [delivery], send: [{ destination: '/queue/b', body: 'output' }] };
    await expect(client.transact(settle)).rejects.toEqual(withCode('stomp.stale'));
    const next = await broker.logIn();
    await next.subscribed();
    await expect(client.transact(settle)).rejects.toEqual(withCode('stomp.stale'));
    await expect(client.nack(delivery)).rejects.toEqual(withCode('stomp.stale'));
    const done = client.send({ destination: '/queue/c', body: 'later' });
    const frame = await next.read('SEND');
    expect(frame.body.toString()).toBe('later');
    next.receipt(frame);
    await done;
  });

  test('is settled once', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await subscribed(broker);
    const { client, peer, id, delivered } = session;
    peer.message(id, 'm1');
    const delivery = await delivered;
    await expect(client.transact({ ack: [delivery, delivery], send: [] })).rejects.toEqual(withCode('stomp.stale'));
    const done = client.nack(delivery);
    await expect(client.transact({ ack: [delivery], send: [] })).rejects.toEqual(withCode('stomp.stale'));
    peer.receipt(await peer.read('NACK'));
    await done;
  });

  test('is stale after its subscription ended, and none comes any more', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await subscribed(broker);
    const { client, peer, id, delivered, subscription } = session;
    peer.message(id, 'm1');
    const delivery = await delivered;
    const ended = subscription.unsubscribe();
    await expect(client.transact({ ack: [delivery], send: [] })).rejects.toEqual(withCode('stomp.stale'));
    const frame = await peer.read('UNSUBSCRIBE');
    expect(frame.headers['id']).toBe(id);
    peer.message(id, 'm2');
    peer.receipt(frame);
    await ended;
    await subscription.unsubscribe();
  });
});
