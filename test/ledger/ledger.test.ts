import { describe, expect, it } from 'vitest';
import { startLedger } from '../../src/ledger/ledger.ts';
import { names } from '../../src/services/names.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { exerciseLedger } from '../conformance/ledger.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { MinuteClock } from './minute-clock.ts';
import { announced, batchOf } from './records.ts';

/** For what takes milliseconds, and longer where others keep the host busy. */
const patience = { timeout: 30_000, interval: 20 };

describe('a ledger on the embedded broker', () => exerciseLedger(startBrokerProcess));

requireOrSkip('ActiveMQ', activemqAvailable())('a ledger on ActiveMQ', () => exerciseLedger(startActiveMQ));

describe('a ledger', () => {
  it('removes what is old by itself, while records come', async () => {
    await using folder = await temporaryFolder();
    await using broker = await startEmbeddedBroker();
    await using client = new Client({ address: parseBrokerAddress(broker.address()), name: 'test' });
    await client.start();
    const clock = new MinuteClock();
    // The run that waits for ever is not to end by its silence.
    const quietAfter = 100 * 24 * 3600;
    await using ledger = await startLedger({ client, folder: folder.path, clock, quietAfter, keep: { runDays: 7 } });
    const send = async (run: string, time: number, kind: object = {}): Promise<void> => {
      const entered = ledger.events.once('run');
      const body = batchOf(announced(run, { received: time, settled: time, sends: {}, ...kind })).toString();
      await client.send({ destination: client.queue(names.ledger), body });
      await entered;
    };
    await send('old', clock.now());
    await send('running', clock.now(), { sends: { 1: 1 } });
    clock.put(8 * 24 * 3600 * 1000);
    await send('new', clock.now());
    clock.pass();
    await expect.poll(() => ledger.queries.removed('old')?.state, patience).toBe('finished');
    expect(ledger.queries.runs({ limit: 10 }).items.map(({ id }) => id)).toEqual(['new', 'running']);
    await send('next', clock.now());
    expect(ledger.queries.summary('next')?.state).toBe('finished');
  });

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
