import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { Peer, texts } from './peer.ts';

const QUEUE = '/queue/a';
const WAITING = 5000;

/** Messages that only `wants = 'few'` takes stand at both ends of a backlog longer than memory holds. */
async function fill(port: number): Promise<void> {
  await using peer = await Peer.connect(port);
  await peer.put(QUEUE, 'first', { wants: 'few' });
  for (let index = 0; index < WAITING; index += 1)
    peer.send('SEND', { destination: QUEUE, wants: 'all' }, String(index));
  await peer.put(QUEUE, 'last', { wants: 'few' });
}

describe('a consumer with a selector', () => {
  it('finds its messages at the end of a backlog, after a restart too, and takes no others', async () => {
    await using folder = await temporaryFolder();
    {
      await using broker = await startBroker({ port: 0, store: folder.path });
      await fill(broker.port);
    }
    await using broker = await startBroker({ port: 0, store: folder.path });
    await using few = await Peer.connect(broker.port);
    await few.subscribe(QUEUE, { selector: "wants = 'few'" });
    expect(texts(await few.messages(2))).toEqual(['first', 'last']);
    expect(texts(await few.waiting())).toEqual([]);
  });

  it('is served while others are, and holds up none of them', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:' });
    await fill(broker.port);
    await using few = await Peer.connect(broker.port);
    await using all = await Peer.connect(broker.port);
    await few.subscribe(QUEUE, { selector: "wants = 'few'", 'activemq.prefetchSize': '1' });
    await all.subscribe(QUEUE, { selector: "wants = 'all'", ack: 'auto' });
    const bodies = texts(await all.messages(WAITING));
    expect(bodies).toEqual(bodies.map((_body, index) => String(index)));
    const first = await few.message();
    await few.settle(first);
    expect(texts([first, await few.message()])).toEqual(['first', 'last']);
  });

  it('gets what comes or comes back before what it has looked at', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:' });
    await fill(broker.port);
    await using few = await Peer.connect(broker.port);
    const selector = "wants = 'few'";
    await few.subscribe(QUEUE, { selector });
    await few.messages(2);
    for (let index = 0; index < 3; index += 1) await few.put(QUEUE, 'urgent', { wants: 'few', priority: '9' });
    expect(texts(await few.messages(3))).toEqual(['urgent', 'urgent', 'urgent']);
    await using other = await Peer.connect(broker.port);
    await other.subscribe(QUEUE, { selector });
    await few.vanish();
    expect(texts(await other.messages(5))).toEqual(['urgent', 'urgent', 'urgent', 'first', 'last']);
    expect(texts(await other.waiting())).toEqual([]);
  });

  it('remembers no more than it must of what it cannot take yet', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:' });
    await using few = await Peer.connect(broker.port);
    await few.subscribe(QUEUE, { selector: "wants = 'few'", ack: 'client', 'activemq.prefetchSize': '1' });
    for (let index = 0; index < 4999; index += 1) few.send('SEND', { destination: QUEUE, wants: 'few' }, String(index));
    await few.put(QUEUE, '4999', { wants: 'few' });
    for (let index = 0; index < 5000; index += 1) {
      const message = await few.message();
      expect(message.body.toString()).toBe(String(index));
      few.send('ACK', { id: message.headers['ack'] ?? '' });
    }
  });

  it('leaves a group that it owns, when it does not want the next of it', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:' });
    await using few = await Peer.connect(broker.port);
    await few.subscribe(QUEUE, { selector: "wants = 'few'" });
    await few.put(QUEUE, '1', { wants: 'few', JMSXGroupID: 'g' });
    await few.message();
    await using all = await Peer.connect(broker.port);
    await all.subscribe(QUEUE);
    await few.put(QUEUE, '2', { wants: 'all', JMSXGroupID: 'g' });
    expect(texts(await all.messages(1))).toEqual(['2']);
  });
});
