import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import { isSilent } from '../../src/stomp/heart-beat.ts';
import { ScriptedBroker } from './scripted-broker.ts';
import { withCode, clientOf } from './sessions.ts';

describe('heart-beats', () => {
  test('are sent as often as the broker wants', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker, { heartBeat: { send: 10, receive: 0 } });
    const starting = client.start();
    const peer = await broker.logIn('heart-beat:0,20\n');
    await starting;
    await peer.heartBeat();
    await peer.heartBeat();
  });

  test('that do not come end a connection that looks open, and what is pending becomes unknown', async () => {
    await using broker = await ScriptedBroker.listen();
    await using client = clientOf(broker, { heartBeat: { send: 0, receive: 10 } });
    const down = client.events.once('disconnected');
    const starting = client.start();
    const peer = await broker.logIn('heart-beat:20,0\n');
    await starting;
    const pending = expect(client.send({ destination: '/queue/a', body: '' })).rejects.toEqual(
      withCode('stomp.unknown'),
    );
    expect((await down).reason.code).toBe('stomp.silence');
    await Promise.all([pending, peer.closed, broker.logIn()]);
  });
});

test('bytes that wait unread because this process was busy are no silence', async () => {
  let received = 0;
  let looks = 0;
  const abort = new AbortController();
  const clock: Clock = {
    now: () => 0,
    // Whenever the timer fires late, the bytes are read in the turn after.
    sleep: async () => {
      looks += 1;
      if (looks === 10) abort.abort();
      setImmediate(() => (received += 1));
    },
  };
  expect(await isSilent(10, clock, abort.signal, () => received)).toBe(false);
  expect(received).toBeGreaterThan(5);
});
