import { describe, expect, it } from 'vitest';
import { startLedger } from '../../src/ledger/ledger.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { exerciseLedger } from '../conformance/ledger.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

describe('a ledger on the embedded broker', () => exerciseLedger(startBrokerProcess));

requireOrSkip('ActiveMQ', activemqAvailable())('a ledger on ActiveMQ', () => exerciseLedger(startActiveMQ));

describe('a ledger', () => {
  it('stops twice without complaint, and gives its store back', async () => {
    await using folder = await temporaryFolder();
    await using broker = await startEmbeddedBroker();
    await using client = new Client({ address: parseBrokerAddress(broker.address()), name: 'test' });
    await client.start();
    const first = await startLedger({ client, folder: folder.path });
    await expect(startLedger({ client, folder: folder.path })).rejects.toMatchObject({ code: 'ledger.taken' });
    await first.stop();
    await first.stop();
    await (await startLedger({ client, folder: folder.path })).stop();
  });
});
