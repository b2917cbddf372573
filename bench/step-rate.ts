import { startLedger } from '../src/ledger/ledger.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import type { Load } from './load.ts';
import { startPassing } from './passing.ts';
import { Rate } from './rate.ts';
import { Progress } from './stalled.ts';

/**
 * Steps per second through Baton of what `fill` put there. The services have processes of their own; the ledger takes
 * their records in this one. A step counts once its record is entered, so what is measured is passing on, recording and
 * entering together. Rejects with `Stalled`.
 */
export async function stepRate(address: string, load: Load): Promise<number> {
  await using folder = await temporaryFolder();
  await using client = new Client({ address: parseBrokerAddress(address), name: 'bench' });
  await client.start();
  await using ledger = await startLedger({ client, folder: folder.path });
  const rate = new Rate(load.messages);
  await using _passing = await startPassing(address, folder.path, load);
  const progress = new Progress(load.messages);
  while (!rate.isComplete) {
    await new Promise((done) => setTimeout(done, 10));
    const done = ledger.queries.totals().get('deliveries.done') ?? 0;
    rate.count(done);
    progress.check(done);
  }
  return rate.perSecond;
}
