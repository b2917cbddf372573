import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { defaultLimits } from '../../src/stomp/frame.ts';
import { exerciseDispatcher, Office } from '../conformance/dispatcher.ts';
import { exerciseIdentity } from '../conformance/identity.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';

describe('the dispatcher on the embedded broker', () => {
  exerciseDispatcher(startEmbeddedBroker);
  exerciseIdentity(startEmbeddedBroker);

  it('leaves the id of a run free whose start the broker refused', async () => {
    const limits = { frame: { ...defaultLimits, bodyBytes: 40_000 } };
    await using broker = await startBroker({ port: 0, store: ':memory:', limits });
    await using office = await Office.open(`stomp://127.0.0.1:${String(broker.port)}`);
    // Each of the merged recipes holds the colour, so that what starts them is larger than what announced them.
    const large = { recipes: ['centre', 'centre'], parameters: { guid: 'one', colour: 'x'.repeat(30_000), frames: 1 } };
    expect(await office.announce('processing_recipe', large)).toMatchObject({ status: 'refused' });
    const small = { recipes: ['centre'], parameters: { guid: 'one', colour: 'blue', frames: 1 } };
    expect(await office.announce('processing_recipe', small)).toMatchObject({ status: 'accepted', run: 'one' });
  });
});

requireOrSkip('ActiveMQ', activemqAvailable())('the dispatcher on ActiveMQ', () => {
  exerciseDispatcher(startActiveMQ);
  exerciseIdentity(startActiveMQ);
});
