import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { Line } from '../../src/broker/line.ts';
import type { Message } from '../../src/broker/message.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { Peer, texts } from './peer.ts';

const message = (place: number): Message => ({
  id: place,
  place,
  expires: 0,
  group: undefined,
  closesGroup: false,
  frame: undefined,
});

describe('a line', () => {
  const step = fc.oneof(
    fc.record({ what: fc.constant('insert' as const), place: fc.nat(5000) }),
    fc.record({ what: fc.constant('shift' as const), place: fc.constant(0) }),
    fc.record({ what: fc.constant('remove' as const), place: fc.nat(5000) }),
    fc.record({ what: fc.constant('merge' as const), place: fc.nat(5000) }),
    fc.record({ what: fc.constant('truncate' as const), place: fc.nat(50) }),
  );

  it('is a sorted list, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const line = new Line();
        let model: number[] = [];
        for (const { what, place } of steps) {
          const isNew = !model.includes(place);
          if (what === 'insert' && isNew) line.insert(message(place));
          if (what === 'merge' && isNew) line.merge([message(place)]);
          if ((what === 'insert' || what === 'merge') && isNew) model = [...model, place].sort((a, b) => a - b);
          if (what === 'shift') expect(line.shift()?.place).toBe(model.shift());
          if (what === 'remove') {
            expect(line.remove(place)?.place).toBe(model.includes(place) ? place : undefined);
            model = model.filter((one) => one !== place);
          }
          if (what === 'truncate') expect(line.truncate(place).map((one) => one.place)).toEqual(model.splice(place));
          expect([...line].map((one) => one.place)).toEqual(model);
          expect([line.first?.place, line.last?.place, line.length]).toEqual([model[0], model.at(-1), model.length]);
        }
      }),
    );
  });

  it('stays quick when thousands pass through', () => {
    const line = new Line();
    for (let place = 0; place < 20_000; place += 1) {
      line.insert(message(place));
      if (place % 2) expect(line.shift()?.place).toBe((place - 1) / 2);
    }
    expect(line.length).toBe(10_000);
  });
});

describe('a backlog beyond memory', () => {
  it('is delivered by priority and in order, each message once, over consumers that come and go and a restart', async () => {
    await using folder = await temporaryFolder();
    const limits = { cacheBytes: 100_000 };
    const expected: { priority: number; body: string }[] = [];
    {
      await using broker = await startBroker({ port: 0, store: folder.path, limits });
      await using peer = await Peer.connect(broker.port);
      for (let index = 0; index < 6000; index += 1) {
        const priority = (index * 7) % 10;
        expected.push({ priority, body: String(index) });
        peer.send('SEND', { destination: '/queue/a', priority: String(priority) }, String(index));
      }
      await peer.ask('SEND', { destination: '/topic/end' });
    }
    expected.sort((a, b) => b.priority - a.priority || Number(a.body) - Number(b.body));
    await using broker = await startBroker({ port: 0, store: folder.path, limits });
    const found: string[] = [];
    for (const [prefetch, take] of [
      [1500, 700],
      [10, 10],
      [5000, 2500],
      [3000, 3000],
    ] as const) {
      await using peer = await Peer.connect(broker.port);
      await peer.subscribe('/queue/a', { ack: 'client', 'activemq.prefetchSize': String(prefetch) });
      const messages = await peer.messages(Math.min(take, expected.length - found.length));
      found.push(...texts(messages));
      for (const last of messages.slice(-1)) await peer.settle(last);
      await peer.ask('DISCONNECT');
    }
    expect(found).toEqual(expected.map(({ body }) => body));
  });

  it('higher priorities that come later overtake what waits', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:' });
    await using peer = await Peer.connect(broker.port);
    for (let index = 0; index < 5000; index += 1) peer.send('SEND', { destination: '/queue/a', priority: '1' }, 'low');
    await peer.subscribe('/queue/a', { ack: 'client', 'activemq.prefetchSize': '100' });
    await peer.messages(100);
    for (let index = 0; index < 4999; index += 1) peer.send('SEND', { destination: '/queue/a', priority: '9' }, 'high');
    await peer.put('/queue/a', 'highest', { priority: '9' });
    await peer.ask('UNSUBSCRIBE', { id: '/queue/a' });
    await peer.subscribe('/queue/a', { ack: 'auto' });
    const bodies = texts(await peer.messages(10_000));
    expect(bodies.lastIndexOf('highest')).toBe(4999);
    expect(bodies.filter((body) => body === 'low').length).toBe(5000);
  });
});
