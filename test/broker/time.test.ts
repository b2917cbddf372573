import { describe, expect, it } from 'vitest';
import { startBroker, type Broker } from '../../src/broker/broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { ManualClock } from './manual-clock.ts';
import { Peer, texts } from './peer.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 20);

describe('messages and time', () => {
  it('an expired message moves to the dead-letter queue with nobody there', async () => {
    const clock = new ManualClock(START);
    await using broker = await startBroker({ port: 0, store: ':memory:', clock });
    await using peer = await Peer.connect(broker.port);
    await peer.put('/queue/a', 'short', { expires: String(START + HOUR) });
    await peer.put('/queue/a', 'long', { expires: String(START + 3 * HOUR) });
    const moved = broker.events.once('deadLettered');
    clock.advance(HOUR);
    expect(await moved).toEqual({ queue: 'a', reason: 'expired' });
    await peer.subscribe('/queue/DLQ.a');
    await peer.subscribe('/queue/a');
    expect((await peer.waiting()).map(({ headers, body }) => [headers['subscription'], body.toString()])).toEqual([
      ['/queue/DLQ.a', 'short'],
      ['/queue/a', 'long'],
    ]);
  });

  it('a message does not expire in flight, but when it comes back', async () => {
    const clock = new ManualClock(START);
    await using broker = await startBroker({ port: 0, store: ':memory:', clock });
    await using peer = await Peer.connect(broker.port);
    await using consumer = await Peer.connect(broker.port);
    for (const body of ['1', '2']) await peer.put('/queue/a', body, { expires: String(START + HOUR) });
    await consumer.subscribe('/queue/a');
    const [first] = await consumer.messages(2);
    clock.advance(HOUR);
    if (first) await consumer.settle(first);
    const moved = broker.events.once('deadLettered');
    await consumer.vanish();
    await moved;
    await peer.subscribe('/queue/DLQ.a');
    expect(texts(await peer.waiting())).toEqual(['2']);
  });

  it('thousands that expire at once all move', async () => {
    const clock = new ManualClock(START);
    await using broker = await startBroker({ port: 0, store: ':memory:', clock });
    await using peer = await Peer.connect(broker.port);
    const headers = { destination: '/queue/a', expires: String(START + HOUR) };
    for (let index = 0; index < 2999; index += 1) peer.send('SEND', headers, 'x');
    await peer.put('/queue/a', 'x', { expires: headers.expires });
    const moved = count(broker, 3000);
    clock.advance(HOUR);
    await moved;
    await peer.subscribe('/queue/DLQ.a', { ack: 'auto' });
    await peer.messages(3000);
  });

  it('delayed messages come in the order of their times, over a restart too', async () => {
    await using folder = await temporaryFolder();
    const clock = new ManualClock(START);
    {
      await using broker = await startBroker({ port: 0, store: folder.path, clock });
      await using peer = await Peer.connect(broker.port);
      for (const hours of [3, 1, 2]) {
        await peer.put('/queue/a', String(hours), { AMQ_SCHEDULED_DELAY: String(hours * HOUR) });
      }
    }
    clock.advance(HOUR);
    await using broker = await startBroker({ port: 0, store: folder.path, clock });
    await using peer = await Peer.connect(broker.port);
    await peer.subscribe('/queue/a', { ack: 'auto' });
    expect((await peer.message()).body.toString()).toBe('1');
    await peer.put('/queue/a', 'at once');
    clock.advance(2 * HOUR);
    expect(texts(await peer.messages(3))).toEqual(['at once', '2', '3']);
  });

  it('a delayed message is in no statistics, and is not browsed', async () => {
    const clock = new ManualClock(START);
    await using broker = await startBroker({ port: 0, store: ':memory:', clock });
    await using peer = await Peer.connect(broker.port);
    await peer.put('/queue/a', 'x', { AMQ_SCHEDULED_DELAY: '1000' });
    await peer.subscribe('/queue/a', { browser: 'true', ack: 'auto' });
    expect((await peer.message()).headers['browser']).toBe('end');
  });

  it('a delayed message to a temporary queue or a topic comes, or is dropped with them', async () => {
    const clock = new ManualClock(START);
    await using broker = await startBroker({ port: 0, store: ':memory:', clock });
    await using peer = await Peer.connect(broker.port);
    await using gone = await Peer.connect(broker.port);
    await peer.subscribe('/temp-queue/t', { ack: 'auto' });
    await peer.subscribe('/topic/t', { ack: 'auto' });
    for (const one of [gone, peer]) await one.put('/temp-queue/t', 'temporary', { AMQ_SCHEDULED_DELAY: '1000' });
    await peer.put('/topic/t', 'topic', { AMQ_SCHEDULED_DELAY: '2000' });
    await gone.vanish();
    clock.advance(2000);
    expect(texts(await peer.messages(2))).toEqual(['temporary', 'topic']);
  });

  it('a client that connects and says nothing is told so and cut', async () => {
    const clock = new ManualClock(START);
    await using broker = await startBroker({ port: 0, store: ':memory:', clock, limits: { patienceMs: 1000 } });
    await using peer = await Peer.open(broker.port);
    await using other = await Peer.connect(broker.port);
    await other.ask('SEND', { destination: '/topic/x' });
    clock.advance(1000);
    expect((await peer.error()).headers['code']).toBe('broker.silence');
    await peer.ended;
  });
});

async function count(broker: Broker, wanted: number): Promise<void> {
  let counted = 0;
  await broker.events.once('deadLettered', () => (counted += 1) === wanted);
}
