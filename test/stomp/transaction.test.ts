import { describe, expect, test } from 'vitest';
import { ScriptedBroker } from './scripted-broker.ts';
import { connected, frozen, hurried, subscribed, withCode } from './sessions.ts';

describe('a transaction', () => {
  test('goes out in one piece and in order, and is done with its receipt', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await subscribed(broker);
    const { client, peer, id, delivered } = session;
    peer.message(id, 'm1');
    const delivery = await delivered;
    const before = peer.chunks.length;
    const done = client.transact({
      ack: [delivery],
      send: [
        { destination: '/queue/b', body: '{}', headers: { a: 'b' } },
        { destination: '/topic/c', body: Buffer.from('d') },
      ],
    });
    await peer.read('BEGIN');
    await peer.read('ACK');
    await peer.read('SEND');
    await peer.read('SEND');
    peer.receipt(await peer.read('COMMIT'));
    await done;
    expect(Buffer.concat(peer.chunks.slice(before)).toString()).toBe(
      [
        'BEGIN\ntransaction:t1\n\n\0',
        'ACK\nid:ack-m1\ntransaction:t1\n\n\0',
        'SEND\na:b\ndestination:/queue/b\npersistent:true\ntransaction:t1\n\n{}\0',
        'SEND\ndestination:/topic/c\ntransaction:t1\ncontent-length:1\n\nd\0',
        'COMMIT\ntransaction:t1\nreceipt:r2\n\n\0',
      ].join(''),
    );
    expect(peer.chunks.length).toBe(before + 1);
  });

  test('of nothing is done at once, and of one frame needs no BEGIN', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await subscribed(broker);
    const { client, peer, id, delivered } = session;
    await client.transact({ ack: [], send: [] });
    peer.message(id, 'm1');
    const done = client.transact({ ack: [await delivered], send: [] });
    peer.receipt(await peer.read('ACK'));
    await done;
  });

  test('is settled by its own receipt, whatever the order of receipts', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const settled: string[] = [];
    const send = async (body: string): Promise<void> => {
      await client.send({ destination: '/queue/a', body });
      settled.push(body);
    };
    const both = Promise.all([send('1'), send('2')]);
    const frames = [await peer.read('SEND'), await peer.read('SEND')] as const;
    peer.receipt(frames[1]);
    peer.receipt(frames[0]);
    await both;
    expect(settled).toEqual(['2', '1']);
  });

  test('whose receipt does not come before the connection ends is unknown', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const done = client.transact({ ack: [], send: [1, 2].map(() => ({ destination: '/queue/a', body: '' })) });
    const failure = expect(done).rejects.toEqual(withCode('stomp.unknown'));
    await peer.read('BEGIN');
    peer.socket.destroy();
    await failure;
  });

  test('that an ERROR names is refused, and others are unknown when the broker closes', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const [first, second] = [1, 2].map(() => client.send({ destination: '/queue/a', body: '' }));
    const failures = Promise.all([
      expect(first).rejects.toEqual(withCode('stomp.unknown')),
      expect(second).rejects.toThrow('refused the message to /queue/a: no room'),
    ]);
    await peer.read('SEND');
    const { headers } = await peer.read('SEND');
    peer.write(`ERROR\nreceipt-id:${headers['receipt'] ?? ''}\nmessage:no room\n\n\0`);
    peer.socket.end();
    await failures;
  });

  test('before an ERROR is still done when a broker that stays open answers it; then the client closes', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    const error = client.events.once('error');
    const [first, second] = [1, 2].map(() => client.send({ destination: '/queue/a', body: '' }));
    const failure = expect(second).rejects.toEqual(withCode('stomp.refused'));
    const frames = [await peer.read('SEND'), await peer.read('SEND')] as const;
    peer.write(`ERROR\nreceipt-id:${frames[1].headers['receipt'] ?? ''}\nmessage:no\n\n\0`);
    await failure;
    const third = client.send({ destination: '/queue/a', body: 'after' });
    peer.receipt(frames[0]);
    await Promise.all([first, peer.closed]);
    expect((await error).error.code).toBe('stomp.refused');
    const next = await broker.logIn();
    const frame = await next.read('SEND');
    expect(frame.body.toString()).toBe('after');
    next.receipt(frame);
    await third;
  });

  test('that ActiveMQ rolls back (an ERROR for its SEND, then one for its COMMIT) is refused, and nothing is waited for', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker, { clock: frozen });
    const { client, peer } = session;
    const send = [1, 2].map(() => ({ destination: '/queue/a', body: '' }));
    const failure = expect(client.transact({ ack: [], send })).rejects.toThrow('gone (rollback only)');
    for (const command of ['BEGIN', 'SEND', 'SEND']) await peer.read(command);
    const { headers } = await peer.read('COMMIT');
    peer.write('ERROR\nmessage:gone\n\n\0');
    peer.write(`ERROR\nreceipt-id:${headers['receipt'] ?? ''}\nmessage:rollback only\n\n\0`);
    await Promise.all([failure, peer.closed]);
  });

  test('is unknown when an ERROR names nothing and no answer follows', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker, { clock: hurried });
    const { client, peer } = session;
    const failure = expect(client.send({ destination: '/queue/a', body: '' })).rejects.toEqual(
      withCode('stomp.unknown'),
    );
    await peer.read('SEND');
    peer.write('ERROR\nmessage:something\n\n\0');
    await Promise.all([failure, peer.closed]);
  });

  test('of an invalid message writes nothing, not even its good parts', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker);
    const { client, peer } = session;
    for (const headers of [{ priority: 'high' }, { a: 'b\0c' }]) {
      const send = [
        { destination: '/queue/a', body: 'good' },
        { destination: '/queue/a', body: 'bad', headers },
      ];
      await expect(client.transact({ ack: [], send })).rejects.toEqual(withCode('stomp.invalid'));
    }
    const done = client.send({ destination: '/queue/b', body: 'next' });
    const frame = await peer.read('SEND');
    expect(frame.body.toString()).toBe('next');
    peer.receipt(frame);
    await done;
  });
});
