import { expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { status, StatusBroadcast } from '../../src/services/status.ts';
import { ScriptedBroker } from '../stomp/scripted-broker.ts';
import { clientOf } from '../stomp/sessions.ts';

test('heartbeats of the time without a broker are not sent when it is back', async () => {
  await using broker = await ScriptedBroker.listen();
  await using client = clientOf(broker, { waiting: { messages: 1, bytes: 1 } });
  const identity = { host: 'h.1', service: 'S', serviceClass: 's', version: '1' };
  const broadcast = new StatusBroadcast(client, identity, systemClock);
  broadcast.start();
  for (let beat = 0; beat < 10_000; beat += 1) broadcast.set(beat % 2 === 0 ? status.processing : status.timer);
  const starting = client.start();
  const peer = await broker.logIn();
  await starting;
  broadcast.set(status.error);
  const frame = await peer.read('SEND');
  expect(JSON.parse(frame.body.toString())).toMatchObject({ statustext: 'error' });
  peer.receipt(frame);
  broadcast.stop();
  peer.receipt(await peer.read('SEND'));
});
