import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import type { Clock } from '../../src/core/clock.ts';
import { Client } from '../../src/stomp/client.ts';
import { freePort } from '../fixtures/free-port.ts';
import { LeapingClock } from '../fixtures/leaping-clock.ts';
import { ScriptedBroker } from './scripted-broker.ts';
import { clientOf, connected, frozen, withCode } from './sessions.ts';

const a = (body: string): { destination: string; body: string } => ({ destination: '/queue/a', body });

describe('while the broker is away', () => {
  test('so many messages wait, and more are refused; when it is back they are sent, and others may wait', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker, { waiting: { messages: 2, bytes: 1000 } });
    const waiting = [client.send(a('1')), client.send(a('2'))];
    await expect(client.send(a('3'))).rejects.toThrow(/2 of \d+ bytes wait already for a connection/);
    const starting = client.start();
    const peer = await broker.logIn();
    for (const body of ['1', '2']) {
      const frame = await peer.read('SEND');
      expect(frame.body.toString()).toBe(body);
      peer.receipt(frame);
    }
    await Promise.all([...waiting, starting]);
    const down = client.events.once('disconnected');
    peer.socket.destroy();
    await down;
    await Promise.all([client.send(a('4')), client.send(a('5')), answerAll(broker, 2)]);
  });

  test('so many bytes wait; one message that is larger than all of them has to wait alone', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker, { waiting: { messages: 100, bytes: 1000 } });
    const large = client.send(a('x'.repeat(2000)));
    await expect(client.send(a('y'))).rejects.toEqual(withCode('stomp.full'));
    await Promise.all([large, client.start(), answerAll(broker, 1)]);
  });

  test('what waits can be given up, and makes room', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker, { waiting: { messages: 1, bytes: 1000 } });
    const abort = new AbortController();
    const givenUp = expect(client.send(a('1'), abort.signal)).rejects.toThrow('too late');
    abort.abort(new Error('too late'));
    await givenUp;
    await expect(client.send(a('1'), abort.signal)).rejects.toThrow('too late');
    const sent = client.send(a('2'));
    const starting = client.start();
    const peer = await broker.logIn();
    const frame = await peer.read('SEND');
    expect(frame.body.toString()).toBe('2');
    peer.receipt(frame);
    await Promise.all([sent, starting]);
  });

  test('a subscription can be given up, before and after the broker was asked', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker);
    const subscribe = async (signal: AbortSignal): Promise<void> => {
      await client.subscribe({ destination: '/queue/a', ack: 'auto' }, () => undefined, signal);
    };
    const early = new AbortController();
    const refused = expect(subscribe(early.signal)).rejects.toThrow('too late');
    early.abort(new Error('too late'));
    await refused;
    const late = new AbortController();
    const starting = client.start();
    const peer = await broker.logIn();
    await starting;
    const abandoned = expect(subscribe(late.signal)).rejects.toThrow('too late');
    const { headers } = await peer.read('SUBSCRIBE');
    late.abort(new Error('too late'));
    await abandoned;
    const unsubscribe = await peer.read('UNSUBSCRIBE');
    expect(unsubscribe.headers['id']).toBe(headers['id']);
    peer.receipt(unsubscribe);
  });

  test('for hours, it is tried every few seconds, told seldom, and found when it is back', async () => {
    const lines: LogLine[] = [];
    const stream = new Writable({
      write: (chunk, _encoding, done) => (lines.push(JSON.parse(String(chunk)) as LogLine), done()),
    });
    const hours = new LeapingClock();
    const port = await freePort();
    const address = { host: '127.0.0.1', port, prefix: '' };
    const first = await startBroker({ port, store: ':memory:' });
    await using client = new Client({ address, name: 'test', clock: hours, log: pino(stream) });
    await client.start();
    await first.stop();
    await hours.passed(2);
    const back = client.events.once('connected');
    await using _again = await startBroker({ port, store: ':memory:' });
    await back;

    expect(Math.max(...hours.waits)).toBeLessThanOrEqual(10_000);
    expect(hours.waits.length).toBeGreaterThan(2 * 360);
    const warnings = lines.filter(({ level }) => level === 40);
    // The loss, why there is no connection, and a reminder every ten minutes.
    expect(warnings.length).toBeLessThanOrEqual(2 + 2 * 6 + 1);
    expect(warnings.at(-1)).toMatchObject({ code: 'stomp.unreachable', attempts: expect.any(Number) as number });
    const [up, again] = lines.filter(({ msg }) => msg === 'connected');
    expect(up).not.toHaveProperty('away');
    expect(again?.away).toBeGreaterThanOrEqual(2 * 3600);
  });
});

describe('a broker that is there, and does not work,', () => {
  test('is given up when it answers nothing for long, though its heart-beats come', async () => {
    await using broker = await ScriptedBroker.listen();
    await using session = await connected(broker, { answerTimeout: 50 });
    const { client, peer } = session;
    const beats = setInterval(() => peer.write('\n'), 10);
    const down = client.events.once('disconnected');
    await expect(client.send(a('1'))).rejects.toEqual(withCode('stomp.unknown'));
    expect((await down).reason.message).toMatch(/owes 1 answers and gave none for 50 ms/);
    clearInterval(beats);
  });

  test('is left in peace while nothing is due, and as long as it answers anything', async () => {
    await using broker = await ScriptedBroker.listen();
    const answered = Promise.withResolvers<void>();
    const enough = Promise.withResolvers<void>();
    let looks = 0;
    const clock: Clock = {
      now: () => 0,
      sleep: async (ms, signal) => {
        if (ms !== 50 || looks === 20) return await frozen.sleep(ms, signal);
        looks += 1;
        if (looks === 20) enough.resolve();
        await answered.promise;
      },
    };
    await using session = await connected(broker, { answerTimeout: 50, clock });
    const { client, peer } = session;
    const sent = client.send(a('1'));
    const frame = await peer.read('SEND');
    peer.receipt(frame);
    await sent;
    answered.resolve();
    await enough.promise;
    expect(client.epoch).toBe(1);
  });
});

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly away?: number;
}

/** Takes the next connection, and so many messages. */
async function answerAll(broker: ScriptedBroker, count: number): Promise<void> {
  const peer = await broker.logIn();
  for (let number = 0; number < count; number += 1) peer.receipt(await peer.read('SEND'));
}
